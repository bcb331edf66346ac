import { portraitSize, portraitWindow } from "./portrait.ts";
import type { StyleProcessor } from "./style.ts";

/** Upright, cut out of the middle. */
export const centerFocus: StyleProcessor = {
  name: "center_focus",
  title: "Center focus",
  cost: 1.2,
  size: portraitSize,
  filters: (source) => portraitWindow(source, "center"),
};
