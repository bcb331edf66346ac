import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { type MediaInfo, planTask, type RunResult, unwritable, writeSequence } from "@playhead/ffmpeg";
import { PlayheadError, type TaskHandle } from "@playhead/sdk";
import { rounded, secondsWords } from "../media/words.ts";
import type { MergePlan } from "./analyse.ts";
import { isCompressed } from "./compress.ts";
import type { JoinDecision } from "./decide-join.ts";
import { encode } from "./encode.ts";
import type { MergeRun } from "./merge-run.ts";
import { normaliseAll, type Piece, sumBytes } from "./normalise.ts";
import { PADDING_SEC } from "./part.ts";
import { publish } from "./publish.ts";

/** All parts in one file, in the folder to work in. */
export interface Joined {
  readonly pieces: readonly Piece[];
  readonly path: string;
  readonly info: MediaInfo;
  readonly durationSec: number;
  readonly sizeBytes: number;
  readonly decision: JoinDecision;
}

/** Of sound that is not encoded again. */
const AUDIO_KBPS = 160;
/** A picture may be rounded, and a copied packet of sound may stand out, where parts meet. */
const JOINT_TOLERANCE_SEC = 0.05;

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
  const durationSec = pieces.reduce((sum, piece) => sum + piece.durationSec, 0);
  const hasSound = pieces.some(({ part }) => part.sound !== null);
  // What is encoded again keeps its sound as it is until then.
  const isLast = run.options.target?.kind !== "size" || isCopy;
  const listPath = await writeSequence(run.workDir, pieces);
  const toleranceSec = JOINT_TOLERANCE_SEC * pieces.length;
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
    durationToleranceSec: toleranceSec + PADDING_SEC,
  });
  const result = await encode(stage, plan, run, { bytes: sumBytes(pieces) });
  const info = proven(result, durationSec, toleranceSec, hasSound);
  return {
    pieces,
    path: result.outputPath ?? "",
    info,
    durationSec: info.durationSec ?? durationSec,
    sizeBytes: result.sizeBytes,
    decision,
  };
}

/** Each stream by itself has to be as long as all parts: a container is as long as its longest. */
function proven({ info }: RunResult, durationSec: number, toleranceSec: number, hasSound: boolean): MediaInfo {
  const lengths = [info?.video?.durationSec, ...(hasSound ? [info?.audio[0]?.durationSec] : [])];
  const wrong = lengths.find((sec) => sec == null || Math.abs(sec - durationSec) > toleranceSec + PADDING_SEC);
  if (info !== null && wrong === undefined && !lengths.includes(undefined)) return info;
  const got = wrong == null ? "an unknown length" : secondsWords(wrong);
  throw new PlayheadError("output_invalid", `expected pictures and sound of ${secondsWords(durationSec)}, got ${got}`, {
    hint: "try again; if it happens again, an input may be damaged: play each to its end to see",
  });
}
