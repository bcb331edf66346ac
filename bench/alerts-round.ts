// One workload of bench/alerts.ts: fills the windows, then lets events come in their own time.
import { setTimeout as wait } from "node:timers/promises";
import { createEvaluator, type Heard } from "@playhead/server";
import { heardAt, WORKLOADS } from "./alerts-workload.ts";
import { quantile } from "./report.ts";

interface RoundOptions {
  readonly workload: string;
  readonly rules: number;
  readonly events_per_s: number;
  readonly seconds: number;
  readonly window_minutes: number;
  readonly filled_with: number;
}

const options: RoundOptions = JSON.parse(process.argv[2] as string);
const { rules, events_per_s: perSecond, seconds, window_minutes: minutes, filled_with: filling } = options;
/** Events come in groups of so much time, as they do behind a commit. */
const GROUP_MS = 10;

const workload = WORKLOADS[options.workload];
if (workload === undefined) throw new Error(`expected one of ${Object.keys(WORKLOADS).join(", ")}`);
const evaluator = createEvaluator();
evaluator.setRules(Array.from({ length: rules }, (_, index) => ({ tenantId: "default", rule: workload.rule(index) })));

// An hour and more, so that windows are full and some of it has left them again.
const startMs = Date.now();
const spanMs = minutes * 60_000 * 1.1;
for (let index = 0; index < filling; index++) {
  const atMs = startMs - spanMs + (index * spanMs) / filling;
  evaluator.take([heardAt(index, atMs)]);
  if (index % 1_000 === 0) evaluator.tick(atMs);
}

const lagsMs: number[] = [];
const ticksMs: number[] = [];
let findings = 0;
let slowestMs = 0;
let taken = 0;
let tickedMs = 0;
const cpu = process.cpuUsage();
const beganMs = performance.now();
while (taken < perSecond * seconds) {
  const elapsedMs = performance.now() - beganMs;
  const due = Math.min(
    perSecond * seconds,
    Math.floor((Math.floor(elapsedMs / GROUP_MS) * GROUP_MS * perSecond) / 1_000),
  );
  const group: Heard[] = [];
  for (let index = taken; index < due; index++)
    group.push(heardAt(filling + index, startMs + (index * 1_000) / perSecond));
  for (const heard of group) {
    const fromMs = performance.now();
    findings += evaluator.take([heard]).length;
    slowestMs = Math.max(slowestMs, performance.now() - fromMs);
    // From the moment at which it happened, or would have, had we not been busy.
    lagsMs.push(performance.now() - beganMs - (heard.atMs - startMs));
  }
  taken = due;
  if (elapsedMs - tickedMs >= 1_000) {
    tickedMs = elapsedMs;
    const fromMs = performance.now();
    findings += evaluator.tick(startMs + elapsedMs).length;
    ticksMs.push(performance.now() - fromMs);
  }
  await wait(Math.max(1, GROUP_MS - ((performance.now() - beganMs) % GROUP_MS)));
}
const tookMs = performance.now() - beganMs;
const { user, system } = process.cpuUsage(cpu);
console.log(
  JSON.stringify({
    // Of the time in which the events came, whether or not we kept up with them.
    cpu_share: (user + system) / 1e6 / (taken / perSecond),
    took_s: tookMs / 1_000,
    lag_p50_ms: quantile(lagsMs, 0.5),
    lag_p99_ms: quantile(lagsMs, 0.99),
    event_max_ms: slowestMs,
    tick_p50_ms: quantile(ticksMs, 0.5),
    tick_max_ms: Math.max(...ticksMs),
    findings,
    memory_mb: process.memoryUsage().rss / 2 ** 20,
  }),
);
