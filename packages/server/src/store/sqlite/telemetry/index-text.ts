import { isJsonObject, type LogFilter } from "@playhead/core";
import { attributeTokens, type IndexTerm, indexPlanOf } from "../../entry-tokens.ts";
import { searchedTexts } from "../../log-filter.ts";
import { indexedText } from "../../log-text.ts";
import type { EntryRow } from "../../telemetry-store.ts";

/** What the index is given of an entry: its texts, which FTS5 splits into words, and its tokens. */
export function indexedEntry(row: EntryRow): string {
  const error = isJsonObject(row.body.error_details) ? row.body.error_details : null;
  const searched = { message: row.message, function_name: row.functionName, error_details: error as never };
  return [...searchedTexts(searched).map(indexedText), ...attributeTokens(row)].join(" ");
}

/** What finds entries in the index. */
export interface IndexQuery {
  /** An FTS5 query. */
  readonly match: string;
  /** Whether it finds nothing that the filter does not want, but for time and duration. */
  readonly isExact: boolean;
}

/** The query of a filter; null of one that nothing can match. */
export function indexQueryOf(filter: LogFilter): IndexQuery | null {
  const plan = indexPlanOf(filter);
  if (plan === null) return null;
  const match = plan.all.map((terms) => `(${terms.map(termQuery).join(" OR ")})`).join(" AND ");
  return { match, isExact: plan.isExact };
}

const termQuery = ({ word, isPrefix }: IndexTerm) => `"${word}"${isPrefix ? "*" : ""}`;
