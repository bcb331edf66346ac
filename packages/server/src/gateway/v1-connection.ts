import { randomUUID } from "node:crypto";
import { CLOSE_CODES, PlayheadError } from "@playhead/core";
import { type ParsedClientFrame, parseClientFrame } from "./client-frame.ts";
import { type Connection, type ConnectionContext, controlFrame } from "./connection.ts";
import { createSubscriptions } from "./subscriptions.ts";
import { expiryOf, type Viewer } from "./viewer.ts";

export interface V1Options {
  readonly heartbeatMs: number;
  readonly retryWindowMs: number;
  readonly maxSubscriptions: number;
  readonly maxFrameBytes: number;
  /**
   * Puts another credential in the place of the one that the connection has.
   * @throws PlayheadError `unauthorized` or `forbidden`; then the old one holds
   */
  readonly renew: (token: string) => Promise<Viewer>;
}

/** `playhead.v1`: many subscriptions on one socket, each resumed by itself (docs/protocol.md). */
export function createV1Connection(context: ConnectionContext, options: V1Options): Connection {
  const { outbox, feeds } = context;
  const { epoch } = feeds.source;
  const subscriptions = createSubscriptions(context, options.maxSubscriptions);
  let renewals: Promise<void> = Promise.resolve();
  let over = false;

  const say = (type: string, data: object) => outbox.pushAlone(controlFrame(type, data));
  say("hello", {
    connection_id: randomUUID(),
    epoch,
    expires_at: expiryOf(context.viewer()),
    heartbeat_ms: options.heartbeatMs,
    retry_window_ms: options.retryWindowMs,
    limits: { subscriptions: options.maxSubscriptions, frame_bytes: options.maxFrameBytes },
  });

  async function renew({ ref, token }: { readonly ref: string; readonly token: string }): Promise<void> {
    try {
      const viewer = await options.renew(token);
      if (over) return;
      say("authorized", { ref, expires_at: expiryOf(viewer) });
      subscriptions.recheck();
    } catch (error) {
      if (!over) subscriptions.refuse(ref, error);
    }
  }

  function act(frame: ParsedClientFrame): void {
    if (frame.type === "ping") say("pong", { ts: new Date(context.nowMs()).toISOString() });
    else if (frame.type === "subscribe") subscriptions.add(frame.data);
    else if (frame.type === "unsubscribe") subscriptions.remove(frame.data.ref);
    // One after the other, so that the last one sent is the one that holds.
    else renewals = renewals.then(() => renew(frame.data));
  }

  return {
    receive(text) {
      let frame: ParsedClientFrame;
      try {
        frame = parseClientFrame(text);
      } catch (error) {
        const reason = error instanceof PlayheadError ? error.message : "malformed frame";
        context.close(CLOSE_CODES.malformed, reason);
        return;
      }
      act(frame);
    },
    beat() {
      const jobs = subscriptions.heads();
      if (Object.keys(jobs).length > 0) say("heads", { epoch, jobs });
    },
    ended() {
      over = true;
      subscriptions.close();
    },
  };
}
