import type { Shot } from "./face.ts";

/** One way to show the picture, and when it is used. */
export interface Layer {
  /** A chain or a graph without labels at its ends; labels within are unique among all layers. */
  readonly filters: string;
  /** In order of time, apart. */
  readonly shots: readonly Shot[];
}

/** What is known of time in the filters. */
export interface FilterClock {
  /** Where the scene begins in the time of the filters, in seconds. */
  readonly filterStartSec: number;
  /** How long a frame of the source is shown, about. */
  readonly frameSec: number;
}

/**
 * Puts layers of the same size together, so that each is seen in its own shots. The first one is below all.
 *
 * @param layers at least one; those without shots are left out
 */
export function layered(layers: readonly Layer[], { filterStartSec, frameSec }: FilterClock): string {
  const used = layers.filter(({ shots }) => shots.length > 0);
  const [base, ...rest] = used;
  if (base === undefined || rest.length === 0) return (base ?? layers[0])?.filters ?? "null";
  const sceneEndSec = Math.max(...used.flatMap(({ shots }) => shots.map(({ endSec }) => endSec)));
  const inputs = used.map((_, i) => `[layer${i}]`).join("");
  const shown = used.map(({ filters }, i) => `[layer${i}]${filters}[shown${i}]`);
  const overlays = rest.map(({ shots }, i) => {
    const under = i === 0 ? "[shown0]" : `[stack${i}]`;
    const over = i === rest.length - 1 ? "" : `[stack${i + 1}]`;
    // Half a frame early, so that a rounded time never shows a frame in the way of another shot.
    const at = (sec: number) => Number((filterStartSec + sec - frameSec / 2).toFixed(6));
    const until = (endSec: number) => (endSec < sceneEndSec ? `*lt(t,${at(endSec)})` : "");
    const when = shots.map(({ startSec, endSec }) => `gte(t,${at(startSec)})${until(endSec)}`).join("+");
    return `${under}[shown${i + 1}]overlay=enable='${when}'${over}`;
  });
  return [`split=${used.length}${inputs}`, ...shown, ...overlays].join(";");
}
