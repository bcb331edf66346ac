export interface FrameSize {
  readonly width: number;
  readonly height: number;
}

/** The next even number at or below, and at least 2: H.264 in yuv420p has no odd sides. */
export function evenDown(pixels: number): number {
  return Math.max(2, Math.floor(pixels / 2) * 2);
}

/** A size with both sides even, at most one pixel smaller than it was. */
export function evenSize(size: FrameSize): FrameSize {
  return { width: evenDown(size.width), height: evenDown(size.height) };
}

/** The largest even size of the same shape whose longer side is at most so long; a smaller one is only made even. */
export function sizeWithin({ width, height }: FrameSize, maxSidePixels: number): FrameSize {
  const ratio = Math.min(1, maxSidePixels / Math.max(1, width, height));
  return evenSize({ width: width * ratio, height: height * ratio });
}

/** The filter that makes any frame even: it crops a pixel where a side is odd, and costs nothing where none is. */
export const EVEN_FILTER = "crop=trunc(iw/2)*2:trunc(ih/2)*2";
