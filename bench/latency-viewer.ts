// The client of bench/latency.ts: starts a server and a worker, follows the worker's jobs, and prints what it saw.
import { createPlayheadClient } from "@playhead/client";
import { WebSocket } from "ws";
import { startFile } from "./child.ts";
import { preciseNowMs } from "./latency-clock.ts";
import { quantile } from "./report.ts";

interface Options {
  /** Measure the bare relay instead. */
  readonly peer: boolean;
  readonly jobs: number;
  readonly ticksPerSecond: number;
  readonly seconds: number;
}

/** One connection may follow 64 jobs. */
const JOBS_A_CLIENT = 50;
const WARM_UP_MS = 2_000;

const options: Options = JSON.parse(process.argv[2] ?? "{}");
const latenciesMs: number[] = [];
let measuring = false;

function saw(sentMs: unknown): void {
  if (measuring && typeof sentMs === "number") latenciesMs.push(preciseNowMs() - sentMs);
}

const server = startFile("./latency-server.ts", options);
const { url, key } = await server.answer<{ url: string; key: string }>();
const worker = startFile("./latency-worker.ts", { ...options, url, key });
const { jobIds } = await worker.answer<{ jobIds: string[] }>();
const close = await (options.peer ? followRaw(url) : followJobs(url, key, jobIds));

worker.say("go");
// The first moments compile code and fill caches; they are not what a server that runs is like.
await new Promise((resolve) => setTimeout(resolve, WARM_UP_MS));
measuring = true;
await worker.answer();
measuring = false;
close();
await Promise.all([worker.end(), server.end()]);
console.log(
  JSON.stringify({
    p50_ms: quantile(latenciesMs, 0.5),
    p99_ms: quantile(latenciesMs, 0.99),
    max_ms: Math.max(...latenciesMs),
    ticks_measured: latenciesMs.length,
  }),
);

async function followJobs(at: string, token: string, ids: readonly string[]): Promise<() => void> {
  const clients: { close(): void }[] = [];
  const ready: Promise<void>[] = [];
  for (let first = 0; first < ids.length; first += JOBS_A_CLIENT) {
    const client = createPlayheadClient({ url: at, token: async () => token });
    clients.push(client);
    for (const id of ids.slice(first, first + JOBS_A_CLIENT)) ready.push(follow(client, id));
  }
  await Promise.all(ready);
  return () => {
    for (const client of clients) client.close();
  };
}

/** Resolves when the job is there; from then on each new tick of its task is noted. */
function follow(client: ReturnType<typeof createPlayheadClient>, jobId: string): Promise<void> {
  const store = client.watchJob(jobId);
  let last: unknown = null;
  return new Promise((resolve) => {
    store.subscribe(() => {
      const { job } = store.getSnapshot();
      if (job === null) return;
      resolve();
      for (const task of job.tasks.values()) {
        const sentMs = task.details?.sent_ms;
        if (sentMs === last) continue;
        last = sentMs;
        saw(sentMs);
      }
    });
  });
}

async function followRaw(at: string): Promise<() => void> {
  const socket = new WebSocket(at.replace("http", "ws"));
  socket.on("message", (data) => saw(JSON.parse(String(data)).data.details.sent_ms));
  await new Promise((resolve) => socket.once("open", resolve));
  return () => socket.close();
}
