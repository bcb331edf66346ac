import { memoryKillCount, movedBytes } from "../registry/proc.ts";
import type { ActiveClock } from "./active-clock.ts";
import { type ChildExit, type ChildGroup, spawnGroup } from "./child-group.ts";
import { createProgressParser } from "./progress-parser.ts";
import type { FfmpegProgress, ProgressTracker } from "./progress-tracker.ts";
import { DEFAULT_GRACE_MS, DEFAULT_STALL_TIMEOUT_MS, type RunOptions } from "./run-options.ts";
import { stallReport } from "./stall-report.ts";
import { createStderrLog, type StderrReport } from "./stderr-log.ts";
import { createWatchdog, type Watchdog } from "./watchdog.ts";

/** Why we ended a process; null when it ended by itself. */
export type StopCause =
  | { readonly kind: "canceled" }
  | { readonly kind: "timeout" }
  | { readonly kind: "stalled"; readonly idleMs: number; readonly wasBusy: boolean | null }
  | { readonly kind: "reader"; readonly error: unknown };

export interface PassOutcome extends ChildExit {
  readonly stopCause: StopCause | null;
  readonly stderr: StderrReport;
  readonly isMemoryKill: boolean;
}

export interface PassRequest {
  readonly program: string;
  readonly argv: readonly string[];
  readonly runId: string;
  readonly clock: ActiveClock;
  readonly tracker: ProgressTracker;
  readonly options: RunOptions;
  readonly onProgress: (progress: FfmpegProgress) => void;
  readonly onLog: RunOptions["onLog"];
  readonly onSpawn: (pid: number) => void;
}

/**
 * One ffmpeg process from start to end. Returns only when it is gone and its pipes are closed.
 * ```
 * spawn → (progress | stop ⇄ resume)* → exit → close
 *            └ abort, stall, limit, reader's error → SIGTERM, SIGCONT → grace → SIGKILL → close
 * ```
 */
export async function runPass(request: PassRequest): Promise<PassOutcome> {
  const { clock, options } = request;
  const memoryKillsBefore = memoryKillCount();
  const child = await spawnGroup({
    program: request.program,
    args: request.argv,
    runId: request.runId,
    nice: options.nice,
  });
  request.onSpawn(child.pid);
  let stopCause: StopCause | null = null;
  const end = (cause: StopCause) => {
    stopCause ??= cause;
    child.terminate(options.graceMs ?? DEFAULT_GRACE_MS);
  };
  const watchdog = createWatchdog({
    clock,
    stallTimeoutMs: options.stallTimeoutMs ?? DEFAULT_STALL_TIMEOUT_MS,
    timeoutMs: options.timeoutMs ?? 0,
    hiddenWork: () => movedBytes(child.pid),
    async onExpire(kind) {
      if (kind === "timeout") return end({ kind });
      const idleMs = clock.activeMs() - watchdog.lastAdvanceMs();
      end({ kind, idleMs, wasBusy: await stallReport(child.pid) });
    },
  });
  const cancel = () => end({ kind: "canceled" });
  options.signal?.addEventListener("abort", cancel, { once: true });
  let release: (() => void) | undefined;
  try {
    const stderr = watchOutputs(request, child, watchdog);
    const reading = readStdout(child, options, (error) => end({ kind: "reader", error }));
    if (options.signal?.aborted) cancel();
    release = options.pause?.hold({
      stop() {
        clock.pause();
        child.stop();
      },
      resume() {
        clock.resume();
        child.resume();
      },
    });
    const exit = await child.closed;
    await reading;
    stderr.end();
    const memoryKills = memoryKillCount();
    const isMemoryKill = memoryKills !== null && memoryKillsBefore !== null && memoryKills > memoryKillsBefore;
    return { ...exit, stopCause, stderr: stderr.report(), isMemoryKill };
  } finally {
    child.terminate(0);
    await child.closed;
    watchdog.stop();
    release?.();
    clock.resume();
    options.signal?.removeEventListener("abort", cancel);
  }
}

function watchOutputs(request: PassRequest, child: ChildGroup, watchdog: Watchdog) {
  const { tracker, clock, onProgress } = request;
  const stderr = createStderrLog({
    onLine: request.onLog,
    onFinalizing() {
      watchdog.watchHiddenWork();
      onProgress(tracker.finalizing());
    },
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => stderr.push(text));

  const parser = createProgressParser();
  let furthest = 0;
  child.progress.setEncoding("latin1").on("data", (text: string) => {
    for (const block of parser.push(text)) {
      const advance = (block.outTimeSec ?? 0) + (block.frame ?? 0) + (block.sizeBytes ?? 0);
      if (advance > furthest) watchdog.advanced();
      furthest = Math.max(furthest, advance);
      if (block.isEnd) watchdog.watchHiddenWork();
      onProgress(tracker.update(block, clock.activeMs()));
    }
  });
  return stderr;
}

/** Without a reader stdout is thrown away: a pipe that nobody reads would stop ffmpeg for good. */
async function readStdout(child: ChildGroup, options: RunOptions, onError: (error: unknown) => void): Promise<void> {
  if (options.onStdout === undefined) {
    child.stdout.resume();
    return;
  }
  try {
    await options.onStdout(child.stdout);
  } catch (error) {
    onError(error);
  } finally {
    child.stdout.resume();
  }
}
