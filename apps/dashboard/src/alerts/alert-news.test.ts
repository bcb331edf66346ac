import type { ConnectionState } from "@playhead/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type AlertStream, createAlertNews } from "./alert-news.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const [OPEN, CLOSED] = [1, 2];

class Stream implements AlertStream {
  readyState = OPEN;
  isEnded = false;
  onmessage: AlertStream["onmessage"] = null;
  onerror: AlertStream["onerror"] = null;
  close(): void {
    this.isEnded = true;
  }
  say(): void {
    this.onmessage?.(new MessageEvent("message"));
  }
  fail(readyState: number): void {
    this.readyState = readyState;
    this.onerror?.(new Event("error"));
  }
}

function setup() {
  const streams: Stream[] = [];
  const heard: string[] = [];
  const watchers = new Set<() => void>();
  let status: ConnectionState["status"] = "connecting";
  const news = createAlertNews({
    open() {
      const stream = new Stream();
      streams.push(stream);
      return stream;
    },
    connection: {
      getSnapshot: () => ({ status }) as ConnectionState,
      subscribe(listener) {
        watchers.add(listener);
        return () => watchers.delete(listener);
      },
    },
  });
  return {
    streams,
    heard,
    watched: () => watchers.size,
    become(next: ConnectionState["status"]) {
      status = next;
      for (const watcher of watchers) watcher();
    },
    end: news.listen(
      () => heard.push("news"),
      () => heard.push("lost"),
    ),
  };
}

test("each word of the stream is news; the page's own first connection opens no other", () => {
  const { streams, heard, become } = setup();
  streams[0]?.say();
  become("online");
  streams[0]?.say();
  expect([heard, streams.length]).toEqual([["news", "news"], 1]);
});

test("a stream that was cut comes back by itself; one that got another answer is opened again", async () => {
  const { streams, heard } = setup();
  streams[0]?.fail(0);
  await vi.advanceTimersByTimeAsync(60_000);
  expect([heard, streams.length]).toEqual([["lost"], 1]);
  streams[0]?.fail(CLOSED);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(streams.length).toBe(2);
  streams[1]?.say();
  expect(heard).toEqual(["lost", "lost", "news"]);
});

test("where the page's connection was lost and is back, another stream is opened: the old one may be dead", () => {
  const { streams, heard, become } = setup();
  become("online");
  become("waiting");
  become("connecting");
  expect([heard, streams.length]).toEqual([["lost"], 1]);
  become("online");
  expect(streams.map(({ isEnded }) => isEnded)).toEqual([true, false]);
});

test("at the end nothing is left, also while it waits to try again", async () => {
  const { streams, watched, end } = setup();
  streams[0]?.fail(CLOSED);
  end();
  await vi.advanceTimersByTimeAsync(60_000);
  expect([streams.length, streams[0]?.isEnded, watched()]).toEqual([1, true, 0]);
});
