import type { FrameSize } from "@playhead/ffmpeg";
import { type CameraPath, planPath, positionAt, stillPath } from "./camera-path.ts";
import { type Box, boxAround, centerX, centerY, type Shot } from "./face.ts";
import type { Gate } from "./taut-string.ts";
import type { FaceTrack } from "./tracks.ts";

/** A window of a fixed size that moves over the picture: where its upper left corner is. */
export interface Camera {
  readonly x: CameraPath;
  readonly y: CameraPath;
}

/** The camera of a shot, or why there is none that shows all who have to be seen. */
export type Following =
  | { readonly camera: Camera; readonly reason: null }
  | { readonly camera: null; readonly reason: "faces_do_not_fit" | "faces_too_fast" };

/** Faces are looked for so often: points closer together would follow nothing but noise. */
export const LOOKS_PER_SEC = 2;
/** Within this part of the window, to each side of its middle, a face may move without the camera. */
const SAFE_ZONE = 0.12;
/** Room for hair, ears and chin around what the detector takes for the face, in its own size. */
const MARGIN = 0.3;
/** A window without that much room is too narrow. */
const LEAST_MARGIN = 0.05;
/** Highest jerk, in windows a second cubed: a fast pan takes about a second to begin and to end. */
export const MAX_JERK = 1.5;
/** Before it is first seen and after it was last seen, a face is taken to be there for as long. */
const LINGER_SEC = 0.5;
/** How often it is checked that the faces are inside, and in which share of these moments they have to be. */
const CHECKS_PER_SEC = 10;
/** Of a short shot as well: two moments in it say little of the rest. */
const LEAST_CHECKS = 40;
const MIN_INSIDE = 0.97;

/**
 * Plans a camera that keeps faces in a window through a shot: it stands still while they stay around its middle, and
 * follows them smoothly when they leave it. Pure.
 *
 * @param subjects whoever has to be seen
 * @param window not larger than the picture
 */
export function followFaces(
  shot: Shot,
  subjects: readonly FaceTrack[],
  window: FrameSize,
  picture: FrameSize,
): Following {
  const checks = Math.max(LEAST_CHECKS, Math.ceil((shot.endSec - shot.startSec) * CHECKS_PER_SEC));
  const moments = Array.from({ length: checks }, (_, i) => {
    const timeSec = shot.startSec + ((i + 0.5) * (shot.endSec - shot.startSec)) / checks;
    return { timeSec, box: boxAt(subjects, timeSec, picture) };
  }).filter((moment): moment is { timeSec: number; box: Box } => moment.box !== null);
  if (moments.length === 0) return { camera: centeredCamera(shot, window, picture), reason: null };

  const least = 1 + 2 * LEAST_MARGIN;
  const isTooLarge = ({ box }: { box: Box }) => box.width * least > window.width || box.height * least > window.height;
  if (share(moments, isTooLarge) > 1 - MIN_INSIDE) return { camera: null, reason: "faces_do_not_fit" };

  const gatesOf = (axis: Axis) => (timeSec: number) =>
    gateFor(boxAt(subjects, timeSec, picture), axis, window, picture);
  const pathOf = (axis: Axis) => {
    const middle = moments.reduce((sum, { box }) => sum + MIDDLE[axis](box), 0) / moments.length;
    const length = window[SIDE[axis]];
    return planPath(shot, gatesOf(axis), middle - length / 2, {
      stepSec: 1 / LOOKS_PER_SEC,
      maxJerk: MAX_JERK * length,
    });
  };
  const camera = { x: pathOf("x"), y: pathOf("y") };
  const isInside = ({ timeSec, box }: { timeSec: number; box: Box }) =>
    holds(positionAt(camera.x, timeSec), window.width, box.x, box.width) &&
    holds(positionAt(camera.y, timeSec), window.height, box.y, box.height);
  return share(moments, isInside) < MIN_INSIDE ? { camera: null, reason: "faces_too_fast" } : { camera, reason: null };
}

/** A camera that stands in the middle of the picture. */
export function centeredCamera({ startSec, endSec }: Shot, window: FrameSize, picture: FrameSize): Camera {
  return {
    x: stillPath(startSec, endSec, (picture.width - window.width) / 2),
    y: stillPath(startSec, endSec, (picture.height - window.height) / 2),
  };
}

type Axis = "x" | "y";
const SIDE = { x: "width", y: "height" } as const;
const MIDDLE = { x: centerX, y: centerY } as const;

/** Where the window may begin on one axis, so that the faces are around its middle. */
function gateFor(box: Box | null, axis: Axis, window: FrameSize, picture: FrameSize): Gate {
  const length = window[SIDE[axis]];
  const room = Math.max(0, picture[SIDE[axis]] - length);
  if (box === null) return { lo: 0, hi: room };
  const size = box[SIDE[axis]];
  const margin = Math.min(MARGIN * size, Math.max(0, (length - size) / 2));
  const middle = MIDDLE[axis](box) - length / 2;
  // Whatever has both of its edges inside has its middle between these two, too.
  const slack = Math.max(0, Math.min(SAFE_ZONE * length, (length - size) / 2 - margin));
  const within = (value: number) => Math.min(room, Math.max(0, value));
  return { lo: within(middle - slack), hi: within(middle + slack) };
}

/**
 * The box around all subjects that are there at a time, as far as it is in the picture; null when none is. While nobody
 * is there, it is around whoever has just gone or is about to come.
 */
function boxAt(subjects: readonly FaceTrack[], timeSec: number, picture: FrameSize): Box | null {
  let nearest = LINGER_SEC;
  let there: Box[] = [];
  for (const track of subjects) {
    const sec = awaySec(track, timeSec);
    if (sec > nearest || (sec === nearest && sec > 0 && there.length > 0)) continue;
    if (sec < nearest) there = [];
    nearest = sec;
    there.push(faceAt(track, timeSec));
  }
  const [first, ...rest] = there;
  if (first === undefined) return null;
  const { x, y, width, height } = boxAround([first, ...rest]);
  const [left, top] = [Math.max(0, x), Math.max(0, y)];
  return {
    x: left,
    y: top,
    width: Math.min(picture.width, x + width) - left,
    height: Math.min(picture.height, y + height) - top,
  };
}

/** How far a time is from those at which a face is there; 0 when it is. */
function awaySec({ points }: FaceTrack, timeSec: number): number {
  const last = points.at(-1) ?? points[0];
  return Math.max(0, points[0].timeSec - timeSec, timeSec - last.timeSec);
}

/** Where a face is at a time: between two looks on the straight way from one to the other. */
function faceAt({ points }: FaceTrack, timeSec: number): Box {
  const last = points.at(-1) ?? points[0];
  const next = firstAfter(points, timeSec);
  const [from, to] = [points[Math.max(0, next - 1)] ?? points[0], points[next] ?? last];
  const spanSec = to.timeSec - from.timeSec;
  const share = spanSec <= 0 ? 0 : Math.min(1, Math.max(0, (timeSec - from.timeSec) / spanSec));
  const between = (a: number, b: number) => a + (b - a) * share;
  return {
    x: between(from.face.x, to.face.x),
    y: between(from.face.y, to.face.y),
    width: between(from.face.width, to.face.width),
    height: between(from.face.height, to.face.height),
  };
}

/** The index of the first point after a time, found by halving; the count of points when there is none. */
function firstAfter(points: FaceTrack["points"], timeSec: number): number {
  let [from, to] = [0, points.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((points[middle]?.timeSec ?? 0) > timeSec) to = middle;
    else from = middle + 1;
  }
  return from;
}

/** Half a pixel is no cut ear. */
const TOLERANCE = 0.5;

function holds(start: number, length: number, from: number, size: number): boolean {
  return from >= start - TOLERANCE && from + size <= start + length + TOLERANCE;
}

function share<Item>(items: readonly Item[], is: (item: Item) => boolean): number {
  return items.filter(is).length / items.length;
}
