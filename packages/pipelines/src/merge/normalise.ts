import { join } from "node:path";
import { ensureDiskSpace, formatBytes, type RunResult } from "@playhead/ffmpeg";
import { PlayheadError, type TaskHandle } from "@playhead/sdk";
import { counted, rounded, secondsWords } from "../media/words.ts";
import type { MergePlan } from "./analyse.ts";
import type { Frame } from "./choose-frame.ts";
import { eachPart } from "./each-part.ts";
import { encode } from "./encode.ts";
import type { Piece } from "./joined.ts";
import type { MergeRun } from "./merge-run.ts";
import { type Part, partWords } from "./part.ts";
import { framesOf, HELD_SEC, type PartRequest, partTask, SAMPLE_RATE, secondsOf } from "./part-task.ts";
import { DISK_MARGIN_BYTES } from "./prepare.ts";

const DEFAULT_CRF = 20;
/** What is encoded twice loses nothing that anybody sees the first time. */
const INTERMEDIATE_CRF = 12;
/** Bits a pixel that x264 needs at most, at our quality and for what is encoded again: for the disk and the bar. */
const BITS_PER_PIXEL = { final: 0.15, intermediate: 0.6 };
/** Pixels that are decoded, scaled and encoded in a second, about: for the bar. */
export const PIXELS_PER_SEC = 60_000_000;

/** Stage `preparation`: brings each part to the same streams. Skipped where they have them already. */
export async function normalise(stage: TaskHandle, plan: MergePlan, run: MergeRun): Promise<readonly Piece[]> {
  if (plan.decision.mode === "copied") {
    stage.skip("all parts have the same streams");
    return [];
  }
  return stage.run(async () => {
    const pieces = await normaliseAll(stage, plan, run);
    stage.complete({ file_size_bytes: sumBytes(pieces), video_count: pieces.length });
    return pieces;
  });
}

/** Brings each part to the same streams, several at a time, each as a task of its own. */
export async function normaliseAll(stage: TaskHandle, plan: MergePlan, run: MergeRun): Promise<readonly Piece[]> {
  const { parts, frame } = plan;
  const request = requestOf(frame, run);
  // Twice: as pieces, and together.
  const bytes = 2 * parts.reduce((sum, part) => sum + pieceBytes(part, request), 0);
  await ensureDiskSpace(run.workDir, bytes + DISK_MARGIN_BYTES);
  return eachPart(stage, run, {
    ...{ stage: "preparation", items: parts, parallel: run.slots, doing: "preparing" },
    weight: ({ durationSec, source }) => expectedSec(durationSec, frame, source.video),
    fields: ({ name, durationSec }) => ({ file: name, duration_sec: rounded(durationSec, 3) }),
    work: (part, task) => normaliseOne(part, request, task, run),
  });
}

type Request = Omit<PartRequest, "frames" | "mapsHdr">;

function requestOf(frame: Frame, { options }: MergeRun): Request {
  const { target, fit = "pad" } = options;
  const isIntermediate = target?.kind === "size";
  const crf = isIntermediate ? INTERMEDIATE_CRF : (target?.crf ?? DEFAULT_CRF);
  return { frame, fit, isIntermediate, quality: { kind: "crf", crf } };
}

async function normaliseOne(part: Part, request: Request, task: TaskHandle, run: MergeRun): Promise<Piece> {
  const { frame } = request;
  const wanted = framesOf(part.durationSec, frame);
  const first = await encodePart(part, { ...request, frames: wanted }, task, run, { from: 0, to: 0.99 });
  const got = first.frames ?? wanted;
  const isShort = got < wanted;
  if (!isShort) return pieceOf(part, first, wanted, frame, task);
  // What it lacks was not made up: it ends where its pictures do.
  const real = Math.max(1, got - Math.round(HELD_SEC * frame.rate.perSec));
  task.warn(
    `the pictures of ${partWords(part)} end at ${secondsWords(secondsOf(real, frame))}, and not at ` +
      `${secondsWords(part.durationSec)} as the file says; so does the part`,
  );
  const second = await encodePart(part, { ...request, frames: real }, task, run, { from: 0.99, to: 1 });
  return pieceOf(part, second, real, frame, task);
}

async function encodePart(
  part: Part,
  request: Request & { readonly frames: number },
  task: TaskHandle,
  run: MergeRun,
  range: { readonly from: number; readonly to: number },
): Promise<RunResult> {
  const path = join(run.workDir, `part-${part.number}.mov`);
  const bytes = pieceBytes(part, request);
  const { isHdr } = part.source.video;
  try {
    return await encode(task, partTask(part, { ...request, mapsHdr: isHdr }, path), run, { bytes, ...range });
  } catch (error) {
    if (!isHdr || !(error instanceof PlayheadError) || error.code !== "ffmpeg_unsuitable") throw error;
    task.warn(
      `${partWords(part)} is HDR, and this ffmpeg cannot map its brightness (zscale): its colours will be pale`,
    );
    return encode(task, partTask(part, { ...request, mapsHdr: false }, path), run, { bytes, ...range });
  }
}

function pieceOf(
  part: Part,
  { sizeBytes, lostFrameCount, activeMs, outputPath }: RunResult,
  frames: number,
  frame: Frame,
  task: TaskHandle,
): Piece {
  if (lostFrameCount > 0) {
    task.warn(`${counted(lostFrameCount, "frame")} of ${partWords(part)} are damaged and could not be decoded`);
  }
  const durationSec = secondsOf(frames, frame);
  const speed_ratio = rounded(durationSec / Math.max(0.001, activeMs / 1_000), 2);
  const text = `${secondsWords(durationSec)}, ${formatBytes(sizeBytes)}`;
  task.complete({ text, duration_sec: rounded(durationSec, 3), size_bytes: sizeBytes, speed_ratio });
  return { part, path: outputPath ?? "", durationSec, sizeBytes };
}

function pieceBytes({ durationSec }: Part, { frame, isIntermediate }: Request): number {
  const { width, height } = frame.size;
  const bits = isIntermediate ? BITS_PER_PIXEL.intermediate : BITS_PER_PIXEL.final;
  const pictures = (width * height * frame.rate.perSec * bits) / 8;
  return Math.ceil(durationSec * (pictures + SAMPLE_RATE * 2 * frame.channels));
}

function expectedSec(durationSec: number, { size, rate }: Frame, from: { width: number; height: number }): number {
  const pixels = size.width * size.height + from.width * from.height;
  return 0.2 + (durationSec * rate.perSec * pixels) / PIXELS_PER_SEC;
}

export function sumBytes(pieces: readonly Pick<Piece, "sizeBytes">[]): number {
  return pieces.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
