import type { LogLine, PlayheadEvent } from "@playhead/core";
import type { Publication } from "../src/bus/bus.ts";
import type { BusStore } from "../src/bus/redis/repairs.ts";

/** Keeps what was committed, as the store behind a bus does; to be told before the bus is. */
export function createMemoryStore() {
  const jobs = new Map<
    string,
    { readonly tenantId: string; readonly facts: PlayheadEvent[]; readonly lines: LogLine[] }
  >();
  let reads = 0;

  const store: BusStore = {
    async readHeads(jobIds) {
      reads += 1;
      return new Map(
        jobIds.flatMap((jobId) => {
          const job = jobs.get(jobId);
          return job === undefined ? [] : [[jobId, { tenantId: job.tenantId, seq: job.facts.length }] as const];
        }),
      );
    },
    async readFacts(jobId, afterSeq, limit) {
      reads += 1;
      return jobs.get(jobId)?.facts.slice(afterSeq, afterSeq + limit) ?? [];
    },
    async readLogs({ jobId, after = 0, before = Number.POSITIVE_INFINITY, limit }) {
      reads += 1;
      const lines = jobs.get(jobId)?.lines.filter(({ log_id }) => log_id > after && log_id < before) ?? [];
      return before === Number.POSITIVE_INFINITY ? lines.slice(0, limit) : lines.slice(-limit);
    },
  };

  return {
    ...store,
    /** How often it was asked. */
    reads: () => reads,
    commit(publications: readonly Publication[]): void {
      for (const { tenantId, jobId, tick, content } of publications) {
        const job = jobs.get(jobId) ?? { tenantId, facts: [], lines: [] };
        jobs.set(jobId, job);
        if ("log_id" in content) job.lines.push(content);
        else if (tick === undefined) job.facts.push(content);
      }
    },
  };
}
