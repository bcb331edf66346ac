// How good are forecasts of when a job is done? Replays recorded and simulated jobs through ours and through the rules that
// others use: at the same instants, with the same events, each family in its order, history only from before.
// usage: node --conditions=playhead-src bench/eta.ts [folder of real.jsonl and sim.jsonl]
import { fileURLToPath } from "node:url";
import { createSteadyPercent } from "@playhead/core";
import { indicatif, linear, meanItem, tqdm, window30 } from "./eta-baselines.ts";
import { ours } from "./eta-ours.ts";
import { type Answer, type Method, replay, type Score, scoreOf } from "./eta-replay.ts";
import { loadTraces, type Trace } from "./eta-traces.ts";
import { printReport } from "./report.ts";

/** The first of each family teach; they are not scored. */
const UNSCORED = 8;
const SIMPLE = [linear, tqdm, window30, indicatif, meanItem];
const OURS = "playhead";
const SHOWN = "playhead, as shown";
const COLD = "playhead, no history";

const folder = process.argv[2] ?? fileURLToPath(new URL("../../shared/traces", import.meta.url));
const traces = loadTraces(folder);
const families = [...new Set(traces.map(({ family }) => family))];
const simulated = families.filter((family) => family !== "real");

const methods: readonly (() => Method)[] = [
  ...SIMPLE.map((method) => () => method),
  () => ours({ name: COLD, hasHistory: false, isShown: false }),
  () => ours({ name: OURS, hasHistory: true, isShown: false }),
  () => ours({ name: SHOWN, hasHistory: true, isShown: true }),
];

type Scores = Readonly<Record<string, Readonly<Record<string, Score>>>>;
const answersOf: Record<string, readonly (readonly Answer[])[]> = {};

const scores: Scores = Object.fromEntries(
  methods.map((make) => {
    const { name } = make();
    const byFamily = families.map((family) => [family, scoreFamily(make(), family)] as const);
    console.error(`${name}: ${byFamily.map(([family, { error }]) => `${family} ${error.toFixed(3)}`).join(", ")}`);
    return [name, Object.fromEntries(byFamily)];
  }),
);

function scoreFamily(method: Method, family: string): Score {
  const all = traces.filter((trace) => trace.family === family).map((trace: Trace) => replay(trace, method));
  const scored = all.slice(UNSCORED);
  if (method.name === SHOWN) answersOf[family] = scored;
  return scoreOf(scored);
}

/** Of jobs of odd number alone: no parameter was fitted on them. */
function oddError(name: string, family: string): number {
  const odd = of(name, family).byJob.filter((_, at) => at % 2 === 1);
  return mean(odd);
}

function of(name: string, family: string): Score {
  return scores[name]?.[family] as Score;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The bar, as it would have been drawn: how often it fell, and the longest it stood still, in percent of the job's time. */
function barOf(jobs: readonly (readonly Answer[])[]) {
  let drops = 0;
  let longestFreeze = 0;
  for (const answers of jobs) {
    const bar = createSteadyPercent();
    let before = 0;
    let frozen = 0;
    for (const { activeSec, forecast } of answers) {
      // As it is told: to a hundredth of a percent.
      const share = Math.floor(bar.at(activeSec, forecast?.leftSec ?? 0, true) * 10_000);
      if (share < before) drops += 1;
      frozen = share > before ? 0 : frozen + 1;
      longestFreeze = Math.max(longestFreeze, frozen);
      before = share;
    }
  }
  return { drops, longestFreeze };
}

const bestSimple = (error: (name: string) => number) => Math.min(...SIMPLE.map(({ name }) => error(name)));
const simMean = (name: string, figure: (score: Score) => number) =>
  mean(simulated.map((family) => figure(of(name, family))));
const simBest = bestSimple((name) => simMean(name, ({ error }) => error));
const worstOf = (figure: (family: string) => number) => Math.min(...families.map(figure));
const bars = Object.values(answersOf).map(barOf);
const coverage = (family: string) => of(OURS, family).coverage ?? 0;

const met = printReport({
  bench: "eta",
  question: "How good are forecasts of when a job is done, beside the rules that others use?",
  date: new Date(),
  settings: { jobs: traces.length, unscored_of_each_family: UNSCORED, instants: "each percent of the active time" },
  results: Object.fromEntries(
    Object.entries(scores).map(([name, byFamily]) => [
      name,
      Object.fromEntries(
        Object.entries(byFamily).map(([family, { byJob: _, ...score }]) => [
          family,
          { ...score, odd: oddError(name, family) },
        ]),
      ),
    ]),
  ),
  targets: [
    {
      name: "real: error ÷ best simple rule",
      value: of(OURS, "real").error / bestSimple((name) => of(name, "real").error),
      at_most: 0.65,
    },
    {
      name: "real, odd jobs: error ÷ best simple rule",
      value: oddError(OURS, "real") / bestSimple((name) => oddError(name, "real")),
      at_most: 0.65,
    },
    { name: "simulated: mean error", value: simMean(OURS, ({ error }) => error), at_most: 0.22 },
    {
      name: "simulated, odd jobs: mean error",
      value: mean(simulated.map((family) => oddError(OURS, family))),
      at_most: 0.22,
    },
    {
      name: "simulated: error ÷ best simple rule",
      value: simMean(OURS, ({ error }) => error) / simBest,
      at_most: 0.65,
    },
    { name: "coverage, real, least", value: coverage("real"), at_least: 0.75 },
    { name: "coverage, real, most", value: coverage("real"), at_most: 0.85 },
    { name: "coverage, simulated, least", value: mean(simulated.map(coverage)), at_least: 0.75 },
    { name: "coverage, simulated, most", value: mean(simulated.map(coverage)), at_most: 0.85 },
    { name: "coverage in the worst family", value: worstOf(coverage), at_least: 0.7 },
    {
      name: "coverage at 5 % in the worst family",
      value: worstOf((family) => of(OURS, family).coverageAt5 ?? 0),
      at_least: 0.7,
    },
    { name: "jump as shown, real, % a tick", value: of(SHOWN, "real").jump, at_most: 1.2 },
    { name: "jump as shown, simulated, % a tick", value: simMean(SHOWN, ({ jump }) => jump), at_most: 1.2 },
    { name: "drops of the bar", value: bars.reduce((sum, { drops }) => sum + drops, 0), at_most: 0 },
    {
      name: "longest freeze of the bar, % of the time",
      value: Math.max(...bars.map(({ longestFreeze }) => longestFreeze)),
      at_most: 2,
    },
    {
      name: "no history: error ÷ linear in the worst family",
      value: Math.max(...families.map((family) => of(COLD, family).error / of("linear", family).error)),
      at_most: 1,
    },
    { name: "rate-limited family: error", value: of(OURS, "rate").error, at_most: 0.21 },
    { name: "heavy-tailed family: error", value: of(OURS, "heavy").error, at_most: 0.53 },
  ],
});
process.exitCode = met ? 0 : 1;
