import { expect, test } from "vitest";
import { windowFilters } from "./camera-filters.ts";
import { stillPath } from "./camera-path.ts";
import { layered } from "./layers.ts";

const PICTURE = { width: 1280, height: 720 };
const MOVING = {
  name: "face",
  window: { width: 405, height: 720 },
  picture: PICTURE,
  output: { width: 720, height: 1280 },
  filterStartSec: 0,
  frameSec: 0.04,
};
const still = (startSec: number, endSec: number, x: number) => ({
  x: stillPath(startSec, endSec, x),
  y: stillPath(startSec, endSec, 0),
});

test("a camera that stands still is a crop, and costs no more than one", () => {
  const cameras = [still(0, 2, 100.4), still(2, 4, 100.4)];
  expect(windowFilters({ ...MOVING, cameras })).toBe("crop=405:720:100:0:exact=1,scale=720:1280");
});

test("one that stands elsewhere in the next shot is told so half a frame before; what is never seen is cut off", () => {
  const cameras = [still(0, 2, 100), still(2, 4, 500)];
  expect(windowFilters({ ...MOVING, filterStartSec: 10, cameras })).toBe(
    "sendcmd=c='10-12 [expr] crop@face x 0.5,[expr] crop@face y 0.5;11.98-13.98 [expr] crop@face x 711.56,[expr] crop@face y 0.5'," +
      "crop=805:720:100:0:exact=1,scale=1431:1280,crop@face=720:1280:0:0:exact=1",
  );
});

test("an hour of walking to and fro is still one argument of a program", () => {
  const points = Array.from({ length: 7_201 }, (_, k) => 400 + 300 * Math.sin(k / 20));
  const x = { startSec: 0, stepSec: 0.5, points };
  const filters = windowFilters({ ...MOVING, cameras: [{ x, y: stillPath(0, 3_600, 0) }] });
  expect(filters.length).toBeLessThan(100_000);
  expect(filters.length).toBeGreaterThan(20_000);
});

test("layers are seen in their shots; one that is never seen is not made", () => {
  const [a, b, c] = [
    { filters: "A", shots: [{ startSec: 0, endSec: 2 }] },
    { filters: "B", shots: [] },
    {
      filters: "C",
      shots: [
        { startSec: 2, endSec: 3 },
        { startSec: 4, endSec: 5 },
      ],
    },
  ];
  const clock = { filterStartSec: 1, frameSec: 0.04 };
  expect(layered([a, b], clock)).toBe("A");
  expect(layered([a, b, c], clock)).toBe(
    "split=2[layer0][layer1];[layer0]A[shown0];[layer1]C[shown1];" +
      "[shown0][shown1]overlay=enable='gte(t,2.98)*lt(t,3.98)+gte(t,4.98)'",
  );
});
