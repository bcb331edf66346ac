import type { FrameSize, VideoStream } from "@playhead/ffmpeg";
import type { ClipStep, PlayheadError } from "@playhead/sdk";
import type { SceneFaces } from "../faces/face.ts";

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
  /** For a style that has to see a scene before it knows how to show it. @defaultValue it shows all scenes alike */
  readonly director?: SceneDirector;
}

/** How a style looks at each scene. */
export interface SceneDirector {
  /** Goes up when the same scene would be shown in another way: its clips are then made anew. */
  readonly version: number;
  /** What it cannot do without on this machine; null when it has all. A style that was not asked for is left out then. */
  missing(): PlayheadError | null;
  /**
   * Looks at a scene, tells what it finds, and answers with the filters for it, in place of those of
   * {@link StyleProcessor.filters}.
   */
  direct(scout: SceneScout): Promise<string>;
}

/** A scene, as it is seen by the style that has to show it. */
export interface SceneScout {
  /** Upright, with square pixels. */
  readonly source: VideoStream;
  readonly durationSec: number;
  /** Where the scene begins in the time of the filters (`t`), in seconds: not 0 where more has to be read. */
  readonly filterStartSec: number;
  /** Its shots and faces, found once for all styles; told in the steps up to `face_detection_complete`. */
  faces(): Promise<SceneFaces>;
  /** Tells that a step of the clip has begun, with what is known. */
  step(step: ClipStep, details: Readonly<Record<string, unknown>>): void;
  /** Warns that the scene cannot be shown as it is meant to be, and why. */
  fallBack(reason: string, message: string): void;
}
