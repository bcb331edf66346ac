import { isJsonObject, PlayheadError } from "@playhead/core";
import type { PageCursor } from "../store/store.ts";

/** Where a page ended, as an opaque token for the client. */
export function encodePageToken(cursor: PageCursor | null): string | null {
  return cursor === null ? null : Buffer.from(JSON.stringify([cursor.value, cursor.id])).toString("base64url");
}

/**
 * @returns the cursor of a token that we gave
 * @throws PlayheadError `invalid_request` for anything else
 */
export function decodePageToken(token: string): PageCursor {
  try {
    const [value, id] = JSON.parse(Buffer.from(token, "base64url").toString()) as unknown[];
    const fits = value === null || typeof value === "string" || typeof value === "number";
    if (fits && typeof id === "string" && !isJsonObject(value)) return { value, id };
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
