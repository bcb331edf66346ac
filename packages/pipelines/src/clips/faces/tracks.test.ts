import fc from "fast-check";
import { expect, test } from "vitest";
import type { Face, Look } from "./face.ts";
import { trackFaces } from "./tracks.ts";

const face = (x: number, width = 100, y = 100): Face => ({ x, y, width, height: width, confidence: 0.8 });
/** Looks twice a second; each has the faces at these places. */
const looksAt = (...xs: readonly (readonly number[])[]): readonly Look[] =>
  xs.map((each, i) => ({ timeSec: i / 2, faces: each.map((x) => face(x)) }));
const placesOf = (looks: readonly Look[]) =>
  trackFaces(looks).map(({ points }) => points.map((point) => [point.timeSec, point.face.x]));

test.each([
  { name: "nobody", given: looksAt([], []), expected: [] },
  { name: "one who stays", given: looksAt([10], [12], [9]), expected: [[10, 12, 9]] },
  {
    name: "two apart",
    given: looksAt([0, 500], [510, 5]),
    expected: [
      [0, 5],
      [500, 510],
    ],
  },
  { name: "a gap is bridged", given: looksAt([0], [], [], [30]), expected: [[0, 30]] },
  {
    name: "a long one is not",
    given: looksAt([0], [0], [], [], [], [30], [30]),
    expected: [
      [0, 0],
      [30, 30],
    ],
  },
  { name: "who moves fast, but evenly", given: looksAt([0], [150], [350], [560]), expected: [[0, 150, 350, 560]] },
  {
    name: "who comes too far is another one",
    given: looksAt([0], [0], [900], [900]),
    expected: [
      [0, 0],
      [900, 900],
    ],
  },
  { name: "what is seen once is not believed", given: looksAt([0], [0, 700], [0]), expected: [[0, 0, 0]] },
  { name: "… unless there were but two looks", given: looksAt([0], []), expected: [[0]] },
])("$name", ({ given, expected }) => {
  expect(placesOf(given).map((track) => track.map(([, x]) => x))).toEqual(expected);
});

test("who passes in front of the other keeps to the own way", () => {
  const crossing = looksAt([0, 400], [100, 300], [210, 190], [300, 100], [400, 0]);
  expect(placesOf(crossing).map((track) => track.map(([, x]) => x))).toEqual([
    [0, 100, 210, 300, 400],
    [400, 300, 190, 100, 0],
  ]);
});

test("a face that is suddenly twice as large is another one", () => {
  const looks = [40, 40, 120, 120].map((width, i) => ({ timeSec: i / 2, faces: [face(0, width)] }));
  expect(trackFaces(looks)).toHaveLength(2);
});

test("what flickers is dropped", () => {
  const looks = looksAt([0], [], [], [0], [], [], [0], [], [], [0]);
  expect(trackFaces(looks)).toEqual([]);
});

const wildLooks = fc
  .array(fc.array(fc.tuple(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 20, max: 200 })), { maxLength: 4 }), {
    maxLength: 30,
  })
  .map((all): readonly Look[] =>
    all.map((each, i) => ({ timeSec: i / 2, faces: each.map(([x, width]) => face(x, width)) })),
  );

test("each face is in one track at most, each track in order of time and once a look", () => {
  fc.assert(
    fc.property(wildLooks, (looks) => {
      const tracks = trackFaces(looks);
      const all = tracks.flatMap(({ points }) => points.map((point) => point.face));
      expect(new Set(all).size).toBe(all.length);
      for (const { points } of tracks) {
        const times = points.map(({ timeSec }) => timeSec);
        expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b));
      }
    }),
  );
});
