// Does anyone lose anything? Workers in processes of their own, viewers of all kinds, a network that cuts and delays, a server
// that is killed and started again; in the end every viewer has seen every fact once, in order, and stands where the store
// stands. With --no-resume viewers come back to no position of theirs, so that it can be seen that losses are seen.
// usage: node --conditions=playhead-src bench/chaos.ts [--quick] [--no-resume] [--seed N]
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { isFinalJobState, type Job, jobFromSnapshot } from "@playhead/core";
import { type Audience, openAudience } from "./chaos/audience.ts";
import { startBadNetwork } from "./chaos/bad-network.ts";
import { freePort } from "./chaos/free-port.ts";
import { seededRandom } from "./chaos/seeded-random.ts";
import { printReport, say } from "./report.ts";

const { values: flags } = parseArgs({
  options: { quick: { type: "boolean" }, "no-resume": { type: "boolean" }, seed: { type: "string" } },
});
const isQuick = flags.quick === true;
const settings = {
  jobs: 40,
  workers: 3,
  viewers: 120,
  slow_viewers: 20,
  steps: isQuick ? 20 : 150,
  step_ms: isQuick ? 250 : 400,
  cut_every_ms: 700,
  cut_part: 0.12,
  restart_every_ms: isQuick ? 6_000 : 20_000,
  max_delay_ms: 20,
  resumes: flags["no-resume"] !== true,
  seed: Number(flags.seed ?? randomBytes(4).readUInt32LE()),
};
const LIMIT_MS = isQuick ? 120_000 : 900_000;

const random = seededRandom(settings.seed);
const key = `ph_${randomBytes(12).toString("hex")}`;
const folder = await mkdtemp(path.join(os.tmpdir(), "playhead-chaos-"));
const jobIds = Array.from({ length: settings.jobs }, (_, at) => `chaos-${at}`);
const counted = { cuts: 0, drops: 0, restarts: 0 };
const heapsMb: number[] = [];
const ends: (() => Promise<void> | void)[] = [() => rm(folder, { recursive: true, force: true })];

try {
  const port = await freePort();
  let server = await startServer(port);
  ends.push(() => server.stop());
  const network = await startBadNetwork({ target: `127.0.0.1:${port}`, random, maxDelayMs: settings.max_delay_ms });
  ends.push(network.close);
  const url = `http://127.0.0.1:${network.port}`;

  say(`seed ${settings.seed}: ${settings.jobs} jobs, ${settings.workers} workers, ${settings.viewers} viewers`);
  const workers = Array.from({ length: settings.workers }, (_, at) => startWorker(url, at));
  const viewers = openAudience({
    ...{ urls: [url], key, jobIds, random, viewers: settings.viewers },
    ...{ slowViewers: settings.slow_viewers, resumes: settings.resumes },
  });
  ends.push(() => viewers.close());

  let isOver = false;
  const trouble = Promise.all([
    repeat(
      settings.cut_every_ms,
      () => isOver,
      () => {
        counted.cuts += network.cut(settings.cut_part);
      },
    ),
    repeat(
      settings.cut_every_ms * 1.3,
      () => isOver,
      () => {
        counted.drops += viewers.drop(settings.cut_part / 2);
      },
    ),
    repeat(
      settings.restart_every_ms,
      () => isOver,
      async () => {
        heapsMb.push(await server.heapMb());
        await server.kill();
        server = await startServer(port);
        counted.restarts += 1;
      },
    ),
  ]);
  const deliveries = await withLimit(Promise.all(workers), "the workers");
  isOver = true;
  await trouble;
  say("all is delivered; who has not seen it yet catches up");
  const stored = await readJobs(`http://127.0.0.1:${port}`);
  await withLimit(untilCaughtUp(viewers, stored), "the viewers");
  heapsMb.push(await server.heapMb());

  const { faults, unequal, reconnects } = viewers.outcome(stored);
  const facts = [...stored.values()].reduce((sum, { seq }) => sum + seq, 0);
  const isMet = printReport({
    bench: "chaos",
    question: "Is any fact lost, doubled or out of order at any viewer, when everything fails in turn?",
    date: new Date(),
    settings,
    results: {
      facts,
      facts_expected_at_viewers: (facts * settings.viewers) / settings.jobs,
      ...counted,
      reconnects,
      undelivered_workers: deliveries.filter(({ is_delivered }) => !is_delivered).length,
      refused_by_server: deliveries.flatMap(({ refused }) => refused),
      unfinished_jobs: [...stored.values()].filter(({ state }) => state !== "completed").length,
      ...faults,
      viewers_not_equal_to_store: unequal,
      server_heap_mb: heapsMb.map((mb) => Math.round(mb * 10) / 10),
    },
    targets: [
      { name: "facts lost", value: faults.lost, at_most: 0 },
      { name: "facts doubled", value: faults.doubled, at_most: 0 },
      { name: "facts out of order", value: faults.unordered, at_most: 0 },
      { name: "viewers that do not end equal to the store", value: unequal, at_most: 0 },
      { name: "facts refused", value: deliveries.flatMap(({ refused }) => refused).length, at_most: 0 },
      {
        name: "server heap in the end, by its first, MB",
        value: (heapsMb.at(-1) ?? 0) - (heapsMb[0] ?? 0),
        at_most: 50,
      },
    ],
  });
  process.exitCode = isMet ? 0 : 1;
} finally {
  for (const end of ends.reverse()) await end();
}

/** Starts the server on its port, over the data that is there. */
async function startServer(port: number) {
  const options = { data: path.join(folder, "data"), port, key };
  const child = startChild(new URL("./chaos/server.ts", import.meta.url), options, ["--expose-gc"]);
  if ((await child.next()).ready === undefined) throw new Error("expected the server to be ready");
  return {
    async heapMb() {
      child.process.stdin.write("heap\n");
      return Number((await child.next()).heap_mb);
    },
    async kill() {
      child.process.kill("SIGKILL");
      await child.ended;
    },
    async stop() {
      child.process.stdin.end();
      await child.ended;
    },
  };
}

async function startWorker(url: string, at: number): Promise<{ is_delivered: boolean; refused: string[] }> {
  const mine = jobIds.filter((_, index) => index % settings.workers === at);
  const { steps, step_ms: stepMs, seed } = settings;
  const child = startChild(new URL("./chaos/worker.ts", import.meta.url), {
    url,
    key,
    jobIds: mine,
    steps,
    stepMs,
    seed: seed + at,
  });
  ends.push(async () => {
    child.process.kill("SIGKILL");
    await child.ended;
  });
  return (await child.next()) as { is_delivered: boolean; refused: string[] };
}

function startChild(file: URL, options: object, nodeFlags: readonly string[] = []) {
  const args = ["--conditions=playhead-src", ...nodeFlags, fileURLToPath(file), JSON.stringify(options)];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  return {
    process: child,
    ended,
    async next(): Promise<Record<string, unknown>> {
      const { value, done } = await lines.next();
      if (done) throw new Error(`expected a line of ${file.pathname}, and it ended`);
      return JSON.parse(value);
    },
  };
}

async function untilCaughtUp(viewers: Audience, stored: ReadonlyMap<string, Job>): Promise<void> {
  while (viewers.behind(stored).length > 0) await delay(200);
}

async function readJobs(url: string): Promise<ReadonlyMap<string, Job>> {
  const headers = { authorization: `Bearer ${key}` };
  const jobs = new Map<string, Job>();
  for (const jobId of jobIds) {
    const answer = await fetch(`${url}/api/v1/jobs/${jobId}`, { headers });
    const job = jobFromSnapshot((await answer.json()) as Parameters<typeof jobFromSnapshot>[0]);
    if (!isFinalJobState(job.state)) throw new Error(`expected ${jobId} to have ended, it is ${job.state}`);
    jobs.set(jobId, job);
  }
  return jobs;
}

/** Does something again and again, at uneven times. */
async function repeat(everyMs: number, isOver: () => boolean, deed: () => Promise<void> | void): Promise<void> {
  while (!isOver()) {
    await delay(everyMs * (0.5 + random()));
    if (!isOver()) await deed();
  }
}

async function withLimit<Value>(work: Promise<Value>, who: string): Promise<Value> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`${who} did not come to an end (seed ${settings.seed})`)),
    LIMIT_MS,
  );
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
