import { expect, test } from "vitest";
import { findStyles, STYLES } from "./registry.ts";
import type { StyleProcessor } from "./style.ts";

const own: StyleProcessor = {
  name: "sepia_2",
  title: "Sepia",
  cost: 1.1,
  size: () => ({ width: 2, height: 2 }),
  filters: () => "null",
};

test("all styles, your own included, unless some are named; each once, in that order", () => {
  expect(findStyles(undefined)).toEqual(STYLES);
  expect(findStyles(undefined, [own])).toEqual([...STYLES, own]);
  const names = findStyles(["split", "sepia_2", "split", "original"], [own]).map(({ name }) => name);
  expect(names).toEqual(["split", "sepia_2", "original"]);
});

test("an unknown one is refused with all that there are", () => {
  expect(() => findStyles(["original", "Split"], [own])).toThrow(
    expect.objectContaining({
      code: "style_unknown",
      message: 'there is no style "Split"',
      hint: "choose from original, center_focus, left_focus, right_focus, blur_background, split, intelligent, intelligent_split, sepia_2",
    }),
  );
});

test.each([
  { given: { name: "Sepia" }, says: /expected name to be 1 to 40/ },
  { given: { name: "a/b" }, says: /expected name to be 1 to 40/ },
  { given: { name: "original" }, says: /is not taken, got "original"/ },
  { given: { cost: -1 }, says: /over 0, got -1/ },
  { given: { cost: Number.NaN }, says: /over 0, got NaN/ },
])("a style of yours with $given is refused", ({ given, says }) => {
  expect(() => findStyles(undefined, [{ ...own, ...given }])).toThrow(
    expect.objectContaining({ code: "invalid_request", message: expect.stringMatching(says) }),
  );
});
