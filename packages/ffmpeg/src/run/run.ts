import { rm } from "node:fs/promises";
import { buildArgv } from "../plan/argv.ts";
import type { FfmpegPlan } from "../plan/plan.ts";
import { type Registration, registerRun } from "../registry/run-registry.ts";
import { canceledError } from "../system/canceled.ts";
import { type ActiveClock, createActiveClock } from "./active-clock.ts";
import { guardExit, type Leftovers } from "./exit-guard.ts";
import { createObserver, type Observer } from "./observer.ts";
import { type PreparedRun, prepareRun } from "./prepare-run.ts";
import { createProgressTracker, type ProgressTracker } from "./progress-tracker.ts";
import { checkLosses, failureOf } from "./run-failure.ts";
import type { RunOptions, RunResult } from "./run-options.ts";
import { type PassOutcome, runPass } from "./run-pass.ts";
import { verifyOutput } from "./verify-output.ts";

/**
 * Carries out a plan. It succeeds only when ffmpeg exited with 0, was not canceled, and its output was verified; then,
 * and not before, the output has its name. However it ends, no process and no partial file is left.
 * ```
 * prepare → register → pass+ → verify → publish → unregister
 *                        └── any failure: discard the part ──┘
 * ```
 * @throws PlayheadError whose code tells why: see `docs/errors.md`
 */
export async function run(plan: FfmpegPlan, options: RunOptions = {}): Promise<RunResult> {
  const prepared = await prepareRun(plan, options);
  const registration = await registerRun(options.registryDir, prepared.runId, prepared.files);
  const leftovers: Leftovers = { groupId: null, files: prepared.files };
  const endGuard = guardExit(leftovers);
  const startMs = performance.now();
  const clock = createActiveClock(() => performance.now());
  const tracker = createProgressTracker(plan);
  const observer = createObserver(options);
  try {
    observer.onProgress(tracker.current());
    const outcomes = await runPasses(plan, { prepared, registration, leftovers, clock, tracker, observer, options });
    const { frame, outTimeSec } = tracker.current();
    checkLosses(outcomes, frame, options, prepared.inputPaths);
    observer.onProgress(tracker.finalizing());
    const info = await finish(plan, prepared, options);
    observer.onProgress(tracker.done());
    return {
      runId: prepared.runId,
      outputPath: prepared.output?.finalPath ?? null,
      info: info?.media ?? null,
      sizeBytes: info?.sizeBytes ?? 0,
      durationSec: info?.media?.durationSec ?? outTimeSec,
      frames: frame,
      elapsedMs: performance.now() - startMs,
      activeMs: clock.activeMs(),
      ...costOf(outcomes),
    };
  } finally {
    await Promise.all(prepared.files.map((file) => rm(file, { force: true }).catch(() => undefined)));
    await registration.remove();
    endGuard();
  }
}

interface PassesContext {
  readonly prepared: PreparedRun;
  readonly registration: Registration;
  readonly leftovers: Leftovers;
  readonly clock: ActiveClock;
  readonly tracker: ProgressTracker;
  readonly observer: Observer;
  readonly options: RunOptions;
}

async function runPasses(plan: FfmpegPlan, context: PassesContext): Promise<readonly PassOutcome[]> {
  const { prepared, registration, leftovers, clock, tracker, observer, options } = context;
  const { program, runId, output, passLogPath } = prepared;
  const partPath = output?.partPath ?? null;
  const outcomes: PassOutcome[] = [];
  for (const [index, pass] of plan.passes.entries()) {
    if (index > 0) tracker.nextPass();
    const argv = buildArgv(plan, pass, { partPath, passLogPath, maxPixels: options.maxPixels });
    const onSpawn = (pid: number) => {
      leftovers.groupId = pid;
      registration.setChild(pid);
    };
    const outcome = await runPass({ program, argv, runId, clock, tracker, options, onSpawn, ...observer });
    leftovers.groupId = null;
    const failure = failureOf(outcome, options, prepared);
    if (failure !== null) throw failure;
    outcomes.push(outcome);
  }
  return outcomes;
}

/** Checks the part and gives it its name; a cancel that comes before that still counts. */
async function finish(plan: FfmpegPlan, { output }: PreparedRun, { signal, ffmpegPath, ffprobePath }: RunOptions) {
  const verified =
    output && (await verifyOutput(plan, output.partPath, output.finalPath, { signal, ffmpegPath, ffprobePath }));
  if (signal?.aborted) throw canceledError(signal);
  await output?.publish();
  return verified;
}

function costOf(outcomes: readonly PassOutcome[]) {
  const stderrs = outcomes.map((outcome) => outcome.stderr);
  const cpu = stderrs.map((stderr) => stderr.cpuSec).filter((sec) => sec !== null);
  const memory = stderrs.map((stderr) => stderr.peakMemoryBytes).filter((bytes) => bytes !== null);
  return {
    cpuSec: cpu.length === 0 ? null : cpu.reduce((sum, sec) => sum + sec, 0),
    peakMemoryBytes: memory.length === 0 ? null : Math.max(...memory),
    warningCount: stderrs.reduce((sum, stderr) => sum + stderr.warningCount, 0),
    lostFrameCount: Math.max(...stderrs.map((stderr) => stderr.lostFrameCount)),
  };
}
