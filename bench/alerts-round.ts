// One workload of bench/alerts.ts: fills the windows, then lets events come.
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

// The queue before one core: events come when they come, and each group waits for the one before. What is counted is the
// time of this thread, so that others on the machine are not in it.
const lagsMs: number[] = [];
const worksMs: number[] = [];
const ticksMs: number[] = [];
let findings = 0;
let freeMs = 0;

/** Does something that comes then. @returns how long after it came it was done */
function serve(comesMs: number, to: number[], work: () => number): number {
  const before = process.threadCpuUsage();
  findings += work();
  const { user, system } = process.threadCpuUsage(before);
  const workMs = (user + system) / 1_000;
  to.push(workMs);
  freeMs = Math.max(freeMs, comesMs) + workMs;
  return freeMs - comesMs;
}

const cpu = process.cpuUsage();
const perGroup = (perSecond * GROUP_MS) / 1_000;
for (let group = 1; group <= (seconds * 1_000) / GROUP_MS; group++) {
  const comesMs = group * GROUP_MS;
  const heard = Array.from({ length: perGroup }, (_, index): Heard => {
    const number = (group - 1) * perGroup + index;
    return heardAt(filling + number, startMs + (number * 1_000) / perSecond);
  });
  lagsMs.push(serve(comesMs, worksMs, () => evaluator.take(heard).length));
  if (comesMs % 1_000 === 0) serve(comesMs, ticksMs, () => evaluator.tick(startMs + comesMs).length);
}
const { user, system } = process.cpuUsage(cpu);
console.log(
  JSON.stringify({
    // All threads, what makes the events included.
    cpu_share: (user + system) / 1e6 / seconds,
    lag_p50_ms: quantile(lagsMs, 0.5),
    lag_p99_ms: quantile(lagsMs, 0.99),
    group_p50_ms: quantile(worksMs, 0.5),
    group_max_ms: Math.max(...worksMs),
    tick_p50_ms: quantile(ticksMs, 0.5),
    tick_max_ms: Math.max(...ticksMs),
    findings,
    memory_mb: process.memoryUsage().rss / 2 ** 20,
  }),
);
