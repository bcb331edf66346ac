import { emptyJob, type JobSummary, summaryOf } from "@playhead/core";
import type { Engine } from "@playhead/server";
import { GROUP_SIZE, type SinkOptions } from "./ingest-sink.ts";

/** What one transaction stores. */
export type Group = Parameters<Engine["store"]["commit"]>[0];

const NOTHING_ELSE = { projections: [], sources: new Map<string, number>() };
/** As many groups are under way as the server's ingest keeps under way. */
const GROUPS_IN_FLIGHT = 3;

/** Makes groups of a workload's facts, as the server's ingest hands them to its store. */
export function createGroups({ jobs, workload }: Pick<SinkOptions, "jobs" | "workload">) {
  const seqs = new Uint32Array(jobs).fill(1);
  const jobIds = Array.from({ length: jobs }, (_, job) => `job_${job}`);

  function nextFact(): Group["facts"][number] {
    const { job, type, tsMs, data } = workload.next();
    const seq = (seqs[job] as number) + 1;
    seqs[job] = seq;
    return { job_id: jobIds[job] as string, seq, type, tsMs, correlation_id: null, dataJson: JSON.stringify(data) };
  }

  return {
    /** All jobs, as they begin. */
    announcement: (): Group => announcementOf(jobIds),
    /** The next facts, 2,000 a group. */
    next(count: number): readonly Group[] {
      const groups: Group[] = [];
      for (let from = 0; from < count; from += GROUP_SIZE) {
        const facts = Array.from({ length: Math.min(GROUP_SIZE, count - from) }, nextFact);
        groups.push({ ...NOTHING_ELSE, facts, sources: new Map([["worker", from + GROUP_SIZE]]) });
      }
      return groups;
    },
  };
}

/** Commits groups as the server's ingest does: some are under way at any time. */
export async function commitAll(commit: (group: Group) => Promise<void>, groups: readonly Group[]): Promise<void> {
  const underWay: Promise<unknown>[] = [];
  for (const group of groups) {
    if (underWay.length === GROUPS_IN_FLIGHT) await underWay.shift();
    underWay.push(commit(group));
  }
  await Promise.all(underWay);
}

function announcementOf(jobIds: readonly string[]): Group {
  const ts = "2026-01-01T00:00:00.000Z";
  const facts = jobIds.map((job_id) => ({
    job_id,
    seq: 1,
    type: "job.created" as const,
    tsMs: Date.parse(ts),
    correlation_id: null,
    dataJson: '{"kind":"clips"}',
  }));
  const projections = jobIds.map((job_id) => {
    const job: JobSummary = { ...summaryOf(emptyJob(job_id)), kind: "clips", created_at: ts, seq: 1 };
    return { job, tasks: [] };
  });
  return { ...NOTHING_ELSE, facts, projections };
}
