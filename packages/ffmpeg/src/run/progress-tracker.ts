import type { FfmpegPlan } from "../plan/plan.ts";
import type { ProgressBlock } from "./progress-parser.ts";

/**
 * `starting` until the first picture or sound is written, `encoding`, then `finalizing`: all media time is written, and
 * the file is being put in order, checked and named.
 */
export type RunPhase = "starting" | "encoding" | "finalizing";

/** How far a run is. */
export interface FfmpegProgress {
  readonly phase: RunPhase;
  /** 0..1, never falling; below 1 until the output was verified; null when the length is not known before. */
  readonly fraction: number | null;
  /** Media time written in this pass, in seconds. */
  readonly outTimeSec: number | null;
  readonly frame: number | null;
  /** Frames a second over the last seconds, not counting time spent paused. */
  readonly fps: number | null;
  /** Media seconds per second over the last seconds, not counting time spent paused. */
  readonly speedRatio: number | null;
  readonly sizeBytes: number | null;
}

export interface ProgressTracker {
  /** Takes a block of the current pass. `activeMs` is unpaused time since the run began. */
  update(block: ProgressBlock, activeMs: number): FfmpegProgress;
  /** ffmpeg has begun to put the file in order. */
  finalizing(): FfmpegProgress;
  /** The next pass begins. */
  nextPass(): void;
  /** The output is verified: the fraction is 1. */
  done(): FfmpegProgress;
  current(): FfmpegProgress;
}

/** What a bar may show of a run that is not proven to be complete. */
const MAX_UNVERIFIED = 0.999;

/** Rates look back over this much unpaused time, and say nothing over less than the shortest. */
const WINDOW_MS = 5_000;
const SHORTEST_WINDOW_MS = 200;

interface Sample {
  readonly activeMs: number;
  readonly frame: number | null;
  readonly outTimeSec: number | null;
}

/** Turns blocks into progress that only rises and rates that do not sag after a pause. */
export function createProgressTracker(plan: Pick<FfmpegPlan, "expectedDurationSec" | "passes">): ProgressTracker {
  const { expectedDurationSec, passes } = plan;
  let pass = 0;
  let window: Sample[] = [];
  let progress: FfmpegProgress = {
    phase: "starting",
    fraction: expectedDurationSec === null ? null : 0,
    outTimeSec: null,
    frame: null,
    fps: null,
    speedRatio: null,
    sizeBytes: null,
  };

  const fractionAt = (passFraction: number) => {
    const before = passes.slice(0, pass).reduce((sum, p) => sum + p.weight, 0);
    const whole = before + (passes[pass]?.weight ?? 0) * Math.min(1, passFraction);
    return Math.max(progress.fraction ?? 0, Math.min(MAX_UNVERIFIED, whole));
  };

  const phaseAfter = (block: ProgressBlock): RunPhase => {
    if (progress.phase === "finalizing") return "finalizing";
    const isAtEnd = block.isEnd || (expectedDurationSec !== null && (block.outTimeSec ?? 0) >= expectedDurationSec);
    if (isAtEnd && pass === passes.length - 1) return "finalizing";
    const hasBegun = (block.outTimeSec ?? 0) > 0 || (block.frame ?? 0) > 0;
    return hasBegun || progress.phase === "encoding" ? "encoding" : "starting";
  };

  return {
    update(block, activeMs) {
      const { frame, outTimeSec, sizeBytes } = block;
      window.push({ activeMs, frame, outTimeSec });
      while (window.length > 2 && activeMs - (window[1]?.activeMs ?? activeMs) >= WINDOW_MS) window.shift();
      const first = window[0];
      const spanMs = first === undefined ? 0 : activeMs - first.activeMs;
      const rate = (from: number | null | undefined, to: number | null) =>
        from == null || to === null || spanMs < SHORTEST_WINDOW_MS ? null : Math.max(0, ((to - from) * 1000) / spanMs);
      progress = {
        phase: phaseAfter(block),
        fraction: expectedDurationSec === null ? null : fractionAt((outTimeSec ?? 0) / expectedDurationSec),
        outTimeSec: outTimeSec ?? progress.outTimeSec,
        frame: frame ?? progress.frame,
        fps: rate(first?.frame, frame),
        speedRatio: rate(first?.outTimeSec, outTimeSec),
        sizeBytes: sizeBytes ?? progress.sizeBytes,
      };
      return progress;
    },
    finalizing() {
      if (pass < passes.length - 1) return progress;
      progress = { ...progress, phase: "finalizing", fraction: expectedDurationSec === null ? null : fractionAt(1) };
      return progress;
    },
    nextPass() {
      if (expectedDurationSec !== null) progress = { ...progress, fraction: fractionAt(1) };
      pass += 1;
      window = [];
    },
    done() {
      progress = { ...progress, phase: "finalizing", fraction: 1 };
      return progress;
    },
    current: () => progress,
  };
}
