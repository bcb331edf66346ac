import type { FrameSize } from "@playhead/ffmpeg";
import { centerX, type Shot } from "./face.ts";
import { type Camera, followFaces } from "./follow.ts";
import type { CastShot } from "./frame-scene.ts";
import type { FaceTrack } from "./tracks.ts";

/** Two who talk to each other, each with a window of their own: the left one above the right one. */
export interface SpeakersFraming {
  readonly kind: "speakers";
  readonly shot: Shot;
  readonly cameras: readonly [upper: Camera, lower: Camera];
}

/** How much higher than a face its window is. */
const HEADROOM = 3;
/** A smaller part of the picture would be blown up too far. */
const MIN_HEIGHT = 0.4;
/** They are seen together for at least this share of the shorter one's looks. */
const MIN_TOGETHER = 0.5;

/** The two that a shot is about, from left to right; null when there are fewer, or never both at a time. */
export function speakersOf({ subjects: [first, second] }: CastShot): readonly [FaceTrack, FaceTrack] | null {
  if (first === undefined || second === undefined) return null;
  const times = new Set(first.points.map(({ timeSec }) => timeSec));
  const together = second.points.filter(({ timeSec }) => times.has(timeSec)).length;
  if (together < Math.min(first.points.length, second.points.length) * MIN_TOGETHER) return null;
  return meanX(first) <= meanX(second) ? [first, second] : [second, first];
}

/**
 * The window of each speaker: some faces high, so that they are seen well, without the other one where that can be. It
 * is the same in all shots, since the picture of a video does not change its size. Pure.
 *
 * @param aspect width by height
 */
export function speakerWindow(
  pairs: readonly (readonly [FaceTrack, FaceTrack])[],
  aspect: number,
  picture: FrameSize,
): FrameSize {
  const most = Math.min(picture.height, picture.width / aspect);
  const heights = pairs.map(([left, right]) => {
    const face = Math.max(...[left, right].map(({ points }) => mean(points.map((point) => point.face.height))));
    const away = meanX(right) - meanX(left);
    // As wide as it may be without the other's face; but never so narrow that its own has no room.
    const alone = Math.max(2 * face, (2 * away - 1.2 * face) / aspect);
    return Math.min(HEADROOM * face, alone);
  });
  const height = Math.min(most, Math.max(most * MIN_HEIGHT, ...heights));
  return { width: Math.floor(height * aspect), height: Math.floor(height) };
}

/** The cameras of a shot with two speakers; null when one of them cannot be kept in the window. Pure. */
export function frameSpeakers(
  shot: Shot,
  pair: readonly [FaceTrack, FaceTrack],
  window: FrameSize,
  picture: FrameSize,
): SpeakersFraming | null {
  const [upper, lower] = pair.map((track) => followFaces(shot, [track], window, picture).camera);
  return upper && lower ? { kind: "speakers", shot, cameras: [upper, lower] } : null;
}

const meanX = ({ points }: FaceTrack) => mean(points.map(({ face }) => centerX(face)));
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
