import type { AlertNotification } from "@playhead/core";
import type { After } from "../../outbound/after.ts";
import { type Channel, ChannelRefusal } from "../channels/channel.ts";

/**
 * Sends, for as long as the channel may take and `stopping` has not ended it; cuts off also a channel that does not listen
 * to its signal.
 *
 * @throws ChannelRefusal
 */
export async function sendInTime(
  channel: Channel,
  notification: AlertNotification,
  { after, stopping }: { readonly after: After; readonly stopping: AbortSignal },
): Promise<{ readonly answer: string }> {
  const limit = new AbortController();
  const tooLong = Promise.withResolvers<never>();
  const cutOff = (message: string) => {
    tooLong.reject(new ChannelRefusal(message, { retryable: true }));
    limit.abort();
  };
  const stop = () => cutOff("the server ended");
  const seconds = channel.limitMs / 1_000;
  const cancel = after(channel.limitMs, () => cutOff(`expected an answer within ${seconds} s, got none`));
  stopping.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([channel.send(notification, limit.signal), tooLong.promise]);
  } finally {
    cancel();
    stopping.removeEventListener("abort", stop);
  }
}
