import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { planTask } from "../plan/plan.ts";
import type { H264Encoder } from "../plan/task.ts";
import { run } from "../run/run.ts";

export interface TrialOptions {
  readonly ffmpegPath: string;
  readonly ffprobePath: string;
  readonly timeoutMs: number;
  /** @defaultValue x264 */
  readonly encoder?: H264Encoder;
  readonly signal?: AbortSignal | undefined;
}

/** A quarter of a second of picture and sound, through everything that a clip goes through, checked and thrown away. */
const TRIAL = { graph: "testsrc2=s=256x144:r=24:d=0.25[out0];sine=d=0.25[out1]", durationSec: 0.25 } as const;

/**
 * Encodes a tiny clip for real: an encoder that is listed may still not work.
 * @throws PlayheadError that tells why it does not
 */
export async function runTrial({ encoder = "x264", ...options }: TrialOptions): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "playhead-doctor-"));
  try {
    const plan = planTask({
      inputs: [{ kind: "generated", ...TRIAL }],
      video: { codec: "h264", encoder, preset: "ultrafast" },
      audio: { codec: "aac" },
      maps: ["0:v:0", "0:a:0"],
      output: { kind: "file", path: join(folder, "trial.mp4"), format: "mp4" },
    });
    await run(plan, { ...options, graceMs: 500 });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
