import { evenSize, type FrameSize, type VideoStream } from "@playhead/ffmpeg";
import { PlayheadError } from "@playhead/sdk";
import type { StyleProcessor } from "./style.ts";

/** A style held against one video: what it will do with it, or why it cannot. */
export type FittedStyle =
  | { readonly processor: StyleProcessor; readonly isFit: true; readonly size: FrameSize; readonly filters: string }
  | { readonly processor: StyleProcessor; readonly isFit: false; readonly error: unknown };

/** Asks a style what it will do with a video. What it throws, or nonsense that it answers, costs its own clips only. */
export function fitStyle(processor: StyleProcessor, video: VideoStream): FittedStyle {
  try {
    const size = processor.size(video);
    const filters = processor.filters(video);
    const fault = faultOf(size, filters);
    if (fault === null) return { processor, isFit: true, size, filters };
    const message = `the style "${processor.name}" is wrong: ${fault}`;
    throw new PlayheadError("filter_invalid", message, { hint: "correct the style, or leave it out" });
  } catch (error) {
    return { processor, isFit: false, error };
  }
}

function faultOf(size: FrameSize, filters: string): string | null {
  const { width, height } = evenSize(size);
  if (size.width !== width || size.height !== height) {
    return `expected an even width and height of 2 pixels or more, got ${size.width} × ${size.height}`;
  }
  return typeof filters === "string" && filters.trim() !== "" ? null : "expected filters, got none";
}
