// The server of bench/jobs-page.ts: many jobs that have ended, some that run, and a worker that reports of those.
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { emptyJob, type JobState, type JobSummary, NO_PROGRESS, summaryOf } from "@playhead/core";
import { configSchema, createEngine, startServer } from "@playhead/server";

const { jobs: count, dashboardFolder }: { jobs: number; dashboardFolder: string } = JSON.parse(process.argv[2] ?? "{}");
/** So many of the newest jobs run. */
const RUNNING = 50;
const GROUP_SIZE = 2_000;
const SPACING_MS = 20_000;
const KINDS = ["clips", "merge", "transcode"];
const PLACES = ["Harbour", "Market", "Station", "Bridge", "Garden", "Theatre", "Airport", "Library"];

const data = await mkdtemp(path.join(os.tmpdir(), "playhead-jobs-page-"));
await fill();
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
  if (number >= count - RUNNING) return "running";
  if (number % 16 === 3) return "failed";
  return number % 25 === 7 ? "canceled" : "completed";
}
