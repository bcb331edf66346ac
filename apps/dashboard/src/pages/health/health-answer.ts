import type { ComponentHealth, HealthReport, HealthStatus } from "@playhead/core";
import { subjectOf, subjectWithin } from "./health-words.ts";

/** The page's one line: whether all is well, and if not, what is the matter. */
export interface HealthAnswer {
  readonly sentence: string;
  readonly status: HealthStatus;
  /** The worst first; what is alike in the order of the report. */
  readonly parts: readonly ComponentHealth[];
}

const RANKS: Readonly<Record<HealthStatus, number>> = { critical: 0, warning: 1, healthy: 2 };

/** Reads the answer off a report. */
export function healthAnswer({
  overall_status: status,
  checks,
}: Pick<HealthReport, "overall_status" | "checks">): HealthAnswer {
  const parts = checks.toSorted((a, b) => RANKS[a.status] - RANKS[b.status]);
  const of = (wanted: HealthStatus) => parts.filter((part) => part.status === wanted);
  const critical = say(of("critical"), "is not working", "are not working", subjectOf);
  const warning = say(of("warning"), "needs a look", "need a look", critical === null ? subjectOf : subjectWithin);
  const said = [critical, warning].filter((each) => each !== null);
  return { sentence: said.length === 0 ? "Everything is well" : said.join(", "), status, parts };
}

/** One part goes by its name, several are counted. */
function say(
  parts: readonly ComponentHealth[],
  one: string,
  many: string,
  name: (component: string) => string,
): string | null {
  const [first] = parts;
  if (first === undefined) return null;
  return parts.length === 1 ? `${name(first.component)} ${one}` : `${parts.length} parts ${many}`;
}
