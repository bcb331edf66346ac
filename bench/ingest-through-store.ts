import { emptyJob, summaryOf } from "@playhead/core";
import { createEngine, type Engine } from "@playhead/server";
import { GROUP_SIZE, type Sink, type SinkOptions } from "./ingest-sink.ts";

type Group = Parameters<Engine["store"]["commit"]>[0];

/** As many groups are under way as the server's ingest keeps under way. */
const GROUPS_IN_FLIGHT = 3;
const NOTHING_ELSE = { logs: [], projections: [], sources: new Map<string, number>() };

/** Facts through `Store.commit`, a group of 2,000 at a time: what the server does with them once it has decided. */
export async function openStore({ folder, jobs, workload }: SinkOptions): Promise<Sink> {
  const engine = await createEngine({ dataFolder: folder, log: () => {} });
  const { store } = engine;
  const seqs = new Uint32Array(jobs).fill(1);
  const jobIds = Array.from({ length: jobs }, (_, job) => `job_${job}`);
  await commitAll([announcement(jobIds)]);

  async function commitAll(groups: readonly Group[]): Promise<void> {
    const underWay: Promise<unknown>[] = [];
    for (const group of groups) {
      if (underWay.length === GROUPS_IN_FLIGHT) await underWay.shift();
      underWay.push(store.commit(group));
    }
    await Promise.all(underWay);
  }

  function prepare(count: number) {
    const facts = Array.from({ length: count }, () => {
      const { job, type, tsMs, data } = workload.next();
      const seq = (seqs[job] as number) + 1;
      seqs[job] = seq;
      const dataJson = JSON.stringify(data);
      return { job_id: jobIds[job] as string, seq, type, tsMs, correlation_id: null, dataJson };
    });
    const groups: Group[] = [];
    for (let from = 0; from < count; from += GROUP_SIZE) {
      const source = new Map([["worker", from + GROUP_SIZE]]);
      groups.push({ ...NOTHING_ELSE, facts: facts.slice(from, from + GROUP_SIZE), sources: source });
    }
    return () => commitAll(groups);
  }

  return { prepare, grow: (count) => prepare(count)(), close: () => engine.close() };
}

function announcement(jobIds: readonly string[]): Group {
  const ts = "2026-01-01T00:00:00.000Z";
  const facts = jobIds.map((job_id) => {
    return {
      job_id,
      seq: 1,
      type: "job.created" as const,
      tsMs: Date.parse(ts),
      correlation_id: null,
      dataJson: '{"kind":"clips"}',
    };
  });
  const projections = jobIds.map((job_id) => {
    const job = { ...summaryOf(emptyJob(job_id)), kind: "clips", created_at: ts, seq: 1 };
    return { job, tasks: [] };
  });
  return { ...NOTHING_ELSE, facts, projections };
}
