import type { Clock } from "../clock.ts";
import type { Dial, Transport } from "../transport.ts";
import { eventStreamDial, pollingDial } from "./http-dial.ts";
import { createLadder } from "./ladder.ts";

export interface OtherTransportsOptions {
  readonly url: string;
  readonly token: (() => Promise<string>) | undefined;
  readonly clock: Clock;
  /** What may be used, best first. */
  readonly transports: readonly Transport[];
  /** Where it is the best that there may be, it has failed, and is tried again from time to time. */
  readonly webSocket: Dial;
}

/** What to go on with where a WebSocket does not get through. */
export function otherTransports({ webSocket, transports, ...options }: OtherTransportsOptions): Dial {
  const dials = { websocket: webSocket, event_stream: eventStreamDial(options), polling: pollingDial(options) };
  const rungs = transports.map((transport) => dials[transport]);
  return createLadder({
    rungs,
    start: transports[0] === "websocket" ? 1 : 0,
    token: options.token,
    clock: options.clock,
  });
}
