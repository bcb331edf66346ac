import { portraitSize } from "./portrait.ts";
import type { StyleProcessor } from "./style.ts";

/** Upright, the left half of the picture above the right one: two people who talk to each other. */
export const split: StyleProcessor = {
  name: "split",
  title: "Split",
  cost: 1.5,
  size(source) {
    const { width, height } = portraitSize(source);
    return { width, height: panelHeight(height) * 2 };
  },
  filters(source) {
    const { width, height } = portraitSize(source);
    const panel = panelHeight(height);
    const cover = `scale=${width}:${panel}:force_original_aspect_ratio=increase,crop=${width}:${panel}`;
    return `split=2[a][b];[a]crop=iw/2:ih:0:0,${cover}[top];[b]crop=iw/2:ih:iw/2:0,${cover}[bottom];[top][bottom]vstack`;
  },
};

/** How high each half of an upright frame is: an even number. */
export function panelHeight(height: number): number {
  return Math.floor(height / 4) * 2;
}
