import { type Gate, tautString } from "./taut-string.ts";

/**
 * How a camera moves along one axis through a shot: a uniform cubic B-spline. It is smooth up to its acceleration, its
 * jerk is even between two points, and it never leaves the range of its points.
 */
export interface CameraPath {
  readonly startSec: number;
  /** Time between two points, over 0. */
  readonly stepSec: number;
  /** At least two, the first at `startSec`, the last where the shot ends; there the camera comes to rest. */
  readonly points: readonly number[];
}

/** A piece of a path between two of its points: `a + u·b + u²·c + u³·d`, with u from 0 to 1. */
export type PathPiece = readonly [a: number, b: number, c: number, d: number];

/** Where the camera has to be at a moment of the shot; from there the path is free to differ a little. */
export type GateAt = (timeSec: number) => Gate;

/**
 * Finds the path of a camera through a shot: it stands still if it can, else it moves as little as it must, at an even
 * speed, and never jerks. Pure.
 *
 * @param shot its times, in seconds
 * @param gateAt where the camera has to be; the path may leave it where smoothness asks for it
 * @param wanted where it is, if it can stay there all the time
 * @param limits `stepSec` over 0: how close the points are, about; `maxJerk` over 0, a second cubed
 */
export function planPath(
  { startSec, endSec }: { readonly startSec: number; readonly endSec: number },
  gateAt: GateAt,
  wanted: number,
  limits: { readonly stepSec: number; readonly maxJerk: number },
): CameraPath {
  const steps = Math.max(1, Math.round((endSec - startSec) / limits.stepSec));
  const stepSec = (endSec - startSec) / steps;
  const gates = Array.from({ length: steps + 1 }, (_, k) => gateAt(startSec + k * stepSec));
  let path: CameraPath = { startSec, stepSec, points: tautString(gates, wanted) };
  // Each smoothing evens out what changes fast, so that the jerk goes down with every turn.
  while (maxJerkOf(path) > limits.maxJerk) path = { ...path, points: smoothed(path.points) };
  return path;
}

/** A camera that stands still. */
export function stillPath(startSec: number, endSec: number, value: number): CameraPath {
  return { startSec, stepSec: endSec - startSec, points: [value, value] };
}

/** Where the camera is at a time; before its beginning and after its end, where it is then. */
export function positionAt(path: CameraPath, timeSec: number): number {
  const last = path.points.length - 2;
  const along = Math.min(last + 1, Math.max(0, (timeSec - path.startSec) / path.stepSec));
  const k = Math.min(last, Math.floor(along));
  const [a, b, c, d] = pieceAt(path, k);
  const u = along - k;
  return a + u * (b + u * (c + u * d));
}

/** The piece from point `k` to the next. */
export function pieceAt({ points }: CameraPath, k: number): PathPiece {
  const [p, q, r, s] = [mirrored(points, k - 1), mirrored(points, k), mirrored(points, k + 1), mirrored(points, k + 2)];
  return [(p + 4 * q + r) / 6, (r - p) / 2, (p - 2 * q + r) / 2, (s - 3 * r + 3 * q - p) / 6];
}

/** The highest jerk of a path, in units a second cubed. */
export function maxJerkOf(path: CameraPath): number {
  let most = 0;
  for (let k = 0; k < path.points.length - 1; k++) most = Math.max(most, Math.abs(pieceAt(path, k)[3]));
  return (most * 6) / path.stepSec ** 3;
}

/** Whether it never moves. */
export function isStill({ points }: CameraPath): boolean {
  return points.every((point) => point === points[0]);
}

function smoothed(points: readonly number[]): readonly number[] {
  return points.map((point, k) => (mirrored(points, k - 1) + 2 * point + mirrored(points, k + 1)) / 4);
}

/** Points beyond the ends are those within, in a mirror: so the camera is at rest there. */
function mirrored(points: readonly number[], k: number): number {
  const last = points.length - 1;
  const at = k < 0 ? -k : k > last ? 2 * last - k : k;
  return points[at] ?? points[0] ?? 0;
}
