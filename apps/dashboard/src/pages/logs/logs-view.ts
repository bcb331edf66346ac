import { LOG_LEVELS, type LogEventType, type LogLevel } from "@playhead/core";
import { boundsOfRange, readViewRange, type ViewRange, writeViewRange } from "../../ui/range/view-range.ts";
import type { EntriesFilter } from "./logs-api.ts";

/** What the page shows: kept in the address, so that a link restores it. */
export interface LogsView {
  /** This level and what is worse. */
  readonly level: LogLevel;
  readonly what: WhatName;
  readonly text: string;
  readonly jobId: string | null;
  /** Null: all that is kept. */
  readonly range: ViewRange | null;
}

/** What may be in the log; calls that went well are many, and seldom what one looks for. */
export const WHATS = [
  { name: "lines", word: "Lines and failed calls", types: ["log", "error"] },
  { name: "calls", word: "Calls", types: ["complete", "error"] },
  { name: "all", word: "Lines and calls", types: ["log", "complete", "error"] },
] as const satisfies readonly { name: string; word: string; types: readonly LogEventType[] }[];
export type WhatName = (typeof WHATS)[number]["name"];

/** What is shown where the address says nothing. */
export const USUAL_VIEW: LogsView = { level: "info", what: "lines", text: "", jobId: null, range: null };

/** Reads the address; what it does not know it leaves out. */
export function readLogsView(search: URLSearchParams): LogsView {
  return {
    level: LOG_LEVELS.find((level) => level === search.get("level")) ?? USUAL_VIEW.level,
    what: WHATS.find(({ name }) => name === search.get("what"))?.name ?? USUAL_VIEW.what,
    text: search.get("q") ?? "",
    jobId: search.get("job") || null,
    range: readViewRange(search, null),
  };
}

/** The address of a view. */
export function writeLogsView({ level, what, text, jobId, range }: LogsView): URLSearchParams {
  const search = new URLSearchParams();
  if (level !== USUAL_VIEW.level) search.set("level", level);
  if (what !== USUAL_VIEW.what) search.set("what", what);
  if (text !== "") search.set("q", text);
  if (jobId !== null) search.set("job", jobId);
  if (range !== null) writeViewRange(range, search);
  return search;
}

/** What the server is asked for a view. A range up to now is open at its end, so that what comes belongs to it. */
export function entriesFilter({ level, what, text, jobId, range }: LogsView, nowMs: number): EntriesFilter {
  const types = WHATS.find(({ name }) => name === what)?.types ?? [];
  const to = range === null || "last" in range ? null : range.to;
  return {
    level,
    event_type: types,
    ...(text.trim() !== "" && { q: text.trim() }),
    ...(jobId !== null && { job_id: jobId }),
    ...(range !== null && { from: new Date(boundsOfRange(range, nowMs).fromMs).toISOString() }),
    ...(to !== null && { to }),
  };
}

/** @returns whether a view keeps some entries out that are shown at first */
export function isFiltered(view: LogsView): boolean {
  return writeLogsView(view).size > 0;
}
