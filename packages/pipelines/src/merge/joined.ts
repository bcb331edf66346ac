import type { MediaInfo } from "@playhead/ffmpeg";
import type { JoinDecision } from "./decide-join.ts";
import type { Part } from "./part.ts";

/** A part as it goes into the result. */
export interface Piece {
  readonly part: Part;
  readonly path: string;
  readonly durationSec: number;
  readonly sizeBytes: number;
}

/** All parts in one file. */
export interface Joined {
  readonly pieces: readonly Piece[];
  readonly path: string;
  readonly info: MediaInfo;
  readonly durationSec: number;
  readonly sizeBytes: number;
  readonly decision: JoinDecision;
}
