import type { JobSummary } from "@playhead/core";
import { summaryOf } from "@playhead/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { runningJob } from "../../test/jobs.ts";
import { factEvent, publicationOf, tickEvent } from "../../test/publications.ts";
import { createMemoryBus } from "../bus/memory-bus.ts";
import { createJobsFeed } from "./jobs-feed.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function setup() {
  const asked: string[][] = [];
  const errors: unknown[] = [];
  const bus = createMemoryBus((error) => errors.push(error));
  let answer = async (jobIds: readonly string[]): Promise<readonly JobSummary[]> =>
    jobIds.map((jobId) => summaryOf(runningJob(jobId)));
  const feed = createJobsFeed({
    bus,
    readJobs: async (jobIds) => {
      asked.push([...jobIds]);
      return answer(jobIds);
    },
    onError: (error) => errors.push(error),
  });
  const told: { ref: string; jobId: string; slot: string | null }[] = [];
  return {
    bus,
    feed,
    asked,
    errors,
    told,
    setAnswer: (value: typeof answer) => {
      answer = value;
    },
    listen: (ref: string, tenantId = "default", filter = {}) =>
      feed.add({
        tenantId,
        filter,
        ref,
        send: ({ text }, slot) => {
          const { type, data } = JSON.parse(text);
          expect(type).toBe("jobs.changed");
          told.push({ ref: data.ref, jobId: data.job.job_id, slot });
        },
        lost: () => undefined,
      }),
    move: (jobId: string) => bus.publish([publicationOf(tickEvent(jobId, 1, 1))]),
    change: (jobId: string) => bus.publish([publicationOf({ ...factEvent(jobId, 1), type: "job.updated" })]),
  };
}

test("a job that changed is told of once within a quarter of a second, however much happened", async () => {
  const { listen, move, told, feed } = setup();
  listen("r");
  for (let time = 0; time < 50; time++) move("a");
  expect(told).toEqual([]);
  await vi.advanceTimersByTimeAsync(250);
  expect(told).toEqual([{ ref: "r", jobId: "a", slot: 'list "r" a' }]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(told).toHaveLength(1);
  feed.close();
});

test("it goes to the lists of its tenant and its kind", async () => {
  const { listen, move, told } = setup();
  listen("mine");
  listen("other tenant's", "other");
  listen("clips", "default", { kind: ["clips"] });
  listen("bulk", "default", { kind: ["bulk"] });
  listen("another's", "default", { user_id: "u_7" });
  move("a");
  await vi.advanceTimersByTimeAsync(250);
  expect(told.map(({ ref }) => ref)).toEqual(["mine", "clips"]);
});

test("a job that left the wanted states is told of too", async () => {
  const { listen, change, told } = setup();
  listen("paused", "default", { state: ["paused"] });
  change("a");
  await vi.advanceTimersByTimeAsync(250);
  expect(told).toHaveLength(1);
});

test("of very many that moved some are told at a time, those that changed themselves before all others", async () => {
  const { listen, move, change, asked, told } = setup();
  listen("r");
  for (let at = 0; at < 600; at++) move(`m${at}`);
  change("c");
  await vi.advanceTimersByTimeAsync(250);
  expect([asked[0]?.length, asked[0]?.[0]]).toEqual([250, "c"]);
  await vi.advanceTimersByTimeAsync(500);
  expect(new Set(told.map(({ jobId }) => jobId)).size).toBe(601);
});

test("the next are told only after the ones before, so that the latest comes last", async () => {
  const { listen, move, setAnswer, asked, told } = setup();
  listen("r");
  const first = Promise.withResolvers<readonly JobSummary[]>();
  setAnswer(() => first.promise);
  move("a");
  await vi.advanceTimersByTimeAsync(250);
  move("a");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asked).toHaveLength(1);
  setAnswer(async () => [summaryOf(runningJob("a"))]);
  first.resolve([summaryOf(runningJob("a"))]);
  await vi.advanceTimersByTimeAsync(250);
  expect([asked.length, told.length]).toEqual([2, 2]);
});

test("what cannot be read is said to the log, and the list goes on", async () => {
  const { listen, move, setAnswer, errors, told } = setup();
  listen("r");
  setAnswer(async () => {
    throw new Error("disk");
  });
  move("a");
  await vi.advanceTimersByTimeAsync(250);
  setAnswer(async () => [summaryOf(runningJob("a"))]);
  move("a");
  await vi.advanceTimersByTimeAsync(250);
  expect([errors.length, told.length]).toEqual([1, 1]);
});

test("nothing is asked while nobody listens, and nothing told after the end", async () => {
  const { listen, move, feed, asked, told } = setup();
  move("a");
  await vi.advanceTimersByTimeAsync(1_000);
  const end = listen("r");
  move("a");
  end();
  await vi.advanceTimersByTimeAsync(1_000);
  expect([asked, told]).toEqual([[], []]);
  listen("r");
  move("a");
  feed.close();
  move("a");
  await vi.advanceTimersByTimeAsync(1_000);
  expect([told.length, vi.getTimerCount()]).toEqual([0, 0]);
});

test("a list of which nobody knows what it missed is ended; while there is none, nobody listens to what happens", async () => {
  let tell: ((changes: null) => void) | null = null;
  const bus = {
    subscribeChanges(listener: (changes: null) => void) {
      tell = listener;
      return () => {
        tell = null;
      };
    },
  };
  const lost: string[] = [];
  const feed = createJobsFeed({ bus, readJobs: async () => [], onError: () => undefined });
  const add = (ref: string) =>
    feed.add({ tenantId: "default", filter: {}, ref, send: () => undefined, lost: () => lost.push(ref) });
  const [endA] = [add("a"), add("b")];
  endA?.();
  expect(tell).not.toBeNull();
  (tell as unknown as (changes: null) => void)(null);
  expect([lost, tell]).toEqual([["b"], null]);
  feed.close();
});
