import { planTask } from "./plan/plan.ts";
import { run } from "./run/run.ts";
import type { RunOptions } from "./run/run-options.ts";

/**
 * Measures a video whose container does not say how long it is (recorded live by a browser, cut from a broadcast): all
 * of it is read, nothing is decoded.
 * @returns seconds
 * @throws PlayheadError as {@link run}
 */
export async function measureDuration(path: string, options: RunOptions = {}): Promise<number | null> {
  const plan = planTask({
    inputs: [{ kind: "file", path }],
    maps: ["0:V:0?", "0:a:0?"],
    video: { codec: "copy" },
    audio: { codec: "copy" },
    output: { kind: "none" },
  });
  const { durationSec } = await run(plan, options);
  return durationSec;
}
