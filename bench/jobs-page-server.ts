// The server of bench/jobs-page.ts and bench/dashboard.ts: many jobs that have ended, some that are said to run, and log lines.
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { emptyJob, type JobState, type JobSummary, NO_PROGRESS, summaryOf } from "@playhead/core";
import { configSchema, createEngine, createSqliteTelemetry, startServer } from "@playhead/server";
import { seededRandom } from "./chaos/seeded-random.ts";
import { createLogsWorkload } from "./logs-workload.ts";

interface Options {
  readonly jobs: number;
  readonly dashboardFolder: string;
  /** So many of the newest jobs run, without anyone who reports of them. */
  readonly running?: number;
  readonly logLines?: number;
}

const { jobs: count, dashboardFolder, running = 50, logLines = 0 }: Options = JSON.parse(process.argv[2] ?? "{}");
/** Lines go back so far: within what the server keeps. */
const LOG_DAYS = 6;
const LINES_A_GROUP = 1_000;
const GROUP_SIZE = 2_000;
const SPACING_MS = 20_000;
const KINDS = ["clips", "merge", "transcode"];
const PLACES = ["Harbour", "Market", "Station", "Bridge", "Garden", "Theatre", "Airport", "Library"];

const data = await mkdtemp(path.join(os.tmpdir(), "playhead-jobs-page-"));
await fill();
await fillLog();
const server = await startServer({
  config: configSchema.parse({ data, port: 0 }),
  dashboardFolder,
  version: "bench",
  log: () => undefined,
});
console.log(JSON.stringify({ url: server.url, key: server.accessKey }));
process.stdin.resume().once("end", async () => {
  await server.close();
  await rm(data, { recursive: true });
});

/** Stores the jobs as the server would have, by way of its store. */
async function fill(): Promise<void> {
  const engine = await createEngine({ dataFolder: data, log: () => {} });
  const startMs = Date.now() - count * SPACING_MS;
  for (let from = 0; from < count; from += GROUP_SIZE) {
    const size = Math.min(GROUP_SIZE, count - from);
    const jobs = Array.from({ length: size }, (_, at) => jobOf(from + at, startMs));
    await engine.store.commit({
      facts: jobs.map(({ job_id, created_at, kind, title }) => ({
        job_id,
        seq: 1,
        type: "job.created" as const,
        tsMs: Date.parse(created_at),
        correlation_id: null,
        dataJson: JSON.stringify({ kind, title }),
      })),
      projections: jobs.map((job) => ({ job, tasks: [] })),
      sources: new Map([["bench", from + size]]),
    });
  }
  await engine.close();
}

/** Stores log lines, as bench/logs.ts does. */
async function fillLog(): Promise<void> {
  const telemetry = await createSqliteTelemetry({ folder: data, timeZone: "UTC" });
  const toMs = Date.now();
  const range = { fromMs: toMs - LOG_DAYS * 86_400_000, toMs };
  const workload = createLogsWorkload({ ...range, entries: logLines, random: seededRandom(1) });
  for (let from = 0; from < logLines; from += LINES_A_GROUP) {
    const entries = Array.from({ length: Math.min(LINES_A_GROUP, logLines - from) }, workload.next);
    await telemetry.append({ entries, totals: [], samples: [], sources: new Map([["bench", from + entries.length]]) });
  }
  await telemetry.close();
}

function jobOf(number: number, startMs: number): JobSummary {
  const createdMs = startMs + number * SPACING_MS;
  const state = stateOf(number);
  const isOpen = state === "running";
  const items = 8 + (number % 40);
  return {
    ...summaryOf(emptyJob(`job_${String(number).padStart(6, "0")}`)),
    kind: KINDS[number % KINDS.length] as string,
    title: `${PLACES[number % PLACES.length]} ${number}`,
    user_id: `user-${number % 97}`,
    state,
    created_at: new Date(createdMs).toISOString(),
    started_at: new Date(createdMs + 800).toISOString(),
    ended_at: isOpen ? null : new Date(createdMs + 800 + (number % 600) * 1_000).toISOString(),
    seq: 1,
    progress: {
      ...NO_PROGRESS,
      percent_complete: state === "completed" ? 100 : number % 100,
      items_total: items,
      items_completed: state === "completed" ? items : items >> 1,
      items_failed: state === "failed" ? 1 : 0,
    },
  };
}

function stateOf(number: number): JobState {
  if (number >= count - running) return "running";
  if (number % 16 === 3) return "failed";
  return number % 25 === 7 ? "canceled" : "completed";
}
