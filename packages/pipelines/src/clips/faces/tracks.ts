import { centerX, centerY, type Face, type Look } from "./face.ts";

/** A face at a time. */
export interface TrackPoint {
  readonly timeSec: number;
  readonly face: Face;
}

/** One face through a shot, in order of time; never empty. */
export interface FaceTrack {
  readonly points: readonly [TrackPoint, ...TrackPoint[]];
}

/** A face may look away for as long. */
const MAX_GAP_SEC = 1.6;
/** How far a face gets between two looks, in its own size. */
const MAX_STEP = 1.6;
/** A face that is twice as large at the next look is another one. */
const MAX_GROWTH = 2;
/** Of the looks between its first and its last, a face is in at least this share: what flickers is none. */
const MIN_SEEN_RATIO = 0.5;
/** In a shot with so many looks, what was seen once only is not believed. */
const LOOKS_TO_DOUBT = 3;

interface OpenTrack {
  readonly points: [TrackPoint, ...TrackPoint[]];
}

/**
 * Joins the faces of a shot's looks into tracks: nearest first, where it is, or where it would be by now. Short gaps are
 * bridged, and what flickers is dropped. Pure.
 *
 * @param looks of one shot, in order of time
 */
export function trackFaces(looks: readonly Look[]): readonly FaceTrack[] {
  const all: OpenTrack[] = [];
  for (const { timeSec, faces } of looks) {
    const open = all.filter(({ points }) => timeSec - lastOf(points).timeSec <= MAX_GAP_SEC);
    const pairs = open
      .flatMap((track) => faces.map((face) => ({ track, face, distance: distanceOf(track, face, timeSec) })))
      .filter(({ distance }) => distance <= MAX_STEP)
      .toSorted((a, b) => a.distance - b.distance);
    const taken = new Set<OpenTrack | Face>();
    for (const { track, face } of pairs) {
      if (taken.has(track) || taken.has(face)) continue;
      track.points.push({ timeSec, face });
      taken.add(track).add(face);
    }
    for (const face of faces) if (!taken.has(face)) all.push({ points: [{ timeSec, face }] });
  }
  return all.filter(({ points }) => isBelieved(points, looks));
}

/** How far a face is from where a track goes on, in sizes of a face; Infinity when it cannot be the same. */
function distanceOf({ points }: OpenTrack, face: Face, timeSec: number): number {
  const last = lastOf(points);
  const size = sizeOf(face);
  const growth = size / sizeOf(last.face);
  if (growth > MAX_GROWTH || growth < 1 / MAX_GROWTH) return Number.POSITIVE_INFINITY;
  const unit = Math.max(size, sizeOf(last.face));
  const away = (x: number, y: number) => Math.hypot(centerX(face) - x, centerY(face) - y) / unit;
  const [x, y] = [centerX(last.face), centerY(last.face)];
  const before = points.at(-2);
  if (before === undefined) return away(x, y);
  const ahead = (timeSec - last.timeSec) / (last.timeSec - before.timeSec);
  const [movedX, movedY] = [x - centerX(before.face), y - centerY(before.face)];
  return Math.min(away(x, y), away(x + movedX * ahead, y + movedY * ahead));
}

function isBelieved(points: OpenTrack["points"], looks: readonly Look[]): boolean {
  if (points.length === 1) return looks.length < LOOKS_TO_DOUBT;
  const [fromSec, toSec] = [points[0].timeSec, lastOf(points).timeSec];
  const possible = looks.filter(({ timeSec }) => timeSec >= fromSec && timeSec <= toSec).length;
  return points.length >= possible * MIN_SEEN_RATIO;
}

const sizeOf = ({ width, height }: Face) => Math.sqrt(width * height);
const lastOf = (points: OpenTrack["points"]): TrackPoint => points.at(-1) ?? points[0];
