import { PlayheadError } from "@playhead/sdk";
import * as z from "zod";
import { retryAfterMs } from "../../media/retry-after.ts";
import type { AddressGuard } from "../fetch/address-guard.ts";
import { type Answer, openUrl, statusError } from "../fetch/open-url.ts";
import { readBody } from "../fetch/read-body.ts";
import { MAX_LIST_BYTES } from "../limits.ts";
import { nextQuotaReset } from "./quota-reset.ts";

export interface YoutubeApiOptions {
  /** Such as `https://www.googleapis.com/youtube/v3`. */
  readonly baseUrl: string;
  readonly key: string;
  readonly guard: AddressGuard;
  readonly nowMs: () => number;
}

/** What is asked of the API: the resource, and its parameters. */
export type YoutubeQuery = Readonly<Record<string, string | number | undefined>>;

const errorBody = z.object({
  error: z.object({ message: z.string().optional(), errors: z.array(z.object({ reason: z.string() })).optional() }),
});

const QUOTA_REASONS: ReadonlySet<string> = new Set(["quotaExceeded", "dailyLimitExceeded"]);
const RATE_REASONS: ReadonlySet<string> = new Set(["rateLimitExceeded", "userRateLimitExceeded"]);
const KEY_REASONS: ReadonlySet<string> = new Set(["keyInvalid", "badRequest", "forbidden", "accessNotConfigured"]);
const API = "YouTube";

/** Asks the YouTube Data API v3. The key goes into a header, so that no address and no log has it. */
export function createYoutubeApi({ baseUrl, key, guard, nowMs }: YoutubeApiOptions) {
  /** @throws PlayheadError `source_refused`, `source_failed`, `rate_limited`, or what `signal` was aborted with */
  return async function get<Content>(
    resource: string,
    query: YoutubeQuery,
    schema: z.ZodType<Content>,
    signal: AbortSignal,
  ): Promise<Content> {
    const url = new URL(`${baseUrl.replace(/\/$/, "")}/${resource}`);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    // A redirect would take the key along.
    const headers = { "x-goog-api-key": key, accept: "application/json" };
    const answer = await openUrl(url.href, { guard, signal, headers, maxRedirects: 0 });
    const body = (await readBody(answer, { signal, maxBytes: MAX_LIST_BYTES })).toString("utf8");
    if (answer.status !== 200) throw refusal(body, answer, nowMs());
    const parsed = schema.safeParse(jsonOf(body));
    if (parsed.success) return parsed.data;
    throw new PlayheadError("source_failed", `${API} answered something else than documented (${resource})`, {
      hint: "try again later",
      cause: parsed.error,
    });
  };
}

function refusal(body: string, { response, status, url }: Answer, nowMs: number): PlayheadError {
  const parsed = errorBody.safeParse(jsonOf(body));
  const { message = "", errors = [] } = parsed.success ? parsed.data.error : {};
  const reason = errors[0]?.reason ?? "";
  const waitMs = retryAfterMs(response.headers["retry-after"], nowMs);
  const detail = { status, reason };
  const cause = new Error(message);
  if (QUOTA_REASONS.has(reason)) {
    const resetsAt = new Date(nextQuotaReset(nowMs)).toISOString();
    return new PlayheadError("source_refused", `the quota of the ${API} key is used up until ${resetsAt}`, {
      hint: "try again then (midnight Pacific Time), or ask Google for more quota; a search costs 100 times a list",
      detail: { ...detail, resets_at: resetsAt },
      cause,
    });
  }
  if (RATE_REASONS.has(reason)) {
    const told = `${API} was asked too often at a time`;
    return new PlayheadError("rate_limited", told, {
      hint: "try again later",
      detail: { ...detail, ...(waitMs !== null && { retry_after_ms: waitMs }) },
      cause,
    });
  }
  if (status === 404) {
    const hint = "check the id of the channel or playlist, and that it is public";
    return new PlayheadError("source_refused", `${API} has no such thing (${reason || status})`, {
      hint,
      detail,
      cause,
    });
  }
  if (status === 401 || KEY_REASONS.has(reason) || (status === 400 && /api key/i.test(message))) {
    const hint = "check YOUTUBE_API_KEY, and that the YouTube Data API v3 is enabled for it";
    return new PlayheadError("source_refused", `${API} does not accept the key or the question (${reason || status})`, {
      ...{ hint, detail, cause },
    });
  }
  return statusError(url, status, waitMs);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
