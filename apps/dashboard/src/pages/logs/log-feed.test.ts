import type { LogEntry } from "@playhead/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createLogFeed, type LogFeedDeps } from "./log-feed.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const entry = (entry_id: number) => ({ entry_id, timestamp: new Date(entry_id * 1_000).toISOString() }) as LogEntry;

/** The server's side of the seam: a log that grows. */
function setup(count: number) {
  const log = Array.from({ length: count }, (_, at) => entry(at + 1));
  const server = { isAway: false, isVisible: true, asked: 0 };
  const answer = <Answer>(make: () => Answer): Promise<Answer> => {
    server.asked += 1;
    return server.isAway ? Promise.reject(new Error("away")) : Promise.resolve(make());
  };
  const api: LogFeedDeps["api"] = {
    page: ({ page_size, page_token = String(log.length) }) =>
      answer(() => {
        const end = Number(page_token);
        const start = Math.max(0, end - page_size);
        return { entries: log.slice(start, end).reverse(), next_page_token: start === 0 ? null : String(start) };
      }),
    tail: ({ after, limit }) =>
      answer(() => {
        const entries = log.filter(({ entry_id }) => after !== undefined && entry_id > after).slice(0, limit);
        return { entries, next_after: entries.at(-1)?.entry_id ?? log.length };
      }),
  };
  const feed = createLogFeed({ api, filter: {}, isVisible: () => server.isVisible });
  feed.subscribe(() => {});
  const ids = () => feed.getSnapshot().entries.map(({ entry_id }) => entry_id);
  return { log, server, feed, ids };
}

test("reads the newest page, and on into the past until there is no more", async () => {
  const { feed, ids } = setup(450);
  await vi.advanceTimersByTimeAsync(0);
  expect([ids().length, ids()[0], feed.getSnapshot().hasOlder]).toEqual([200, 450, true]);
  await feed.readOlder();
  await feed.readOlder();
  expect([ids().length, ids().at(-1), feed.getSnapshot().hasOlder]).toEqual([450, 1, false]);
});

test("what comes while it is followed stands at the front, once; what nobody sees is not asked for", async () => {
  const { log, server, feed, ids } = setup(3);
  await vi.advanceTimersByTimeAsync(0);
  const end = feed.follow();
  log.push(entry(4));
  await vi.advanceTimersByTimeAsync(2_100);
  expect(ids()).toEqual([4, 3, 2, 1]);
  server.isVisible = false;
  const { asked } = server;
  log.push(entry(5));
  await vi.advanceTimersByTimeAsync(5_000);
  expect([server.asked, ids()[0]]).toEqual([asked, 4]);
  server.isVisible = true;
  await vi.advanceTimersByTimeAsync(1_100);
  expect(ids()[0]).toBe(5);
  end();
  log.push(entry(6));
  await vi.advanceTimersByTimeAsync(5_000);
  expect(ids()[0]).toBe(5);
});

test("while the server is away it says so, keeps what it has, and goes on by itself", async () => {
  const { log, server, feed, ids } = setup(2);
  await vi.advanceTimersByTimeAsync(0);
  const end = feed.follow();
  server.isAway = true;
  await vi.advanceTimersByTimeAsync(1_100);
  expect([feed.getSnapshot().error !== null, ids()]).toEqual([true, [2, 1]]);
  log.push(entry(3));
  server.isAway = false;
  await vi.advanceTimersByTimeAsync(1_100);
  expect([feed.getSnapshot().error, ids()]).toEqual([null, [3, 2, 1]]);
  end();
});
