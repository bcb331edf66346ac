import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createEngine } from "@playhead/server";
import { GROUP_SIZE, type Sink, type SinkOptions } from "./ingest-sink.ts";

const AS_THE_STORE = "PRAGMA synchronous = FULL; PRAGMA cache_size = -32000";

/**
 * The yardstick: the same rows into the same table by a loop over one prepared statement, and nothing else.
 * @param indexed with the usual index by job and time added, to show what it costs
 */
export async function openRaw({ folder, jobs, workload }: SinkOptions, indexed: boolean): Promise<Sink> {
  // The engine makes the tables, so that they are the same ones.
  const engine = await createEngine({ dataFolder: folder, log: () => {} });
  await engine.close();
  const db = new DatabaseSync(path.join(folder, "playhead.db"));
  db.exec(`PRAGMA journal_mode = WAL; ${AS_THE_STORE}`);
  if (indexed) db.exec("CREATE INDEX facts_by_job ON facts (job_no, ts_ms)");
  const insert = db.prepare(
    "INSERT INTO facts (id, job_no, seq, type, ts_ms, correlation_id, data) VALUES (?, ?, ?, ?, ?, NULL, ?)",
  );
  const seqs = new Uint32Array(jobs);
  let lastId = 0;

  function nextRow() {
    const { job, type, tsMs, data } = workload.next();
    const seq = (seqs[job] as number) + 1;
    seqs[job] = seq;
    lastId += 1;
    return [lastId, job + 1, seq, type === "task.created" ? 11 : 23, tsMs, JSON.stringify(data)] as const;
  }

  function insertAll(rows: readonly ReturnType<typeof nextRow>[]): void {
    db.exec("BEGIN IMMEDIATE");
    for (const [id, jobNo, seq, type, tsMs, data] of rows) insert.run(id, jobNo, seq, type, tsMs, data);
    db.exec("COMMIT");
  }

  return {
    prepare(count) {
      const groups = Array.from({ length: Math.ceil(count / GROUP_SIZE) }, (_, group) =>
        Array.from({ length: Math.min(GROUP_SIZE, count - group * GROUP_SIZE) }, nextRow),
      );
      return async () => groups.forEach(insertAll);
    },
    async grow(count) {
      db.exec("PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000");
      insertAll(Array.from({ length: count }, nextRow));
      db.exec(`PRAGMA wal_checkpoint(TRUNCATE); ${AS_THE_STORE}`);
    },
    async close() {
      db.close();
    },
  };
}
