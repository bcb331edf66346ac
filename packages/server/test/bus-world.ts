import { setTimeout as sleep } from "node:timers/promises";
import type { PlayheadEvent } from "@playhead/core";
import type { Publication } from "../src/bus/bus.ts";
import type { RedisBus } from "../src/bus/redis/redis-bus.ts";
import { createMemoryStore } from "./bus-store.ts";
import { factEvent, publicationOf, tickEvent } from "./publications.ts";

interface WorldJob {
  readonly jobId: string;
  readonly tenantId: string;
  seq: number;
  tick: number;
  /** The percentage of its task as it was told last; kept in the number of that tick. */
  percent: number;
  ended: boolean;
}

/** An engine's jobs: what they do is stored, and then said by whoever is told to. */
export function createBusWorld(jobCount: number, random: () => number) {
  const store = createMemoryStore();
  const jobs: WorldJob[] = Array.from({ length: jobCount }, (_, index) => ({
    ...{ jobId: `job-${index}`, tenantId: `tenant-${index % 3}` },
    ...{ seq: 0, tick: 0, percent: 0, ended: false },
  }));
  const byId = new Map(jobs.map((job) => [job.jobId, job]));

  function tickOf(job: WorldJob): PlayheadEvent {
    job.tick += 1;
    return { ...tickEvent(job.jobId, job.seq, job.tick), data: { task_id: "t", percent_complete: job.percent } };
  }

  function factOf(job: WorldJob, type: PlayheadEvent["type"] = "task.step_changed"): PlayheadEvent {
    job.seq += 1;
    if (type === "job.completed") job.ended = true;
    return { ...factEvent(job.jobId, job.seq), type };
  }

  /** Stores events of a job; they may be said from then on. */
  function commit(job: WorldJob, events: readonly PlayheadEvent[]): readonly Publication[] {
    const publications = events.map((event) => publicationOf(event, job.tenantId));
    store.commit(publications);
    return publications;
  }

  return {
    store,
    jobs,
    /** What one flush of the engine brings: some facts and ticks of some jobs. */
    happen(): readonly Publication[] {
      const group: Publication[] = [];
      for (let count = 1 + Math.floor(random() * 6); count > 0; count--) {
        const job = jobs[Math.floor(random() * jobs.length)] as WorldJob;
        if (job.ended) continue;
        const isFact = random() < 0.5 || job.seq === 0;
        if (!isFact) job.percent = Math.floor(random() * 1_000) / 10;
        group.push(...commit(job, [isFact ? factOf(job) : tickOf(job)]));
      }
      return group;
    },
    end: (job: WorldJob) => commit(job, [factOf(job, "job.completed")]),
    liveJobs: () => jobs.filter(({ ended, seq }) => !ended && seq > 0),
    currentTicks(jobId: string): readonly string[] {
      const job = byId.get(jobId);
      if (job === undefined || job.ended) return [];
      return [JSON.stringify({ ...tickOf(job), epoch: "e1" })];
    },
  };
}

export type BusWorld = ReturnType<typeof createBusWorld>;

/** A viewer of one job: begins by what is stored, goes on by what it hears, and reads what it misses. */
export function followJob(world: BusWorld, bus: RedisBus, jobId: string) {
  const seqs: number[] = [];
  let tick = 0;
  let percent = 0;
  /** Facts that the bus did not bring, once it had begun. */
  let reads = 0;
  let waiting: Publication[] | null = [];

  const end = bus.subscribe(jobId, (run) => {
    for (const publication of run) take(publication);
  });
  void begin();

  function take(publication: Publication): void {
    if (waiting !== null) return void waiting.push(publication);
    const { seq, content } = publication;
    const head = seqs.at(-1) ?? 0;
    if (seq > head + (publication.tick === undefined ? 1 : 0)) {
      reads += 1;
      waiting = [publication];
      return void read();
    }
    if (publication.tick === undefined) {
      if (seq > head) seqs.push(seq);
    } else if ("data" in content) {
      see(content);
    }
  }

  function see(event: PlayheadEvent): void {
    if (event.tick === undefined || event.tick <= tick) return;
    tick = event.tick;
    percent = event.data.percent_complete as number;
  }

  /** Where everything stands is in Redis alone; a viewer who is told that it is away comes again. */
  async function begin(): Promise<void> {
    for (;;) {
      try {
        for (const frame of (await bus.readHead(jobId))?.ticks ?? []) see(JSON.parse(frame));
        return await read();
      } catch {
        await sleep(20);
      }
    }
  }

  async function read(): Promise<void> {
    for (const { seq } of await world.store.readFacts(jobId, seqs.at(-1) ?? 0, 10_000)) seqs.push(seq);
    const kept = waiting ?? [];
    waiting = null;
    for (const publication of kept) take(publication);
  }

  return { jobId, seqs, percent: () => percent, reads: () => reads, end };
}
