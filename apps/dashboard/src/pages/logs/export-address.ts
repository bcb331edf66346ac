import type { EntriesFilter } from "./logs-api.ts";

/** The formats in which a log can be saved. */
export const EXPORT_FORMATS = ["csv", "json", "ndjson"] as const;

/** Where all that a filter lets through can be saved from. */
export function exportAddress(format: (typeof EXPORT_FORMATS)[number], filter: EntriesFilter): string {
  const search = new URLSearchParams({ format });
  for (const [name, value] of Object.entries(filter)) {
    for (const each of [value].flat()) search.append(name, String(each));
  }
  return `/api/v1/export?${search}`;
}
