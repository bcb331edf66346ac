import { setImmediate as nextTurn } from "node:timers/promises";
import {
  applyEvent,
  draftOf,
  type EventFrame,
  emptyJob,
  foldAll,
  isFinalJobState,
  type Job,
  jobFromSnapshot,
  type PlayheadEvent,
  positionOf,
  snapshotOf,
} from "@playhead/core";
import { expect } from "vitest";
import type { Publication } from "../src/bus/bus.ts";
import { createMemoryBus } from "../src/bus/memory-bus.ts";
import { createJobChannels } from "../src/gateway/job-channels.ts";
import { createStartsInMemory, type FeedSource, type JobsInMemory } from "../src/gateway/job-start.ts";
import type { SharedFrame } from "../src/gateway/shared-frame.ts";
import { factsOf } from "./jobs.ts";
import { publicationOf } from "./publications.ts";

/** The history that everything happens in. */
export const EPOCH = "e1";

/** A job whose memory runs ahead of the store, and whose store runs ahead of what is said; the test moves each of them. */
export function createFeedWorld({ inMemory = true, stuck = false } = {}) {
  const onError = (error: unknown) => {
    throw error;
  };
  const bus = createMemoryBus(onError);
  const live = draftOf(emptyJob("j"));
  const events: PlayheadEvent[] = [];
  let committed = 0;
  let said = 0;
  let isInMemory = inMemory;
  let isStuck = stuck;
  let percent = 0;
  const waiters: { readonly upTo: number; readonly resolve: (stored: boolean) => void }[] = [];

  function add(event: PlayheadEvent): void {
    // Whoever reports on a job takes it into memory.
    if (events.length > 0) isInMemory = true;
    applyEvent(live, event);
    events.push(event);
  }

  const storedEvents = () => events.slice(0, committed);
  const storedJob = (): Job => foldAll(draftOf(emptyJob("j")), storedEvents());

  const inMemoryJobs: JobsInMemory = {
    epoch: EPOCH,
    peekJob: (jobId) =>
      jobId === "j" && isInMemory && events.length > 0
        ? {
            draft: live,
            asked: () => undefined,
            currentTicks() {
              const { tick, seq } = live;
              const frame = tickOf(tick + 1, seq);
              applyEvent(live, frame);
              return [JSON.stringify({ ...frame, epoch: EPOCH })];
            },
            storedSoon() {
              if (committed >= events.length) return Promise.resolve(true);
              if (isStuck) return Promise.resolve(false);
              return new Promise((resolve) => waiters.push({ upTo: events.length, resolve }));
            },
          }
        : undefined,
    async loadJob() {
      isInMemory = true;
    },
    store: {
      async readSnapshot(jobId) {
        await nextTurn();
        return jobId === "j" && committed > 0 ? snapshotOf(storedJob()) : null;
      },
    },
  };
  const source: FeedSource = {
    ...createStartsInMemory(inMemoryJobs),
    epoch: EPOCH,
    // Each tick is to be seen: pace has tests of its own.
    channels: createJobChannels({ bus, nowMs: () => 0, onError, tickEveryMs: 0 }),
    store: {
      async readFacts(_, afterSeq, limit) {
        await nextTurn();
        return storedEvents()
          .filter(({ seq, tick }) => tick === undefined && seq > afterSeq)
          .slice(0, limit);
      },
    },
    logs: { readLogs: async () => [] },
  };

  function tickOf(tick: number, seq: number): PlayheadEvent {
    const data = { percent_complete: percent };
    return { type: "job.progress", ts: "2026-11-21T10:42:00.000Z", job_id: "j", seq, tick, correlation_id: "c", data };
  }

  return {
    source,
    peekJob: inMemoryJobs.peekJob,
    bus,
    live,
    events,
    committed: () => committed,
    fact() {
      const { seq } = live;
      if (isFinalJobState(live.state)) return;
      const [first] = factsOf("j", [["job.created", { kind: "clips", title: "Episode 12" }]]);
      const updated = { ...(first as PlayheadEvent), type: "job.updated" as const, data: { title: `${seq + 1}` } };
      add({ ...(seq === 0 ? (first as PlayheadEvent) : updated), seq: seq + 1 });
    },
    tick() {
      if (isFinalJobState(live.state)) return;
      percent = Math.min(99, percent + 1);
      add(tickOf(live.tick + 1, live.seq));
    },
    end() {
      if (isFinalJobState(live.state)) return;
      for (const [type, data] of [
        ["job.state_changed", { prior_state: "pending", new_state: "failed" }],
        ["job.failed", { error_code: "worker_lost" }],
      ] as const) {
        add({ type, ts: "2026-11-21T10:43:00.000Z", job_id: "j", seq: live.seq + 1, correlation_id: "c", data });
      }
    },
    commit(count = Number.POSITIVE_INFINITY) {
      committed = Math.min(events.length, committed + count);
      for (const { upTo, resolve } of waiters) if (upTo <= committed) resolve(true);
    },
    /** As a bus may, beyond one process. */
    lose(count = 1) {
      said = Math.min(committed, said + count);
    },
    say(count = Number.POSITIVE_INFINITY) {
      const upTo = Math.min(committed, said + count);
      const publications: Publication[] = events.slice(said, upTo).map((event) => publicationOf(event));
      said = upTo;
      bus.publish(publications);
    },
    recover: () => {
      isStuck = false;
    },
    /** As a job does of which nothing is under way. */
    leaveMemory() {
      if (committed === events.length && said === events.length) isInMemory = false;
    },
  };
}

export type FeedWorld = ReturnType<typeof createFeedWorld>;

/** A client that folds what it gets, and knows what it may have got by then. */
export function createFeedClient(world: FeedWorld, known: Job | null = null) {
  let job = known;
  const got: EventFrame[] = [];
  let base = known?.seq ?? 0;
  const storedFacts = () => world.events.slice(0, world.committed()).filter(({ tick }) => tick === undefined).length;
  return {
    job: () => job as Job,
    base: () => base,
    facts: () => got.filter(({ tick }) => tick === undefined).map(({ seq }) => seq),
    got,
    lost: [] as unknown[],
    event({ text }: SharedFrame): void {
      const event = JSON.parse(text) as EventFrame;
      expect(event.seq).toBeLessThanOrEqual(storedFacts());
      expect(positionOf(job as Job, event)).not.toBe("gap");
      got.push(event);
      job = foldAll(job as Job, [event]);
    },
    take(snapshot: Parameters<typeof jobFromSnapshot>[0] | null): void {
      if (snapshot === null) return;
      expect(snapshot.seq).toBeLessThanOrEqual(storedFacts());
      expect(snapshot.seq).toBeGreaterThanOrEqual(job?.seq ?? 0);
      job = jobFromSnapshot(snapshot);
      // It takes the place of all that came before.
      base = snapshot.seq;
      got.length = 0;
    },
  };
}
