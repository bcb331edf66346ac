import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createPoll } from "./poll.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function setup() {
  const answers: PromiseWithResolvers<number>[] = [];
  const watchers = new Set<() => void>();
  let visible = true;
  let news: { readonly onNews: () => void; readonly onLost: () => void } | null = null;
  const poll = createPoll(
    () => {
      const answer = Promise.withResolvers<number>();
      answers.push(answer);
      return answer.promise;
    },
    {
      visibility: {
        isVisible: () => visible,
        onChange(listener) {
          watchers.add(listener);
          return () => watchers.delete(listener);
        },
      },
      everyMs: 5_000,
      news: {
        listen(onNews, onLost) {
          news = { onNews, onLost };
          return () => {
            news = null;
          };
        },
      },
    },
  );
  return {
    poll,
    asked: () => answers.length,
    watched: () => watchers.size,
    listened: () => news !== null,
    hear: () => news?.onNews(),
    lose: () => news?.onLost(),
    answer: async (at: number, value: number) => {
      answers[at]?.resolve(value);
      await vi.advanceTimersByTimeAsync(0);
    },
    refuse: async (at: number, error: Error) => {
      answers[at]?.reject(error);
      await vi.advanceTimersByTimeAsync(0);
    },
    show(now: boolean) {
      visible = now;
      for (const watcher of watchers) watcher();
    },
  };
}

test("it reads at once, then again some time after each answer, and tells each", async () => {
  const { poll, asked, answer } = setup();
  const heard: unknown[] = [];
  poll.subscribe(() => heard.push(poll.getSnapshot().value));
  expect(asked()).toBe(1);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked(), "no second question before the first is answered").toBe(1);
  await answer(0, 7);
  await vi.advanceTimersByTimeAsync(4_999);
  expect(asked()).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  await answer(1, 8);
  expect(heard).toEqual([7, 8]);
});

test("nothing is read while the page is hidden, and at once when it is seen again", async () => {
  const { poll, asked, answer, show } = setup();
  poll.subscribe(() => undefined);
  await answer(0, 1);
  show(false);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked()).toBe(1);
  show(true);
  expect(asked()).toBe(2);
});

test("nothing is read that nobody listens to, and the page is watched no more", async () => {
  const { poll, asked, answer, watched } = setup();
  const end = poll.subscribe(() => undefined);
  await answer(0, 1);
  end();
  await vi.advanceTimersByTimeAsync(60_000);
  expect([asked(), watched()]).toEqual([1, 0]);
});

test("what could not be read leaves what was read before, and is tried again", async () => {
  const { poll, asked, answer, refuse } = setup();
  poll.subscribe(() => undefined);
  await answer(0, 1);
  await vi.advanceTimersByTimeAsync(5_000);
  const error = new Error("away");
  await refuse(1, error);
  expect(poll.getSnapshot()).toEqual({ value: 1, error });
  await vi.advanceTimersByTimeAsync(5_000);
  await answer(2, 2);
  expect([asked(), poll.getSnapshot()]).toEqual([3, { value: 2, error: null }]);
});

test("an answer that comes after a later question was answered is none", async () => {
  const { poll, answer } = setup();
  poll.subscribe(() => undefined);
  void poll.refresh();
  await answer(1, 2);
  await answer(0, 1);
  expect(poll.getSnapshot().value).toBe(2);
});

test("where word comes it is read when there is some, not oftener than it may, and hardly without", async () => {
  const { poll, asked, answer, hear } = setup();
  poll.subscribe(() => undefined);
  hear();
  await answer(0, 1);
  expect(asked(), "what was said while it was read may be newer").toBe(1);
  await vi.advanceTimersByTimeAsync(250);
  await answer(1, 2);
  await vi.advanceTimersByTimeAsync(59_999);
  expect(asked()).toBe(2);
  await vi.advanceTimersByTimeAsync(1);
  await answer(2, 3);
  await vi.advanceTimersByTimeAsync(1_000);
  hear();
  await vi.advanceTimersByTimeAsync(0);
  expect(asked(), "at once, after a rest").toBe(4);
  for (let word = 0; word < 100; word += 1) hear();
  await answer(3, 4);
  for (let word = 0; word < 100; word += 1) hear();
  await vi.advanceTimersByTimeAsync(249);
  expect(asked()).toBe(4);
  await vi.advanceTimersByTimeAsync(1);
  expect(asked()).toBe(5);
});

test("while no word comes, and while it cannot be read, it is read as if there were none", async () => {
  const { poll, asked, answer, refuse, hear, lose } = setup();
  poll.subscribe(() => undefined);
  await answer(0, 1);
  hear();
  await vi.advanceTimersByTimeAsync(250);
  await answer(1, 2);
  lose();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(asked()).toBe(3);
  hear();
  await refuse(2, new Error("away"));
  await vi.advanceTimersByTimeAsync(250);
  await refuse(3, new Error("away"));
  await vi.advanceTimersByTimeAsync(5_000);
  expect(asked()).toBe(5);
});

test("word is listened to while the page is seen and somebody listens, and no longer", async () => {
  const { poll, answer, show, listened } = setup();
  const end = poll.subscribe(() => undefined);
  await answer(0, 1);
  expect(listened()).toBe(true);
  show(false);
  expect(listened()).toBe(false);
  show(true);
  expect(listened()).toBe(true);
  end();
  expect(listened()).toBe(false);
});
