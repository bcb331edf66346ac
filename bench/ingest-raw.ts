import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createEngine } from "@playhead/server";
import { GROUP_SIZE, type Sink, type SinkOptions } from "./ingest-sink.ts";

/**
 * The yardstick: the same rows into the same table by a loop over one prepared statement, and nothing else.
 * @param indexed with the usual index by job and time added, to show what it costs
 */
export async function openRaw({ folder, jobs, workload }: SinkOptions, indexed: boolean): Promise<Sink> {
  // The engine makes the tables, so that they are the same ones.
  const engine = await createEngine({ dataFolder: folder, log: () => {} });
  await engine.close();
  const db = new DatabaseSync(path.join(folder, "playhead.db"));
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -32000");
  if (indexed) db.exec("CREATE INDEX facts_by_job ON facts (job_no, ts_ms)");
  const insert = db.prepare(
    "INSERT INTO facts (id, job_no, seq, type, ts_ms, correlation_id, data) VALUES (?, ?, ?, ?, ?, NULL, ?)",
  );
  const seqs = new Uint32Array(jobs);
  let lastId = 0;

  return {
    prepare(count) {
      const rows = Array.from({ length: count }, () => {
        const { job, type, tsMs, data } = workload.next();
        const seq = (seqs[job] as number) + 1;
        seqs[job] = seq;
        return [job + 1, seq, type === "task.created" ? 11 : 23, tsMs, JSON.stringify(data)] as const;
      });
      return async () => {
        for (let from = 0; from < count; from += GROUP_SIZE) {
          db.exec("BEGIN IMMEDIATE");
          const to = Math.min(count, from + GROUP_SIZE);
          for (let at = from; at < to; at++) {
            const row = rows[at] as (typeof rows)[number];
            lastId += 1;
            insert.run(lastId, row[0], row[1], row[2], row[3], row[4]);
          }
          db.exec("COMMIT");
        }
      };
    },
    async close() {
      db.close();
    },
  };
}
