import { expect, test } from "vitest";
import { createChartGroup } from "./chart-group.ts";

function setup() {
  const group = createChartGroup();
  const heard: unknown[] = [];
  const end = group.subscribe(() => heard.push([group.cursorMs, group.rangeMs]));
  return { group, heard, end };
}

test("who listens is told of each change, and of nothing else", () => {
  const { group, heard, end } = setup();
  const range = { fromMs: 1, toMs: 9 };
  group.setCursor(5);
  group.setCursor(5);
  group.setRange(range);
  group.setRange({ ...range });
  group.setCursor(null);
  group.setRange(null);
  end();
  group.setCursor(7);
  expect(heard).toEqual([
    [5, null],
    [5, range],
    [null, range],
    [null, null],
  ]);
});

test.each([
  [4, 4],
  [5, 4],
  [Number.NaN, 4],
])("a range from %d to %d is none", (fromMs, toMs) => {
  const { group, heard } = setup();
  group.setRange({ fromMs, toMs });
  expect([group.rangeMs, heard]).toEqual([null, []]);
});
