import type { TaskHandle } from "@playhead/sdk";
import { readStreams } from "../media/ffmpeg-calls.ts";
import { openSource } from "../media/source.ts";
import { withRetries } from "../media/with-retries.ts";
import { counted, rounded, secondsWords } from "../media/words.ts";
import { chooseFrame, type Frame, frameWords } from "./choose-frame.ts";
import { decideJoin, type JoinDecision } from "./decide-join.ts";
import { eachPart } from "./each-part.ts";
import type { MergeRun } from "./merge-run.ts";
import { type Part, partOf } from "./part.ts";
import type { GivenPart } from "./prepare.ts";

/** What was found out about the inputs, and what is done with them. */
export interface MergePlan {
  readonly parts: readonly Part[];
  readonly frame: Frame;
  readonly decision: JoinDecision;
}

/** Looking at a file takes about so long. */
export const PROBE_SEC = 0.2;

/** Stage `analysis`: looks at every input, and decides how they come together. */
export async function analyse(stage: TaskHandle, taken: readonly GivenPart[], run: MergeRun): Promise<MergePlan> {
  return stage.run(async () => {
    const parts = await eachPart(stage, run, {
      ...{ stage: "analysis", items: taken, parallel: run.slots, saysAll: true, doing: "looking at" },
      weight: () => PROBE_SEC,
      fields: ({ name, sizeBytes }) => ({ file: name, size_bytes: sizeBytes }),
      work: (given, task) => withRetries(task, task.signal, () => look(given, task, run)),
    });
    const { options } = run;
    const frame = chooseFrame(parts, options);
    const decision = decideJoin(parts, frame, options);
    const totalSec = parts.reduce((sum, { durationSec }) => sum + durationSec, 0);
    const how =
      decision.mode === "copied"
        ? "copied without encoding"
        : `each brought to ${frameWords(frame)}${frame.channels === 0 ? ", without sound" : ""}`;
    stage.log.info(`${counted(parts.length, "part")}, ${secondsWords(totalSec)}: ${how}, since ${decision.reason}`);
    stage.complete({ video_count: parts.length, duration_sec: rounded(totalSec, 3), ...decision });
    return { parts, frame, decision };
  });
}

async function look(given: GivenPart, task: TaskHandle, { options }: MergeRun): Promise<Part> {
  const { registryDir, ffmpegPath } = options;
  const source = await openSource({ input: given.path, signal: task.signal, ffmpegPath, registryDir });
  const streams = await readStreams(given.path, { signal: task.signal, ffmpegPath });
  const part = partOf(given, source, streams);
  const { video } = source;
  const text = `${video.width} × ${video.height}, ${secondsWords(part.durationSec)}${part.sound === null ? ", no sound" : ""}`;
  task.complete({
    ...{ text, duration_sec: rounded(part.durationSec, 3), width: video.width, height: video.height },
    ...{ frame_rate: rounded(video.frameRate ?? 0, 3), codec: video.codec, has_sound: part.sound !== null },
    ...{ is_hdr: video.isHdr, is_varying_rate: video.isVariableFrameRate },
  });
  return part;
}
