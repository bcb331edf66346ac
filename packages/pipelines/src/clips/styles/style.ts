import type { FrameSize, VideoStream } from "@playhead/ffmpeg";

/** One way to make a clip out of a scene. A built-in one is a file in this folder and a line in `registry.ts`. */
export interface StyleProcessor {
  /** Its name on the command line, in file names and in events: lowercase letters, digits and underscores. */
  readonly name: string;
  /** What it is called for people. */
  readonly title: string;
  /** How long one second of video takes to render, compared with `original`; over 0: the bar's share of the work. */
  readonly cost: number;
  /** The size of the clips: even numbers. May throw for a video that the style cannot be used with. */
  size(source: VideoStream): FrameSize;
  /**
   * ffmpeg filters from the picture of the source (upright, square pixels) to one of {@link size}, without labels at
   * either end. May throw for a video that the style cannot be used with.
   */
  filters(source: VideoStream): string;
}
