import { portraitSize, portraitWindow } from "./portrait.ts";
import type { StyleProcessor } from "./style.ts";

/** Upright, cut out of the right half. */
export const rightFocus: StyleProcessor = {
  name: "right_focus",
  title: "Right focus",
  cost: 1.2,
  size: portraitSize,
  filters: (source) => portraitWindow(source, "right"),
};
