import { setImmediate as nextTurn } from "node:timers/promises";
import { type EventRecord, emptyJob, foldAll, type Job, PlayheadError } from "@playhead/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { markOf, playRecords, SHARED_JOB } from "../../test/record-stream.ts";
import { startIngest } from "../../test/start-ingest.ts";
import { tempFolder } from "../../test/temp-folder.ts";
import type { Publication } from "../bus/bus.ts";
import type { Store } from "../store/store.ts";
import type { Ingest } from "./ingest.ts";

/** A worker that sends its records in order, and again what it got no answer for, and now and then what it did. */
function createWorker(source: string, records: readonly EventRecord[]) {
  let sent = 0;
  const acknowledged = new Set<string>();
  return {
    records,
    acknowledged,
    isDone: () => sent >= records.length,
    async send(ingest: Ingest, count: number, again: number): Promise<void> {
      const batch = records.slice(Math.max(0, sent - again), sent + count);
      const upTo = sent + count;
      try {
        const { refused } = await ingest.ingest({ source, records: batch }, { tenantId: "default", worker: source });
        expect(refused).toEqual([]);
        sent = Math.max(sent, Math.min(upTo, records.length));
        for (const { n } of batch) if (n !== undefined) acknowledged.add(`${source}/${n}`);
      } catch (error) {
        expect(error).toBeInstanceOf(PlayheadError);
        expect(error).toMatchObject({ code: "service_unavailable" });
      }
    },
  };
}

type Worker = ReturnType<typeof createWorker>;

/** What ticks alone say is not in the facts. */
function withoutTicks(job: Job): unknown {
  const { progress, tick: _, tasks, ...others } = job;
  const {
    percent_complete: _p,
    items_per_minute: _i,
    eta_ms,
    eta_low_ms,
    eta_high_ms,
    estimated_completion,
    ...counts
  } = progress;
  return {
    ...others,
    counts,
    tasks: [...tasks.values()].map(({ percent_complete, details, ...task }) => task),
  };
}

async function expectSound(store: Store, workers: readonly Worker[]): Promise<void> {
  const jobIds = new Set(workers.flatMap(({ records }) => records.map(({ job_id }) => job_id)));
  const marks = new Map<string, number>();
  for (const jobId of jobIds) {
    const facts = await store.readFacts(jobId, 0, 100_000);
    expect(facts.map(({ seq }) => seq)).toEqual(facts.map((_, index) => index + 1));
    for (const fact of facts) {
      const mark = markOf(fact);
      if (mark !== null) marks.set(mark, (marks.get(mark) ?? 0) + 1);
    }
    const stored = await store.readJob(jobId);
    if (facts.length === 0) expect(stored).toBeNull();
    else expect(withoutTicks(stored as Job)).toEqual(withoutTicks(foldAll(emptyJob(jobId), facts)));
  }
  const lost = workers.flatMap(({ acknowledged }) => [...acknowledged].filter((mark) => !marks.has(mark)));
  const doubled = [...marks].filter(([, count]) => count > 1);
  expect({ lost, doubled }).toEqual({ lost: [], doubled: [] });
}

const rolls = fc.array(fc.nat(100_000), { minLength: 5, maxLength: 120, size: "max" });
const action = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("send" as const),
      worker: fc.nat(2),
      count: fc.integer({ min: 1, max: 30 }),
      again: fc.nat(20),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("wait" as const), turns: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.constant({ do: "restart" as const }) },
  { weight: 1, arbitrary: fc.constant({ do: "tear down" as const }) },
);

test("whatever sources send, in whatever batches, again and again, over restarts and crashes: nothing acknowledged is lost, nothing is doubled, and what is stored is what was folded", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(rolls, { minLength: 3, maxLength: 3 }),
      fc.array(action, { maxLength: 25, size: "max" }),
      async (streams, actions) => {
        const folder = tempFolder();
        let server = await startIngest(folder);
        const workers = streams.map((stream, at) => createWorker(`w${at}`, playRecords(`w${at}`, stream)));
        await server.ingest.report("default", { type: "job.created", job_id: SHARED_JOB, data: { kind: "shared" } });
        let underWay: Promise<void>[] = [];
        /** A worker sends one batch at a time. */
        const turns = workers.map(() => Promise.resolve());
        const send = (at: number, count: number, again: number) => {
          const { ingest } = server;
          const mine = (turns[at] as Promise<void>).then(() => workers[at]?.send(ingest, count, again));
          turns[at] = mine.then(() => undefined);
          underWay.push(mine.then(() => undefined));
        };
        for (const each of actions) {
          if (each.do === "send") send(each.worker, each.count, each.again);
          else if (each.do === "wait") for (let turn = 0; turn < each.turns; turn++) await nextTurn();
          else {
            if (each.do === "restart") await server.end();
            else await server.tearDown();
            await Promise.all(underWay);
            underWay = [];
            server = await startIngest(folder);
            await expectSound(server.store, workers);
          }
        }
        await Promise.all(underWay);
        for (const worker of workers) while (!worker.isDone()) await worker.send(server.ingest, 50, 10);
        for (const [jobId, live] of workers
          .flatMap(({ records }) => records.map(({ job_id }) => job_id))
          .map((jobId) => [jobId, server.ingest.jobs.peek(jobId)] as const)) {
          if (live === undefined) continue;
          const facts = await server.store.readFacts(jobId, 0, 100_000);
          expect(withoutTicks(live.draft)).toEqual(withoutTicks(foldAll(emptyJob(jobId), facts)));
        }
        expectSaidInOrder(server.said);
        await server.end();
        server = await startIngest(folder);
        await expectSound(server.store, workers);
        const all = workers.flatMap(({ records }) => records).filter(({ n }) => n !== undefined);
        expect(new Set(workers.flatMap(({ acknowledged }) => [...acknowledged])).size).toBe(all.length);
        await server.end();
      },
    ),
    // Each starts the store's two threads several times over; what fails is told by its seed, not made smaller.
    { numRuns: 6, endOnFailure: true },
  );
});

/** Viewers get each job's facts without a gap, and ticks whose numbers grow, each behind the fact it stands at. */
function expectSaidInOrder(said: readonly Publication[]): void {
  const heads = new Map<string, { seq: number | null; tick: number }>();
  for (const { jobId, seq, tick, content } of said) {
    if ("log_id" in content) continue;
    const head = heads.get(jobId) ?? { seq: null, tick: 0 };
    if (tick === undefined) {
      if (head.seq !== null) expect(seq).toBe(head.seq + 1);
      head.seq = seq;
    } else {
      expect(tick).toBeGreaterThan(head.tick);
      if (head.seq !== null) expect(seq).toBe(head.seq);
      head.tick = tick;
    }
    heads.set(jobId, head);
  }
}
