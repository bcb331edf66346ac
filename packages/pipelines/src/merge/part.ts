import type { AudioStream, StreamParameters } from "@playhead/ffmpeg";
import type { Source } from "../media/source.ts";
import type { GivenPart } from "./prepare.ts";

/** A video that was looked at, as a part of the result. */
export interface Part extends Pick<GivenPart, "number" | "name" | "title"> {
  readonly source: Source;
  readonly streams: readonly StreamParameters[];
  /** The sound that is taken: the first. */
  readonly sound: AudioStream | null;
  /** When its pictures and its sound are over, from when it begins. */
  readonly picturesEndSec: number;
  readonly soundEndSec: number;
  /** How long it is in the result: as long as there are pictures, or sound. */
  readonly durationSec: number;
}

/** Encoders fill the last packet of a sound: so much more than pictures does not count. */
export const PADDING_SEC = 0.1;

/** What a file is as a part. Pure. */
export function partOf(
  { number, name, title }: Pick<GivenPart, "number" | "name" | "title">,
  source: Source,
  streams: readonly StreamParameters[],
): Part {
  const { info, video } = source;
  const sound = info.audio[0] ?? null;
  // A matroska tells of each stream when it ends, all others how long it is.
  const startOf = (index: number) => (info.container === "matroska" ? 0 : (streams[index]?.startSec ?? 0));
  const picturesEndSec = startOf(video.index) + source.durationSec;
  const soundSec = sound?.durationSec ?? (sound === null ? 0 : source.durationSec);
  const soundEndSec = sound === null ? 0 : startOf(sound.index) + soundSec;
  const durationSec = soundEndSec > picturesEndSec + PADDING_SEC ? soundEndSec : picturesEndSec;
  return { number, name, title, source: { ...source, name }, streams, sound, picturesEndSec, soundEndSec, durationSec };
}

/** A part as people see it in a sentence: `part 2 (b.mp4)`. */
export function partWords({ number, name }: Pick<Part, "number" | "name">): string {
  return `part ${number} (${name})`;
}
