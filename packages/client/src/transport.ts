import type { ClientFrame, ServerFrame } from "@playhead/core";

/** What can carry frames, best first. */
export const TRANSPORTS = ["websocket", "event_stream", "polling"] as const;
/** One of {@link TRANSPORTS}. */
export type Transport = (typeof TRANSPORTS)[number];

/** The seam between the client and what carries its frames, whatever that is. */
export type Dial = (token: string | null, handlers: LinkHandlers) => Link;

/** One connection under way or up. */
export interface Link {
  /** Sends a frame; one that can no longer be sent is dropped, since a closed link says so itself. */
  send(frame: ClientFrame): void;
  /** Lets go; no handler is called any more. */
  close(): void;
}

export interface LinkHandlers {
  /** The server is there; what it says comes as frames, `hello` first. */
  onFrame(frame: ServerFrame): void;
  /** The link is gone, or never came up; called once. `code` is a WebSocket close code. */
  onClosed(code: number, reason: string): void;
}

/** A close that no server gave a reason for. */
export const ABNORMAL_CLOSE = 1006;
