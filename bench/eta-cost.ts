// What does a forecast cost? A progress event, and a forecast at 1,000 and at 10,000 open items, with a full history.
// usage: node --conditions=playhead-src bench/eta-cost.ts; one JSON report on stdout, some seconds
import { createForecastHistory, createJobForecaster, type ForecastHistory } from "@playhead/core";
import { printReport } from "./report.ts";

const SLOTS = 4;
const STYLES = ["plain", "split", "zoom", "captions", "speakers", "blur"];

function fill(history: ForecastHistory, items: number) {
  const forecaster = createJobForecaster({ history, template: "clips", slots: SLOTS });
  for (let at = 0; at < items; at++) {
    const sizes = { duration_sec: 5 + (at % 40), frames: 100 + ((at * 37) % 900), weight: 1 + (at % 3) };
    const content = at < 64 ? `scene_${at % 16}` : null;
    forecaster.add({ kind: "clip", style: STYLES[at % STYLES.length] as string, content, sizes });
  }
  forecaster.begun();
  return forecaster;
}

/** Runs so many items to their end, and some more up to their half. */
function work(forecaster: ReturnType<typeof fill>, ended: number): number {
  let sec = 0;
  for (let at = 0; at < ended; at++) {
    forecaster.started(at, sec);
    sec += 3;
    forecaster.progressed(at, 0.5, sec);
    sec += 3 + (at % 5);
    forecaster.ended(at, sec);
  }
  for (let at = ended; at < ended + SLOTS; at++) forecaster.started(at, sec);
  return sec;
}

/** Milliseconds of the processor that one run takes on average: others on the machine do not count. */
function cpuMsOf(count: number, run: (at: number) => void): number {
  for (let at = 0; at < count; at++) run(at);
  const before = process.cpuUsage();
  for (let at = count; at < 2 * count; at++) run(at);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / count;
}

const history = createForecastHistory();
for (let job = 0; job < 10; job++) {
  const forecaster = fill(history, 40);
  forecaster.finish(work(forecaster, 30) + 1);
}

const forecastMs = Object.fromEntries(
  [10, 200, 1_000, 10_000].map((open) => {
    const forecaster = fill(history, open + 20);
    const sec = work(forecaster, 20);
    return [open, cpuMsOf(60, (at) => forecaster.forecast(sec + at))] as const;
  }),
);
const outlook = fill(history, 1_020);
const outlookSec = work(outlook, 20);
const outlookMs = cpuMsOf(20, (at) => outlook.outlook(outlookSec + at, 500));

const EVENTS = 200_000;
const told = fill(history, 1_020);
const toldSec = work(told, 20);
const progressMs = cpuMsOf(5, (round) => {
  for (let at = 0; at < EVENTS; at++)
    told.progressed(20 + (at % SLOTS), at / EVENTS, toldSec + round * 100 + (at * 100) / EVENTS);
});
const progressUs = (progressMs * 1_000) / EVENTS;

const met = printReport({
  bench: "eta-cost",
  question: "What does a forecast cost?",
  date: new Date(),
  settings: { slots: SLOTS, past_jobs: 10, progress_events: EVENTS },
  results: { progress_us: progressUs, forecast_ms_by_open_items: forecastMs, outlook_of_500_ms: outlookMs },
  targets: [
    { name: "a progress event, µs", value: progressUs, at_most: 5 },
    { name: "a forecast at 1,000 open items, ms", value: forecastMs[1_000] ?? Number.NaN, at_most: 10 },
  ],
});
process.exitCode = met ? 0 : 1;
