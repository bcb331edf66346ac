// The viewers of bench/scale.ts: connections that follow some jobs each, spread over the nodes; counts what comes.
import { createInterface } from "node:readline";
import { preciseNowMs } from "./latency-clock.ts";
import { openRawViewer } from "./raw-viewer.ts";
import { quantile } from "./report.ts";

export interface ViewersSettings {
  readonly ports: readonly number[];
  readonly key: string;
  readonly connections: number;
  readonly jobsEach: number;
  /** They follow `job_0` to `job_<jobs - 1>`, each as many viewers as the others. */
  readonly jobs: number;
}

/** What has come since the last time that it was asked for. */
export interface ViewersReport {
  readonly deliveries: number;
  readonly bytes: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
}

const CONNECTING_AT_ONCE = 20;
const MARK = Buffer.from('"sent_ms":');
const LIVE = Buffer.from('"live"');

const { ports, key, connections, jobsEach, jobs }: ViewersSettings = JSON.parse(process.argv[2] ?? "{}");
let live = 0;
let deliveries = 0;
let bytes = 0;
let latenciesMs: number[] = [];

for (let at = 0; at < connections; at += CONNECTING_AT_ONCE) {
  const until = Math.min(connections, at + CONNECTING_AT_ONCE);
  await Promise.all(Array.from({ length: until - at }, (_, index) => open(at + index)));
  while (live < until * jobsEach) await new Promise((resolve) => setTimeout(resolve, 10));
}
reset();
console.log(JSON.stringify({ ready: true }));
for await (const word of createInterface({ input: process.stdin })) {
  if (word !== "report") continue;
  const p50_ms = quantile(latenciesMs, 0.5);
  console.log(
    JSON.stringify({ deliveries, bytes, p50_ms, p99_ms: quantile(latenciesMs, 0.99) } satisfies ViewersReport),
  );
  reset();
}
process.exit();

function reset(): void {
  deliveries = 0;
  bytes = 0;
  latenciesMs = [];
}

async function open(index: number): Promise<void> {
  const viewer = await openRawViewer({
    port: ports[index % ports.length] as number,
    address: `/?token=${encodeURIComponent(key)}`,
    protocol: "playhead.v1",
    onFrame: (_, payload) => take(payload),
    onClose: (code) => {
      throw new Error(`expected the connection to stay, got closed with ${code}`);
    },
  });
  for (let place = 0; place < jobsEach; place++) {
    const data = { ref: `r${place}`, job_id: `job_${(index * jobsEach + place) % jobs}` };
    viewer.send(JSON.stringify({ type: "subscribe", data }));
  }
}

function take(payload: Buffer): void {
  bytes += payload.length;
  if (live < connections * jobsEach) {
    for (let at = payload.indexOf(LIVE); at >= 0; at = payload.indexOf(LIVE, at + LIVE.length)) live += 1;
    return;
  }
  const nowMs = preciseNowMs();
  for (let at = payload.indexOf(MARK); at >= 0; at = payload.indexOf(MARK, at + MARK.length)) {
    deliveries += 1;
    latenciesMs.push(nowMs - Number.parseFloat(payload.toString("latin1", at + MARK.length, at + MARK.length + 20)));
  }
}
