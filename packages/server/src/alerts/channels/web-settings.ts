import * as z from "zod";
import type { TryOutcome } from "../../outbound/post.ts";
import { type Channel, ChannelRefusal } from "./channel.ts";

/** Seconds of one send; for channels that post to an address. */
export const timeoutSeconds = z
  .number()
  .int()
  .min(1)
  .max(30)
  .default(15)
  .meta({ description: "Seconds until a send is given up and tried again later." });

/** So much of an answer is read: enough to say what is wrong. */
export const ANSWER_BYTES = 500;

/** @returns an address without what may be secret of it: all but its host */
export function withoutPath(url: string): string {
  return URL.canParse(url) ? `${new URL(url).origin}/…` : "…";
}

const GONE = 410;
/** Worth another try whatever the receiver: it was too slow, or we too early or too fast. */
const LATER: ReadonlySet<number> = new Set([408, 425, 429]);

/**
 * What an answer means for a send.
 *
 * @param mayRetry4xx whether a receiver that refuses may take the same later
 * @throws ChannelRefusal for all but 2xx
 */
export function judge(outcome: TryOutcome, mayRetry4xx: boolean): Awaited<ReturnType<Channel["send"]>> {
  const { status, error, retryAfterMs, text } = outcome;
  if (status === null) throw new ChannelRefusal(error ?? "failed", { retryable: true });
  const answer = `${status} ${text.trim()}`.trim();
  if (status >= 200 && status < 300) return { answer };
  const isGone = status === GONE;
  const retryable = !isGone && (mayRetry4xx || status >= 500 || status < 400 || LATER.has(status));
  const message = isGone ? "the receiver is gone (410)" : `expected an answer of 2xx, got ${status}`;
  throw new ChannelRefusal(message, { retryable, retryAfterMs, answer, isGone });
}
