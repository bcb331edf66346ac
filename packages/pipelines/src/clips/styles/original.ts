import { EVEN_FILTER, evenSize } from "@playhead/ffmpeg";
import type { StyleProcessor } from "./style.ts";

/** The scene as it is; a pixel is cut off where a side is odd. */
export const original: StyleProcessor = {
  name: "original",
  title: "Original",
  cost: 1,
  size: evenSize,
  filters: () => EVEN_FILTER,
};
