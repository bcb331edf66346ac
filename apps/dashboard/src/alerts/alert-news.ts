import type { PlayheadClient } from "@playhead/client";
import type { News } from "../ui/poll.ts";

/** The part of an `EventSource` that is needed. */
export interface AlertStream {
  readonly readyState: number;
  onmessage: ((event: MessageEvent) => void) | null;
  onerror: ((event: Event) => void) | null;
  close(): void;
}

export interface AlertNewsDeps {
  readonly open: () => AlertStream;
  /** The page's own connection. */
  readonly connection: Pick<PlayheadClient["connection"], "getSnapshot" | "subscribe">;
}

/** An `EventSource` that does not try again: it got an answer that is no stream. */
const CLOSED = 2;
const AGAIN_MS = 5_000;

/** The server says when alerts have changed; the first word comes when the stream is open. */
export function createAlertNews({ open, connection }: AlertNewsDeps): News {
  const isOnline = () => connection.getSnapshot().status === "online";
  return {
    listen(onNews, onLost) {
      let stream: AlertStream | null = null;
      let timer: ReturnType<typeof setTimeout> | undefined;
      let wasOnline = isOnline();
      let isStale = false;

      function begin(): void {
        end();
        const mine = open();
        stream = mine;
        mine.onmessage = () => onNews();
        mine.onerror = () => {
          onLost();
          if (mine.readyState === CLOSED) timer = setTimeout(begin, AGAIN_MS);
        };
      }
      function end(): void {
        clearTimeout(timer);
        stream?.close();
      }
      // A stream does not see for long that the network is gone; the page's connection, which asks, does.
      const unwatch = connection.subscribe(() => {
        const isNow = isOnline();
        if (wasOnline && !isNow) {
          isStale = true;
          onLost();
        } else if (isNow && isStale) {
          isStale = false;
          begin();
        }
        wasOnline = isNow;
      });
      begin();
      return () => {
        unwatch();
        end();
      };
    },
  };
}
