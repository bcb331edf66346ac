import { evenDown, type FrameSize, type VideoStream } from "@playhead/ffmpeg";

/** Wide enough for every phone; a smaller source is not blown up to it. */
const MAX_WIDTH = 1080;
const MIN_WIDTH = 360;

/** The upright frame (9:16) for a source: as wide as the source's shorter side, within what phones show. */
export function portraitSize({ width, height }: VideoStream): FrameSize {
  const wanted = Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, Math.min(width, height)));
  return { width: evenDown(wanted), height: evenDown((wanted * 16) / 9) };
}

/** Where a window stands that is as high as the source, as far as that goes. */
export type HorizontalPlace = "left" | "center" | "right";

const WINDOW_X: Readonly<Record<HorizontalPlace, string>> = {
  // The middle of the left half, of the whole, of the right half; never over the edge.
  left: "max(0,iw/4-ow/2)",
  center: "(iw-ow)/2",
  right: "min(iw-ow,iw*3/4-ow/2)",
};

/** How large the upright window (9:16) is in a picture: as large as it can be, in whole pixels. */
export function portraitCrop({ width, height }: FrameSize): FrameSize {
  return {
    width: Math.max(1, Math.floor(Math.min(width, (height * 9) / 16))),
    height: Math.max(1, Math.floor(Math.min(height, (width * 16) / 9))),
  };
}

/**
 * Cuts an upright window (9:16) out of the picture and scales it to the frame.
 *
 * @param size of the frame
 */
export function portraitWindow(source: VideoStream, place: HorizontalPlace, size = portraitSize(source)): string {
  const { width, height } = size;
  return `crop=w='min(iw,ih*9/16)':h='min(ih,iw*16/9)':x='${WINDOW_X[place]}':y='(ih-oh)/2',scale=${width}:${height}`;
}
