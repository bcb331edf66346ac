import type { FeedSource } from "./job-feed.ts";
import type { JobsFeed } from "./jobs-feed.ts";
import type { Outbox } from "./outbox.ts";

/** What a connection has to work with, whatever it speaks. */
export interface ConnectionContext {
  readonly id: string;
  readonly tenantId: string;
  readonly source: FeedSource;
  readonly jobs: JobsFeed;
  readonly outbox: Outbox;
  readonly nowMs: () => number;
  /** Ends the connection with a code of `CLOSE_CODES` and a reason a person can read. */
  readonly close: (code: number, reason: string) => void;
  /** Told of what went wrong on our side. */
  readonly onError: (error: unknown) => void;
}

/** One end of a socket, after its handshake. */
export interface Connection {
  /** A text frame from the client. */
  receive(text: string): void;
  /** Time for a sign of life. */
  beat(): void;
  /** The socket is gone. */
  ended(): void;
}

/** A control frame as text. */
export function controlFrame(type: string, data: object): string {
  return JSON.stringify({ type, data });
}

/** Closes for a fault of ours, after which a client comes back: WebSocket's own code for it. */
export const INTERNAL_ERROR = 1011;
