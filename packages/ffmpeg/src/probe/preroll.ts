import type { MediaInfo } from "./media-info.ts";

/** Broadcasts have a key frame at least this often; other streams may lose a little of a scene's beginning. */
const BROADCAST_PREROLL_SEC = 10;

/** Containers without an index: seeking in them leads to the next key frame, which may be seconds later. */
const WITHOUT_INDEX: ReadonlySet<string> = new Set(["mpegts", "mpeg", "wtv"]);

/** Streams without a container, and so without times: nothing can be sought in them. */
const WITHOUT_TIMES: ReadonlySet<string> = new Set(["h264", "hevc", "mpegvideo", "obu"]);

/**
 * How much before a place of a file has to be read so that the place itself is met to the frame, in seconds:
 * `FileInput.prerollSec`. 0 for containers that can be sought in exactly, as nearly all can.
 */
export function prerollSecOf({ container }: Pick<MediaInfo, "container">, startSec: number): number {
  if (WITHOUT_TIMES.has(container)) return startSec;
  return WITHOUT_INDEX.has(container) ? Math.min(startSec, BROADCAST_PREROLL_SEC) : 0;
}
