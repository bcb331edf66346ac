import type { FrameSize, VideoStream } from "@playhead/ffmpeg";

/** One way to make a clip out of a scene. A style is a file in this folder and a line in `registry.ts`. */
export interface StyleProcessor {
  /** Its name on the command line and in events: lowercase letters and underscores. */
  readonly name: string;
  /** What it is called for people. */
  readonly title: string;
  /** Seconds that one second of video takes to render, compared with `original`; the bar's share of the work. */
  readonly cost: number;
  /** The size of the clips. */
  size(source: VideoStream): FrameSize;
  /** Filters from the picture of the source (square pixels) to the clip's, without labels at either end. */
  filters(source: VideoStream): string;
}
