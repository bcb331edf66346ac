import type { LogEntry, LogEventType, LogLevel } from "@playhead/core";
import { client } from "../../client.ts";

/** Which entries of the log are wanted: all of these must hold. */
export interface EntriesFilter {
  readonly level?: LogLevel;
  readonly event_type?: readonly LogEventType[];
  readonly job_id?: string;
  readonly q?: string;
  readonly from?: string;
  /** Exclusive. */
  readonly to?: string;
}

/** A page of the log, the newest first. */
export interface EntriesPage {
  readonly entries: readonly LogEntry[];
  readonly next_page_token: string | null;
}

const { ask } = client.api;

/** What the server is asked about the log. Each call throws a PlayheadError when it fails. */
export const logsApi = {
  page: (query: EntriesFilter & { readonly page_size: number; readonly page_token?: string }) =>
    ask<EntriesPage>("GET", "logs", { query }),
  /** Without `after`, the newest; with it, what came since, in the order of arrival. */
  tail: (query: EntriesFilter & { readonly after?: number; readonly limit: number }) =>
    ask<{ readonly entries: readonly LogEntry[]; readonly next_after: number }>("GET", "logs/tail", { query }),
};
