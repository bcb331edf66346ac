import { rounded } from "../media/words.ts";
import { MANIFEST_NAME } from "./manifest.ts";
import type { MadeClip, Tally } from "./tally.ts";

/**
 * What a job that is done has to tell: plain values whose names tell their units.
 *
 * @param wallMs how long it took, pauses included
 */
export function summaryOf({ planned, made, found, failed }: Tally, wallMs: number): Record<string, string | number> {
  const rendered = made.filter(({ renderMs }) => renderMs !== null);
  const media_sec = rendered.reduce((sum, { entry }) => sum + entry.duration_sec, 0);
  const wall_sec = wallMs / 1_000;
  const bySpeed = stylesBySpeed(rendered);
  const [slowest, fastest] = [bySpeed[0], bySpeed.at(-1)];
  return {
    scenes: new Set(planned.map(({ scene }) => scene.scene_id)).size,
    clips_total: planned.length,
    clips_completed: made.length,
    clips_failed: failed.length,
    clips_skipped: found.length,
    wall_sec: rounded(wall_sec, 2),
    // Several clips run at a time, so this may be over the speed of each.
    ...(rendered.length > 0 && { media_sec: rounded(media_sec, 2), speed_ratio: rounded(media_sec / wall_sec, 2) }),
    ...(made.length > 0 && { size_bytes: made.reduce((sum, { entry }) => sum + entry.size_bytes, 0) }),
    ...(fastest !== undefined && slowest !== fastest && { fastest_style: fastest.words }),
    ...(slowest !== undefined && slowest !== fastest && { slowest_style: slowest.words }),
    ...(made.length + found.length > 0 && { manifest: MANIFEST_NAME }),
  };
}

function stylesBySpeed(made: readonly MadeClip[]) {
  const byTitle = Map.groupBy(made, ({ clip }) => clip.style.processor.title);
  const speeds = [...byTitle].map(([title, clips]) => {
    const media = clips.reduce((sum, { entry }) => sum + entry.duration_sec, 0);
    const renderSec = clips.reduce((sum, { renderMs }) => sum + (renderMs ?? 0), 0) / 1_000;
    const ratio = rounded(media / Math.max(0.001, renderSec), 1);
    return { ratio, words: `${title}, ${ratio}×` };
  });
  return speeds.toSorted((a, b) => a.ratio - b.ratio);
}
