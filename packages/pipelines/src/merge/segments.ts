import { rounded } from "../media/words.ts";
import type { Frame } from "./choose-frame.ts";
import type { Joined } from "./joined.ts";

/** Which seconds of the result came from which file. */
export interface Segment {
  /** From 1, in the order of the result. */
  readonly part: number;
  /** Name of the file, without folders. */
  readonly file: string;
  readonly title: string;
  readonly start_sec: number;
  readonly end_sec: number;
  readonly duration_sec: number;
  /** Of the input: the same for the same content, whatever its name. */
  readonly source_id: string;
  readonly source_duration_sec: number;
  readonly source_size_bytes: number;
}

/** What `NAME.segments.json` holds. */
export interface Segments {
  readonly version: 1;
  /** Name of the result. */
  readonly file: string;
  readonly duration_sec: number;
  readonly size_bytes: number;
  readonly width: number;
  readonly height: number;
  readonly frame_rate: number;
  /** How the parts came together, and why so. */
  readonly mode: "copied" | "normalised";
  readonly reason: string;
  readonly segments: readonly Segment[];
}

/** The segments of a result. Pure. */
export function segmentsOf(file: string, joined: Joined, { rate }: Frame): Segments {
  const { pieces, info, durationSec, sizeBytes, decision } = joined;
  let atSec = 0;
  const segments = pieces.map(({ part, durationSec: pieceSec }): Segment => {
    const startSec = atSec;
    atSec += pieceSec;
    return {
      ...{ part: part.number, file: part.name, title: part.title },
      ...{ start_sec: rounded(startSec, 3), end_sec: rounded(atSec, 3), duration_sec: rounded(pieceSec, 3) },
      source_id: part.source.sourceId,
      source_duration_sec: rounded(part.durationSec, 3),
      source_size_bytes: part.source.info.sizeBytes,
    };
  });
  return {
    ...{ version: 1, file, duration_sec: rounded(durationSec, 3), size_bytes: sizeBytes },
    ...{ width: info.video?.width ?? 0, height: info.video?.height ?? 0 },
    frame_rate: rounded(decision.mode === "copied" ? (info.video?.frameRate ?? 0) : rate.perSec, 3),
    ...{ ...decision, segments },
  };
}
