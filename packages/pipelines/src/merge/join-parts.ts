import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { type MediaInfo, planTask, type RunResult, unwritable, writeSequence } from "@playhead/ffmpeg";
import { PlayheadError, type TaskHandle } from "@playhead/sdk";
import { rounded, secondsWords } from "../media/words.ts";
import type { MergePlan } from "./analyse.ts";
import { isCompressed, type JoinDecision } from "./decide-join.ts";
import { encode } from "./encode.ts";
import type { Joined, Piece } from "./joined.ts";
import type { MergeRun } from "./merge-run.ts";
import { normaliseAll, sumBytes } from "./normalise.ts";
import { PADDING_SEC } from "./part.ts";
import { publish } from "./publish.ts";

/** Of sound that is not encoded again. */
const AUDIO_KBPS = 160;
/** A picture may be rounded, and a copied packet of sound may stand out, where parts meet. */
const JOINT_TOLERANCE_SEC = 0.05;
/** A count of pictures follows from a length and a rate, both rounded. */
const FRAMES_TOLERANCE = 0.5;

/** Stage `merging`: puts the parts one after the other, and proves by its length that the result holds all of them. */
export async function joinParts(
  stage: TaskHandle,
  plan: MergePlan,
  prepared: readonly Piece[],
  run: MergeRun,
): Promise<Joined> {
  return stage.run(async () => {
    const joined =
      plan.decision.mode === "copied"
        ? await joinCopies(stage, plan, run)
        : await joinPieces(stage, plan, prepared, run);
    const { durationSec, sizeBytes, decision } = joined;
    if (!isCompressed(run.options.target, joined)) await publish(joined, plan.frame, run);
    stage.complete({
      ...{ file_size_bytes: sizeBytes, video_count: 1 },
      ...{ duration_sec: rounded(durationSec, 3), mode: decision.mode },
    });
    return joined;
  });
}

async function joinCopies(stage: TaskHandle, plan: MergePlan, run: MergeRun): Promise<Joined> {
  const pieces = await Promise.all(plan.parts.map((part) => linked(part, run)));
  try {
    return await joinAll(stage, plan.decision, pieces, true, run);
  } catch (error) {
    if (!(error instanceof PlayheadError) || error.code !== "output_invalid") throw error;
    const reason = `a copy of the streams did not come out right: ${error.message}`;
    stage.warn(`${reason}; each part is encoded instead`);
    return joinPieces(stage, { ...plan, decision: { mode: "normalised", reason } }, null, run);
  }
}

/** The list that ffmpeg reads has names of ours only: an input may be called what it likes. */
async function linked(part: MergePlan["parts"][number], { workDir }: MergeRun): Promise<Piece> {
  const path = join(workDir, `copy-${part.number}`);
  await symlink(part.source.path, path).catch((error: unknown) => {
    throw unwritable(path, error);
  });
  return { part, path, durationSec: part.picturesEndSec, sizeBytes: part.source.info.sizeBytes };
}

async function joinPieces(
  stage: TaskHandle,
  plan: MergePlan,
  prepared: readonly Piece[] | null,
  run: MergeRun,
): Promise<Joined> {
  const pieces = prepared ?? (await normaliseAll(stage, plan, run));
  return joinAll(stage, plan.decision, pieces, false, run);
}

async function joinAll(
  stage: TaskHandle,
  decision: JoinDecision,
  pieces: readonly Piece[],
  isCopy: boolean,
  run: MergeRun,
): Promise<Joined> {
  const durationSec = sum(pieces.map((piece) => piece.durationSec));
  const hasSound = pieces.some(({ part }) => part.sound !== null);
  // What is encoded again keeps its sound as it is until then.
  const isLast = run.options.target?.kind !== "size" || isCopy;
  const listPath = await writeSequence(run.workDir, pieces);
  const audio = isCopy
    ? ({ codec: "copy" } as const)
    : isLast
      ? ({ codec: "aac", kbps: AUDIO_KBPS } as const)
      : ({ codec: "pcm" } as const);
  const plan = planTask({
    inputs: [{ kind: "sequence", listPath, durationSec }],
    maps: hasSound ? ["0:v:0", "0:a:0"] : ["0:v:0"],
    video: { codec: "copy" },
    audio: hasSound ? audio : null,
    output: {
      kind: "file",
      path: join(run.workDir, isLast ? "joined.mp4" : "joined.mov"),
      format: isLast ? "mp4" : "mov",
    },
    durationToleranceSec: toleranceOf(pieces),
  });
  const result = await encode(stage, plan, run, { bytes: sumBytes(pieces) });
  const info = proven(result, pieces, isCopy, hasSound);
  return {
    pieces,
    path: result.outputPath ?? "",
    info,
    durationSec: info.durationSec ?? durationSec,
    sizeBytes: result.sizeBytes,
    decision,
  };
}

/**
 * Each stream by itself has to be as long as all parts, since a container is as long as its longest; and there have to be
 * as many pictures: those before a cut that nobody is to see are copied, too.
 */
function proven({ info }: RunResult, pieces: readonly Piece[], isCopy: boolean, hasSound: boolean): MediaInfo {
  const wantedSec = sum(pieces.map(({ durationSec }) => durationSec));
  const lengths = [info?.video?.durationSec, ...(hasSound ? [info?.audio[0]?.durationSec] : [])];
  const toleranceSec = toleranceOf(pieces);
  const wrongSec = lengths.find((sec) => sec == null || Math.abs(sec - wantedSec) > toleranceSec);
  const got = wrongSec == null ? "an unknown length" : secondsWords(wrongSec);
  if (info === null || wrongSec !== undefined || lengths.includes(undefined))
    throw notProven(`expected pictures and sound of ${secondsWords(wantedSec)}, got ${got}`);
  const wanted = isCopy
    ? sum(pieces.map(({ part: { source } }) => source.durationSec * (source.video.frameRate ?? 0)))
    : null;
  const pictures = info.video?.frameCountEstimate ?? null;
  if (wanted !== null && pictures !== null && Math.abs(pictures - wanted) > (pieces.length + 1) * FRAMES_TOLERANCE)
    throw notProven(`expected ${Math.round(wanted)} pictures, got ${pictures}`);
  return info;
}

function toleranceOf(pieces: readonly Piece[]): number {
  return PADDING_SEC + JOINT_TOLERANCE_SEC * pieces.length;
}

function notProven(message: string): PlayheadError {
  return new PlayheadError("output_invalid", message, {
    hint: "try again; if it happens again, an input may be damaged: play each to its end to see",
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
