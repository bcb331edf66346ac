import { planTask } from "../plan/plan.ts";
import type { FileInput } from "../plan/task.ts";
import type { AudioStream } from "../probe/media-info.ts";
import { run } from "../run/run.ts";
import type { RunOptions } from "../run/run-options.ts";
import { plainLayout } from "./loudness-filter.ts";
import { createLoudnessReader, type MeasuredLoudness } from "./loudness-reader.ts";

export type { MeasuredLoudness } from "./loudness-reader.ts";

export type LoudnessOptions = Omit<RunOptions, "onStdout">;

/**
 * Measures how loud a part of a file's sound is (EBU R128), by reading it once; more than two channels are mixed to two
 * first, as clips have them.
 * @throws PlayheadError as {@link run}
 */
export async function measureLoudness(
  input: FileInput,
  sound: Pick<AudioStream, "index" | "channels">,
  options: LoudnessOptions = {},
): Promise<MeasuredLoudness> {
  const reader = createLoudnessReader();
  const { prerollSec = 0 } = input;
  const filters = [
    ...(prerollSec > 0 ? [`atrim=start=${prerollSec.toFixed(6)}`] : []),
    plainLayout(sound.channels),
    "ebur128=peak=true:metadata=1:framelog=verbose",
    "ametadata=mode=print:file=-",
  ];
  const plan = planTask({
    inputs: [input],
    filterGraph: `[0:${sound.index}]${filters.join(",")}[heard]`,
    maps: ["[heard]"],
    video: null,
    audio: { codec: "pcm" },
    output: { kind: "none" },
  });
  await run(plan, {
    ...options,
    // Damaged sound is measured as far as it goes: whether too much of it is lost is for those who write it.
    maxLostRatio: options.maxLostRatio ?? 1,
    async onStdout(stdout) {
      for await (const text of stdout.setEncoding("latin1")) reader.push(text);
    },
  });
  return reader.result();
}
