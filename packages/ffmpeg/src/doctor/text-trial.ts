import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PlayheadError } from "@playhead/core";
import { filterValue } from "../plan/filter-value.ts";
import { planTask } from "../plan/plan.ts";
import { run } from "../run/run.ts";

export interface TextTrialOptions {
  readonly ffmpegPath?: string | undefined;
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What to say where {@link canDrawText} says no. */
export const NO_FONT = {
  message: "ffmpeg finds no font: text stays invisible",
  hint: "install fonts and fontconfig (Debian, Ubuntu: apt install fontconfig fonts-dejavu-core)",
} as const;

/** A letter in white, as large as the picture. */
const SCRIPT = `[Script Info]
ScriptType: v4.00+
PlayResX: 64
PlayResY: 64

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, Alignment
Style: Trial,sans-serif,60,&H00FFFFFF,5

[Events]
Format: Start, End, Style, Text
Dialogue: 0:00:00.00,0:00:01.00,Trial,M
`;
/** Out of black and white: what is no noise. */
const BRIGHT = 100;

/**
 * Draws a letter for real and looks whether it is there: without any font ffmpeg draws nothing, and says nothing.
 *
 * @throws PlayheadError `ffmpeg_unsuitable` when this ffmpeg cannot draw text at all; `ffmpeg_missing`; `canceled`
 */
export async function canDrawText(options: TextTrialOptions = {}): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), "playhead-text-"));
  const script = join(folder, "trial.ass");
  let isSeen = false;
  try {
    await writeFile(script, SCRIPT);
    const plan = planTask({
      inputs: [{ kind: "generated", graph: "color=c=black:s=64x64:r=10", durationSec: 0.1 }],
      filterGraph: `[0:v]ass=filename=${filterValue(script)},format=gray[text]`,
      maps: ["[text]"],
      video: { codec: "raw", pixelFormat: "gray" },
      audio: null,
      output: { kind: "stdout", format: "rawvideo" },
      maxFrames: 1,
    });
    await run(plan, {
      timeoutMs: 10_000,
      ...options,
      async onStdout(stdout) {
        for await (const chunk of stdout as AsyncIterable<Buffer>) isSeen ||= chunk.some((value) => value > BRIGHT);
      },
    });
    return isSeen;
  } catch (error) {
    if (!(error instanceof PlayheadError) || error.code !== "filter_invalid") throw error;
    throw new PlayheadError("ffmpeg_unsuitable", "this ffmpeg cannot draw text: it was built without libass", {
      hint: "install a full build (Debian, Ubuntu: apt install ffmpeg; macOS: brew install ffmpeg)",
      cause: error,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
