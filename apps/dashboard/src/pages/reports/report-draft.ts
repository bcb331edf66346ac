import type { ReportKind } from "@playhead/core";
import { momentOf, wallText } from "../../ui/wall-clock.ts";
import type { ReportDraft } from "./reports-api.ts";

/** What a report can tell, and what that is called. */
export const METRICS = [
  ["jobs", "Jobs"],
  ["clips", "Clips"],
  ["scores", "Scores"],
  ["errors", "Errors"],
  ["count", "Calls"],
  ["error_rate", "Error rate of calls"],
  ["average_ms", "Average duration"],
  ["p50_ms", "Median duration"],
  ["p95_ms", "95th percentile"],
  ["p99_ms", "99th percentile"],
  ["max_ms", "Longest call"],
  ["total_ms", "Time in all"],
] as const;

/** A report as it is asked for on the page, before it is a request. */
export interface ReportForm {
  readonly kind: ReportKind;
  /** As `datetime-local` fields hold them, in the shown zone. */
  readonly from: string;
  readonly to: string;
  /** Names, with commas between them; empty for all. */
  readonly functions: string;
  readonly kinds: string;
  /** Null for all. */
  readonly metrics: readonly string[] | null;
  readonly title: string;
}

const DAY_MS = 86_400_000;

/** What the form holds at first: the last week, up to last midnight. */
export function emptyForm(nowMs: number, timeZone: string): ReportForm {
  const midnight = (atMs: number) => `${wallText(atMs, timeZone).slice(0, 10)}T00:00`;
  return {
    kind: "weekly",
    from: midnight(nowMs - 7 * DAY_MS),
    to: midnight(nowMs),
    functions: "",
    kinds: "",
    metrics: null,
    title: "",
  };
}

/** Whether a kind needs a range; the others are of the last whole day or week. */
export const needsRange = (kind: ReportKind): boolean => kind === "trend" || kind === "custom";

/** Why a form is no request yet; null when it is one. */
export function faultOf(form: ReportForm, timeZone: string): string | null {
  if (form.metrics?.length === 0) return "Choose at least one thing to tell.";
  if (!needsRange(form.kind)) return null;
  const [fromMs, toMs] = [momentOf(form.from, timeZone), momentOf(form.to, timeZone)];
  if (fromMs === null || toMs === null) return "Say from when to when.";
  return fromMs < toMs ? null : "It has to begin before it ends.";
}

/** The form as a request. */
export function draftOf(form: ReportForm, timeZone: string): ReportDraft {
  const names = (text: string) =>
    text
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== "");
  const [functions, kinds] = [names(form.functions), names(form.kinds)];
  const title = form.title.trim();
  const iso = (wall: string) => new Date(momentOf(wall, timeZone) ?? 0).toISOString();
  return {
    kind: form.kind,
    time_zone: timeZone,
    ...(needsRange(form.kind) && { from: iso(form.from), to: iso(form.to) }),
    ...(functions.length > 0 && { functions }),
    ...(kinds.length > 0 && { kinds }),
    ...(form.metrics !== null && { metrics: form.metrics }),
    ...(title !== "" && { title }),
  };
}
