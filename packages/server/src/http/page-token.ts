import { createHash } from "node:crypto";
import { isJsonObject, PlayheadError } from "@playhead/core";
import type { PageCursor } from "../store/store.ts";

/** How much of a query's hash a token carries: enough to tell queries apart, since it guards nothing. */
const QUERY_MARK_LENGTH = 12;

/** What a page's token is for: the list, whose it is, and how it is filtered and sorted; not how long its pages are. */
export function markOfQuery(list: string, tenantId: string, query: Readonly<Record<string, unknown>>): string {
  const { page_size: _, page_token: __, ...others } = query;
  const asked = Object.entries(others)
    .filter(([, value]) => value !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  const text = JSON.stringify([list, tenantId, asked]);
  return createHash("sha256").update(text).digest("base64url").slice(0, QUERY_MARK_LENGTH);
}

/** Where a page ended, as an opaque token for the client. */
export function encodePageToken(cursor: PageCursor | null, queryMark: string): string | null {
  if (cursor === null) return null;
  return Buffer.from(JSON.stringify([cursor.value, cursor.id, queryMark])).toString("base64url");
}

/**
 * @returns the cursor of a token that we gave for the same query
 * @throws PlayheadError `invalid_request` for anything else
 */
export function decodePageToken(token: string, queryMark: string): PageCursor {
  const { cursor, mark } = readToken(token);
  if (mark === queryMark) return cursor;
  throw new PlayheadError("invalid_request", "expected page_token to be of the same query; this one is of another", {
    hint: "keep sort, order and filters from page to page, or start again without page_token",
  });
}

function readToken(token: string): { readonly cursor: PageCursor; readonly mark: string } {
  try {
    const [value, id, mark] = JSON.parse(Buffer.from(token, "base64url").toString()) as unknown[];
    const fits = value === null || typeof value === "string" || typeof value === "number";
    if (fits && !isJsonObject(value) && typeof id === "string" && typeof mark === "string") {
      return { cursor: { value, id }, mark };
    }
  } catch (cause) {
    throw badToken(cause);
  }
  throw badToken(undefined);
}

function badToken(cause: unknown): PlayheadError {
  return new PlayheadError("invalid_request", "expected page_token to be one that this server gave", {
    hint: "start again without page_token",
    cause,
  });
}
