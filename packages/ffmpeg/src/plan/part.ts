import type { MediaInfo } from "../probe/media-info.ts";
import { prerollSecOf } from "../probe/preroll.ts";
import type { FileInput, OutputLength } from "./task.ts";

/** A part of a file, in seconds. */
export interface Part {
  readonly startSec: number;
  readonly durationSec: number;
}

/** How a part is read for its pictures alone. */
export interface PartReading {
  readonly input: FileInput;
  /** Goes before the other filters, with a comma at its end: in them the part begins at 0. */
  readonly filters: string;
  readonly length: OutputLength;
}

/**
 * Reads a part of a file, to the frame: where the container cannot be sought in exactly, what is read too early is cut
 * off by the filters.
 */
export function readPart(path: string, info: Pick<MediaInfo, "container" | "durationSec">, part: Part): PartReading {
  const { startSec, durationSec } = part;
  const prerollSec = prerollSecOf(info, startSec);
  const input: FileInput = {
    kind: "file",
    path,
    startSec: startSec - prerollSec,
    durationSec: prerollSec + durationSec,
    sourceDurationSec: info.durationSec,
  };
  const filters = prerollSec === 0 ? "" : `trim=start=${prerollSec.toFixed(6)},setpts=PTS-${prerollSec.toFixed(6)}/TB,`;
  return { input, filters, length: { kind: "fixed", durationSec } };
}
