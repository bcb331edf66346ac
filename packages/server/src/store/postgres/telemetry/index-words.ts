import { isJsonObject, type LogFilter } from "@playhead/core";
import { attributeTokens, type IndexTerm, indexPlanOf } from "../../entry-tokens.ts";
import { searchedTexts } from "../../log-filter.ts";
import { wordsOf } from "../../log-text.ts";
import type { EntryRow } from "../../telemetry-store.ts";

/** Of a longer word, the beginning is indexed: a tsvector's word has 2,046 bytes at most. */
const MAX_WORD_LENGTH = 255;
/** Of an entry, so many characters of words are indexed: a tsvector has 1 MiB at most, and a character four bytes. */
const MAX_WORDS_LENGTH = 200_000;

/**
 * The words and tokens of an entry, with spaces between: the words of a tsvector, which PostgreSQL is not left to find by
 * itself, since it takes `Cache.get` for the name of a machine.
 */
export function indexedWords(row: EntryRow): string {
  const error = isJsonObject(row.body.error_details) ? row.body.error_details : null;
  const searched = { message: row.message, function_name: row.functionName, error_details: error as never };
  const words = new Set<string>();
  let left = MAX_WORDS_LENGTH;
  for (const text of searchedTexts(searched)) {
    for (const each of wordsOf(text)) {
      const word = each.slice(0, MAX_WORD_LENGTH);
      if (words.has(word)) continue;
      left -= word.length + 1;
      if (left < 0) break;
      words.add(word);
    }
  }
  return [...words, ...attributeTokens(row)].join(" ");
}

/** What finds entries by their words. */
export interface WordsQuery {
  /** A tsquery. */
  readonly match: string;
  /** Whether it finds nothing that the filter does not want, but for time and duration. */
  readonly isExact: boolean;
}

/** The query of a filter; null of one that nothing can match. */
export function wordsQueryOf(filter: LogFilter): WordsQuery | null {
  const plan = indexPlanOf(filter);
  if (plan === null) return null;
  const isWhole = plan.all.every((terms) => terms.every(({ word }) => word.length <= MAX_WORD_LENGTH));
  return {
    match: plan.all.map((terms) => `(${terms.map(termQuery).join(" | ")})`).join(" & "),
    isExact: plan.isExact && isWhole,
  };
}

/** Words are letters and digits, tokens have one mark more: neither can have a quote. */
const termQuery = ({ word, isPrefix }: IndexTerm) => `'${word.slice(0, MAX_WORD_LENGTH)}'${isPrefix ? ":*" : ""}`;
