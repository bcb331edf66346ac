import { formatBytes } from "@playhead/ffmpeg";
import type { TaskHandle } from "@playhead/sdk";
import { rounded, secondsWords } from "../media/words.ts";
import { type ClipPlan, speedOf } from "./clip-plan.ts";
import type { RenderedClip } from "./render-clip.ts";

/** Says what a clip came to, in the log and with its end. */
export function completeClip(task: TaskHandle, clip: ClipPlan, { entry, renderMs, details }: RenderedClip): void {
  const { width, height, size_bytes, duration_sec } = entry;
  const what = `${width} × ${height}, ${formatBytes(size_bytes)}`;
  const name = `${clip.style.processor.title} of scene ${clip.scene.scene_id}`;
  if (renderMs === null) {
    task.log.info(`${name} was rendered before: ${secondsWords(duration_sec)}, ${what}`);
    task.complete({ width, height, duration_sec, size_bytes });
    return;
  }
  const render_sec = rounded(renderMs / 1_000, 2);
  task.log.info(`${name} is done: ${secondsWords(duration_sec)} in ${secondsWords(render_sec)}, ${what}`);
  const speed_ratio = speedOf(clip, renderMs);
  task.complete({ width, height, duration_sec, size_bytes, render_sec, speed_ratio, ...details });
}
