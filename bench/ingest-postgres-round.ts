// One variant of bench/ingest-postgres.ts, once, in a process of its own: prints its metrics as JSON.
import { createLease, createPostgresStore, openPostgres } from "@playhead/server";
import { commitAll, createGroups, type Group } from "./ingest-groups.ts";
import { createWorkload } from "./ingest-workload.ts";
import type { Metrics } from "./report.ts";

/** What a round is asked to do. */
export interface PostgresRoundOptions {
  /** An empty database. */
  readonly url: string;
  readonly variant: keyof typeof VARIANTS;
  readonly jobs: number;
  /** Facts to store before anything is timed. */
  readonly warmup: number;
  readonly facts: number;
}

/** Stores groups, and ends. */
interface Committer {
  commit(groups: readonly Group[]): Promise<void>;
  close(): Promise<void>;
}

/** What the rows are inserted into by the raw variants: the store's own table of today, or a bare copy of it. */
const FACTS_OF_TODAY =
  "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'playhead.facts'::regclass";

const VARIANTS = {
  store: openStore,
  /** The same table with the same indexes. */
  raw: (url: string) => openRaw(url, null),
  /** The same columns, and no index at all. */
  raw_bare: (url: string) => openRaw(url, "CREATE TABLE bare (LIKE playhead.facts)"),
};

const { variant, url, jobs, warmup, facts }: PostgresRoundOptions = JSON.parse(process.argv[2] ?? "{}");
console.log(JSON.stringify(await runRound()));

async function runRound(): Promise<Metrics> {
  const groups = createGroups({ jobs, workload: createWorkload({ jobs, seed: 4711 }) });
  const announcement = groups.announcement();
  const store = await openStore(url);
  await store.commit([announcement]);
  await store.close();
  const sink = await VARIANTS[variant](url);
  await sink.commit(groups.next(warmup));
  const prepared = groups.next(facts);
  const cpu = process.cpuUsage();
  const startMs = performance.now();
  await sink.commit(prepared);
  const tookMs = performance.now() - startMs;
  const { user, system } = process.cpuUsage(cpu);
  await sink.close();
  return { per_s: (facts / tookMs) * 1_000, cpu_us: (user + system) / facts };
}

async function openStore(address: string): Promise<Committer> {
  const database = await openPostgres({ url: address });
  const lease = createLease({ database, holder: "bench" });
  await lease.acquire();
  const store = await createPostgresStore({ database, term: lease.term, nowMs: Date.now, newEpoch: () => "bench" });
  return {
    commit: (groups) => commitAll(store.commit, groups),
    async close() {
      await store.close();
      await lease.release();
      await database.close();
    },
  };
}

/**
 * The yardstick: the same rows in the same batches, each a transaction of one INSERT, as many under way at a time,
 * and nothing else: no look at who may write, at what a job's last number was, at how far a source has come.
 */
async function openRaw(address: string, create: string | null): Promise<Committer> {
  const database = await openPostgres({ url: address });
  const client = await database.connect();
  if (create !== null) await client.query(create);
  const { rows } = await client.query<{ name: string }>(FACTS_OF_TODAY);
  const table = create === null ? rows[0]?.name : "bare";
  const last = await client.query<{ id: number }>(`SELECT max(id) AS id FROM ${rows[0]?.name}`);
  let lastId = last.rows[0]?.id ?? 0;
  const text = `INSERT INTO ${table} (id, job_no, ts_ms, seq, type, correlation_id, data)
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::int[], $5::smallint[], $6::text[], $7::text[])`;

  async function insert({ facts: all }: Group): Promise<void> {
    const values = [
      all.map((_, at) => lastId + 1 + at),
      all.map(({ job_id }) => 1 + Number(job_id.slice(4))),
      all.map(({ tsMs }) => tsMs),
      all.map(({ seq }) => seq),
      all.map(({ type }) => (type === "task.created" ? 11 : 23)),
      all.map(() => null),
      all.map(({ dataJson }) => dataJson),
    ];
    lastId = lastId + all.length;
    await Promise.all([client.query("BEGIN"), client.query({ name: "insert", text }, values), client.query("COMMIT")]);
  }

  return {
    commit: (groups) => commitAll(insert, groups),
    async close() {
      await client.close();
      await database.close();
    },
  };
}
