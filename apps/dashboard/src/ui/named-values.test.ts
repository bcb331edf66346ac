import { expect, test } from "vitest";
import { namedValues } from "./named-values.ts";

test("plain values are named, with the units that their names tell; the rest is left out", () => {
  const sent = {
    output_bytes: 48_200_000,
    encode_ms: 92_000,
    render_sec: 4.61,
    speed_ratio: 1.974,
    best_style: "split",
    fps: 53.1,
    _ms: 1,
    nested: { a: 1 },
    none: null,
  };
  expect(namedValues(sent)).toEqual([
    ["Output", "48 MB"],
    ["Encode", "1 m 32 s"],
    ["Render", "4.6 s"],
    ["Speed", "1.97×"],
    ["Best style", "split"],
    ["Fps", "53.1"],
    [" ms", "1"],
  ]);
});
