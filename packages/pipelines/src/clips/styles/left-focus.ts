import { portraitSize, portraitWindow } from "./portrait.ts";
import type { StyleProcessor } from "./style.ts";

/** Upright, cut out of the left half. */
export const leftFocus: StyleProcessor = {
  name: "left_focus",
  title: "Left focus",
  cost: 1.2,
  size: portraitSize,
  filters: (source) => portraitWindow(source, "left"),
};
