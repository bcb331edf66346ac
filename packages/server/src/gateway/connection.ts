import type { JobSummary, JobsFilter } from "@playhead/core";
import type { FeedSource } from "./job-start.ts";
import type { JobsFeed } from "./jobs-feed.ts";
import type { Outbox } from "./outbox.ts";
import type { Viewer } from "./viewer.ts";

/** What is followed, for all connections. */
export interface Feeds {
  readonly source: FeedSource;
  readonly jobs: JobsFeed;
  /** The jobs that a list starts with. */
  readonly listJobs: (tenantId: string, filter: JobsFilter) => Promise<readonly JobSummary[]>;
}

/** What a connection has to work with, whatever it speaks. */
export interface ConnectionContext {
  readonly feeds: Feeds;
  readonly outbox: Outbox;
  readonly nowMs: () => number;
  /** Whose it is by now: a credential may be renewed. */
  readonly viewer: () => Viewer;
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
