import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isStill, maxJerkOf, positionAt } from "./camera-path.ts";
import type { Face } from "./face.ts";
import { followFaces, MAX_JERK } from "./follow.ts";
import { castScene, frameShot } from "./frame-scene.ts";
import { frameSpeakers, speakersOf, speakerWindow } from "./frame-speakers.ts";
import type { FaceTrack } from "./tracks.ts";

const PICTURE = { width: 1280, height: 720 };
const WINDOW = { width: 405, height: 720 };
const SHOT = { startSec: 0, endSec: 6 };
/** Of sums of fractions, in pixels. */
const ROUNDING = 1e-9;

const face = (x: number, width = 100, y = 300): Face => ({
  x: x - width / 2,
  y,
  width,
  height: width,
  confidence: 0.8,
});

/** Someone whose middle is where a function says, as seen twice a second. */
function track(at: (timeSec: number) => number, width = 100, fromSec = 0, toSec = 6): FaceTrack {
  const times = Array.from({ length: Math.round((toSec - fromSec) * 2) + 1 }, (_, i) => fromSec + i / 2);
  const [first = 0, ...rest] = times;
  const point = (timeSec: number) => ({ timeSec, face: face(at(timeSec), width) });
  return { points: [point(first), ...rest.map(point)] };
}

describe("a face in a window", () => {
  test("that it never leaves: the camera stands still, the face around its middle", () => {
    const { camera } = followFaces(SHOT, [track((timeSec) => 900 + 20 * Math.sin(timeSec))], WINDOW, PICTURE);
    expect(camera && [isStill(camera.x), isStill(camera.y)]).toEqual([true, true]);
    expect(Math.abs((camera?.x.points[0] ?? 0) + WINDOW.width / 2 - 900)).toBeLessThan(15);
  });

  test("near the edge of the picture: the window stays inside", () => {
    const { camera } = followFaces(SHOT, [track(() => 40)], WINDOW, PICTURE);
    expect(camera?.x.points[0]).toBe(0);
  });

  test.each([
    { name: "as wide as the window", subjects: [track(() => 640, 390)], reason: "faces_do_not_fit" },
    { name: "two far apart", subjects: [track(() => 200), track(() => 1000)], reason: "faces_do_not_fit" },
    { name: "one that jumps to and fro", subjects: [track((t) => (t % 2 < 1 ? 200 : 1000))], reason: "faces_too_fast" },
    { name: "two close together", subjects: [track(() => 600, 80), track(() => 720, 80)], reason: null },
    {
      name: "one after the other, far apart",
      subjects: [track(() => 640, 90, 0, 2), track(() => 700, 90, 3, 6)],
      reason: null,
    },
  ])("$name: $reason", ({ subjects, reason }) => {
    const following = followFaces(SHOT, subjects, WINDOW, PICTURE);
    expect(following.reason).toBe(reason);
    expect(following.camera === null).toBe(reason !== null);
  });

  test("walks and waves of any kind: inside the picture, within the jerk; and if it follows, the face is in it", () => {
    const wave = fc.record({
      middle: fc.integer({ min: 0, max: 1280 }),
      swing: fc.integer({ min: 0, max: 600 }),
      everySec: fc.double({ min: 1, max: 20, noNaN: true }),
      width: fc.integer({ min: 30, max: 300 }),
      endSec: fc.double({ min: 0.04, max: 20, noNaN: true }),
    });
    fc.assert(
      fc.property(wave, ({ middle, swing, everySec, width, endSec }) => {
        const at = (timeSec: number) => middle + swing * Math.sin((timeSec * 2 * Math.PI) / everySec);
        const subject = track(at, width, 0, Math.ceil(endSec));
        const { camera } = followFaces({ startSec: 0, endSec }, [subject], WINDOW, PICTURE);
        if (camera === null) return;
        expect(maxJerkOf(camera.x)).toBeLessThanOrEqual(MAX_JERK * WINDOW.width);
        expect(maxJerkOf(camera.y)).toBeLessThanOrEqual(MAX_JERK * WINDOW.height);
        const times = Array.from({ length: 50 }, (_, i) => ((i + 0.5) * endSec) / 50);
        const inside = times.filter((timeSec) => {
          const x = positionAt(camera.x, timeSec);
          expect(x).toBeGreaterThanOrEqual(-ROUNDING);
          expect(x).toBeLessThanOrEqual(PICTURE.width - WINDOW.width + ROUNDING);
          // As it is known: between two looks on the straight way.
          const [from, to] = [Math.floor(timeSec * 2) / 2, Math.ceil(timeSec * 2) / 2];
          const share = (timeSec - from) * 2;
          const now = at(from) * (1 - share) + at(to) * share;
          const [left, right] = [Math.max(0, now - width / 2), Math.min(PICTURE.width, now + width / 2)];
          return right <= left || (left >= x - 2 && right <= x + WINDOW.width + 2);
        });
        expect(inside.length / times.length).toBeGreaterThanOrEqual(0.9);
      }),
    );
  });
});

describe("a scene", async () => {
  const looks = Array.from({ length: 12 }, (_, i) => ({
    timeSec: i / 2,
    faces: i < 6 ? [face(300), face(900, 95)] : [face(1000), face(200, 30)],
  }));
  const cast = await castScene(
    {
      shots: [
        { startSec: 0, endSec: 3 },
        { startSec: 3, endSec: 6 },
      ],
      looks,
    },
    PICTURE,
  );

  test("has its own subjects in each shot: two who are nearly as large, and not one who is far behind", () => {
    expect(cast.map(({ subjects }) => subjects.map(({ points }) => points[0].face.width))).toEqual([[95, 100], [100]]);
  });

  test("is framed shot by shot", () => {
    const framings = cast.map((each) => frameShot(each, WINDOW, PICTURE));
    expect(framings.map(({ kind, reason }) => [kind, reason])).toEqual([
      ["whole", "faces_do_not_fit"],
      ["window", null],
    ]);
    const nobody = frameShot({ shot: SHOT, subjects: [] }, WINDOW, PICTURE);
    expect(nobody).toMatchObject({ kind: "window", reason: "no_faces", camera: { x: { points: [437.5, 437.5] } } });
  });

  test("has two speakers where both are seen together, the left one first", () => {
    const [first, second] = cast.map(speakersOf);
    expect(first?.map(({ points }) => points[0].face.x)).toEqual([250, 852.5]);
    expect(second).toBeNull();
    const oneByOne = { shot: SHOT, subjects: [track(() => 300, 100, 0, 2), track(() => 900, 100, 3, 6)] };
    expect(speakersOf(oneByOne)).toBeNull();
  });

  test("gives each speaker a window without the other", () => {
    const pair = cast.flatMap((each) => speakersOf(each) ?? []);
    const [left, right] = pair;
    if (left === undefined || right === undefined) throw new Error("expected two speakers");
    const window = speakerWindow([[left, right]], 9 / 8, PICTURE);
    expect(window).toEqual({ width: 337, height: 300 });
    const framing = frameSpeakers({ startSec: 0, endSec: 3 }, [left, right], window, PICTURE);
    const [upper, lower] = framing?.cameras ?? [];
    expect(upper && positionAt(upper.x, 1) + window.width).toBeLessThan(852);
    expect(lower && positionAt(lower.x, 1)).toBeGreaterThan(350);
  });
});
