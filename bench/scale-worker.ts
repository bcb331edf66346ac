// A worker of bench/scale.ts: reports facts of its share of the jobs, at a pace or as fast as they are acknowledged.
import { once } from "node:events";
import { createWorkload } from "./ingest-workload.ts";
import { preciseNowMs } from "./latency-clock.ts";
import { quantile } from "./report.ts";

export interface WorkerSettings {
  /** The node that it reports to. */
  readonly port: number;
  readonly key: string;
  /** Differs from worker to worker and from round to round, so that tasks are new ones. */
  readonly name: string;
  /** Announces jobs, the first of them as running, or reports of those that run. */
  readonly task: { readonly announce: number; readonly running: number } | { readonly seconds: number };
  /** Of its jobs: `job_<first>`, `job_<first + step>` … below `jobs`. */
  readonly first: number;
  readonly step: number;
  readonly jobs: number;
  /** Facts a second; 0 is as fast as it goes. */
  readonly perSecond: number;
}

/** What a worker has done. */
export interface WorkerReport {
  readonly facts: number;
  readonly seconds: number;
  readonly ack_p50_ms: number;
}

const PACED_EVERY_MS = 50;
const BATCH = 200;
const ANNOUNCED_AT_ONCE = 1_000;
/** Batches of one source come in order, so several at a time are of several sources. */
const SOURCES = 3;
const TRIES = 30;

const settings: WorkerSettings = JSON.parse(process.argv[2] ?? "{}");
const { port, key, name, task, first, step, jobs, perSecond } = settings;
const sent = new Map<string, number>();
const ackMs: number[] = [];
let facts = 0;

console.log(JSON.stringify({ ready: true }));
await once(process.stdin, "data");
const startMs = preciseNowMs();
if ("announce" in task) await announce(task.announce, task.running);
else if (perSecond === 0) await reportFlatOut(task.seconds * 1_000);
else await reportPaced(task.seconds * 1_000);
const seconds = (preciseNowMs() - startMs) / 1_000;
console.log(JSON.stringify({ facts, seconds, ack_p50_ms: quantile(ackMs, 0.5) } satisfies WorkerReport));
// It ends when the bench has read this.
process.stdin.resume();

async function announce(count: number, running: number): Promise<void> {
  for (let from = 0; from < count; from += ANNOUNCED_AT_ONCE) {
    const lines: object[] = [];
    for (let job = from; job < Math.min(count, from + ANNOUNCED_AT_ONCE); job++) {
      lines.push({ job_id: `job_${job}`, type: "job.created", data: { kind: "clips", title: `Episode ${job}` } });
      if (job < running)
        lines.push({ job_id: `job_${job}`, type: "job.state_changed", data: { new_state: "running" } });
    }
    await send(name, lines);
  }
}

async function reportFlatOut(forMs: number): Promise<void> {
  const untilMs = startMs + forMs;
  const lanes = Array.from({ length: SOURCES }, async (_, lane) => {
    const next = factsOf(lane);
    while (preciseNowMs() < untilMs) await send(`${name}_${lane}`, Array.from({ length: BATCH }, next));
  });
  await Promise.all(lanes);
}

async function reportPaced(forMs: number): Promise<void> {
  const lanes = Array.from({ length: SOURCES }, (_, lane) => ({ next: factsOf(lane), last: Promise.resolve() }));
  for (let due = 0, turn = 0; due < (forMs / 1_000) * perSecond; turn++) {
    const wanted = Math.floor((perSecond * (preciseNowMs() - startMs)) / 1_000);
    const lane = lanes[turn % SOURCES] as (typeof lanes)[number];
    const batch = Array.from({ length: Math.max(0, wanted - due) }, lane.next);
    due += batch.length;
    if (batch.length > 0) lane.last = lane.last.then(() => send(`${name}_${turn % SOURCES}`, batch));
    await new Promise((resolve) => setTimeout(resolve, PACED_EVERY_MS));
  }
  await Promise.all(lanes.map(({ last }) => last));
}

/** The facts of one lane of this worker's jobs, one after the other; each says when it was made. */
function factsOf(lane: number): () => object {
  const share = Math.floor((jobs - first - lane * step - 1) / (step * SOURCES)) + 1;
  const workload = createWorkload({ jobs: share, seed: first * SOURCES + lane + 1 });
  return () => {
    const { job, type, data } = workload.next();
    const own = Object.fromEntries(["task_id", "scene_id", "clip_id"].map((id) => [id, `${name}/${data[id]}`]));
    const noted = type === "task.created" ? "fields" : "details";
    const marked = { ...(data[noted] as object), sent_ms: preciseNowMs() };
    return {
      job_id: `job_${first + (job * SOURCES + lane) * step}`,
      ...{ type, data: { ...data, ...own, [noted]: marked } },
    };
  };
}

async function send(source: string, lines: readonly object[]): Promise<void> {
  const ts = new Date().toISOString();
  let n = sent.get(source) ?? 0;
  const body = lines.map((line) => `${JSON.stringify({ source, n: ++n, ts, ...line })}\n`).join("");
  sent.set(source, n);
  const before = preciseNowMs();
  const { accepted, refused } = await post(body);
  if (refused.length > 0) throw new Error(`expected all to be taken, got ${JSON.stringify(refused[0])}`);
  ackMs.push(preciseNowMs() - before);
  facts += accepted;
}

/** Once more while the engine changes its place: what was stored meanwhile is known by its number. */
async function post(body: string): Promise<{ readonly accepted: number; readonly refused: readonly object[] }> {
  for (let tries = 1; ; tries++) {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/events`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/x-ndjson" },
      body,
    });
    const text = await answer.text();
    if (answer.status === 200) return JSON.parse(text);
    if (answer.status !== 503 || tries === TRIES) throw new Error(`expected 200, got ${answer.status}: ${text}`);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}
