import type { FrameSize } from "@playhead/ffmpeg";
import { type CameraPath, isStill, type PathPiece, pieceAt } from "./camera-path.ts";
import type { Camera } from "./follow.ts";

/** A window of the picture, moved by cameras that follow each other, one a shot. */
export interface MovingWindow {
  /** Names the filter that moves; unique in the graph, lowercase letters. */
  readonly name: string;
  readonly window: FrameSize;
  /** Of the whole picture. */
  readonly picture: FrameSize;
  /** What the window is scaled to. */
  readonly output: FrameSize;
  /** At least one, in order of time. */
  readonly cameras: readonly Camera[];
  /** Where the scene begins in the time of the filters, in seconds. */
  readonly filterStartSec: number;
  /** How long a frame of the source is shown, about. */
  readonly frameSec: number;
}

/** One argument of a program has 128 kB at most: longer paths are followed more coarsely. */
const MAX_COMMANDS_LENGTH = 90_000;

/**
 * The ffmpeg filters that show a moving window. What is never seen is cut off first; then the picture is scaled, and
 * only then the window cut out of it, so that it moves in pixels of the clip and not in the larger ones of the source.
 * Each piece of the path is handed over as its formula, and so met at each frame, whatever the rate of the video.
 */
export function windowFilters(moving: MovingWindow): string {
  const { name, window, output, cameras } = moving;
  const part = partSeen(moving);
  const cut = `crop=${part.width}:${part.height}:${part.x}:${part.y}:exact=1`;
  const still = cameras.every(
    ({ x, y }) => isStill(x) && isStill(y) && isSame(x, cameras[0]?.x) && isSame(y, cameras[0]?.y),
  );
  if (still) return `${cut},scale=${output.width}:${output.height}`;
  const scaled = {
    width: Math.max(output.width, Math.round((part.width * output.width) / window.width)),
    height: Math.max(output.height, Math.round((part.height * output.height) / window.height)),
  };
  const axes = {
    x: { from: part.x, scale: scaled.width / part.width },
    y: { from: part.y, scale: scaled.height / part.height },
  };
  const commands = commandsOf(moving, axes);
  return (
    `sendcmd=c='${commands}',${cut},scale=${scaled.width}:${scaled.height},` +
    `crop@${name}=${output.width}:${output.height}:0:0:exact=1`
  );
}

/** The part of the picture that any camera ever shows, in whole pixels. */
function partSeen({ cameras, window, picture }: MovingWindow) {
  const span = (paths: readonly CameraPath[], length: number, room: number) => {
    const points = paths.flatMap((path) => path.points);
    // A path never leaves the range of its points.
    const least = points.reduce((a, b) => Math.min(a, b), room);
    const most = points.reduce((a, b) => Math.max(a, b), 0);
    // Where nothing moves, a pixel more would be a scaling of its own.
    const from = Math.min(room - length, most - least < 1 ? Math.round(least) : Math.floor(least));
    const to = most - least < 1 ? from + length : Math.min(room, Math.ceil(most + length));
    return [Math.max(0, from), to - Math.max(0, from)] as const;
  };
  const [x, width] = span(
    cameras.map((camera) => camera.x),
    window.width,
    picture.width,
  );
  const [y, height] = span(
    cameras.map((camera) => camera.y),
    window.height,
    picture.height,
  );
  return { x, y, width, height };
}

interface AxisScale {
  readonly from: number;
  readonly scale: number;
}

type AxisScales = Readonly<Record<"x" | "y", AxisScale>>;

function commandsOf(moving: MovingWindow, axes: AxisScales): string {
  for (let stride = 1; ; stride *= 2) {
    const commands = moving.cameras.flatMap((camera, i) => cameraCommands(camera, i === 0, stride, moving, axes));
    const text = commands.join(";");
    if (text.length <= MAX_COMMANDS_LENGTH || stride > moving.cameras.reduce((n, { x }) => n + x.points.length, 1)) {
      return text;
    }
  }
}

function cameraCommands(
  camera: Camera,
  isFirst: boolean,
  stride: number,
  { name, filterStartSec, frameSec }: MovingWindow,
  axes: AxisScales,
): readonly string[] {
  const [x, y] = [coarser(camera.x, stride), coarser(camera.y, stride)];
  // A shot begins half a frame early, so that a rounded time never shows its first frame through the last window.
  const startSec = filterStartSec + x.startSec - (isFirst ? 0 : frameSec / 2);
  const before: Partial<Record<"x" | "y", string>> = {};
  const lines: string[] = [];
  for (let k = 0; k < x.points.length - 1; k++) {
    const sets = [
      ["x", formula(pieceAt(x, k), axes.x)] as const,
      ["y", formula(pieceAt(y, Math.min(k, y.points.length - 2)), axes.y)] as const,
    ].filter(([axis, text]) => before[axis] !== text);
    for (const [axis, text] of sets) before[axis] = text.includes("TI") ? "" : text;
    if (sets.length === 0) continue;
    const [fromSec, toSec] = [startSec + k * x.stepSec, startSec + (k + 1) * x.stepSec];
    const commands = sets.map(([axis, text]) => `[expr] crop@${name} ${axis} ${text}`);
    lines.push(`${seconds(fromSec)}-${seconds(toSec)} ${commands.join(",")}`);
  }
  return lines;
}

/** Every so many points of a path; its last one stays. */
function coarser(path: CameraPath, stride: number): CameraPath {
  if (stride === 1) return path;
  const steps = Math.max(1, Math.floor((path.points.length - 1) / stride));
  const last = path.points.length - 1;
  const points = Array.from({ length: steps + 1 }, (_, k) => path.points[Math.round((k * last) / steps)] ?? 0);
  return { startSec: path.startSec, stepSec: (path.stepSec * last) / steps, points };
}

/** A piece of a path in pixels of the scaled picture, as the filter reads it, which rounds down. */
function formula([a, b, c, d]: PathPiece, { from, scale }: AxisScale): string {
  const start = decimal((a - from) * scale + 0.5);
  const [rise, bend, turn] = [decimal(b * scale), decimal(c * scale), decimal(d * scale)];
  return rise === "0" && bend === "0" && turn === "0" ? start : `${start}+TI*(${rise}+TI*(${bend}+TI*(${turn})))`;
}

/** A hundredth of a pixel is fine enough; never `-0` or `1e-7`. */
function decimal(value: number): string {
  return String(Number(value.toFixed(2)) || 0);
}

function seconds(value: number): string {
  return String(Number(Math.max(0, value).toFixed(6)));
}

function isSame(path: CameraPath, other: CameraPath | undefined): boolean {
  return path.points[0] === other?.points[0];
}
