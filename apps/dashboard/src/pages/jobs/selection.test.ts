import { expect, test } from "vitest";
import { extendTo, NONE, toggleAll, toggleOne } from "./selection.ts";

const ORDER = ["a", "b", "c", "d", "e"];
const said = ({ ids }: { readonly ids: ReadonlySet<string> }) => [...ids].sort().join("");

test("one on, one off", () => {
  const one = toggleOne(NONE, "b");
  expect(said(one)).toBe("b");
  expect(said(toggleOne(one, "b"))).toBe("");
});

test.each([
  { name: "down", on: ["b"], to: "d", chosen: "bcd" },
  { name: "up", on: ["d"], to: "b", chosen: "bcd" },
  { name: "beside others", on: ["a", "d"], to: "e", chosen: "ade" },
  { name: "off, from one that was switched off", on: ["b", "c", "d", "b"], to: "c", chosen: "d" },
  { name: "without a beginning", on: [], to: "c", chosen: "c" },
  { name: "from one that is no longer listed", on: ["x"], to: "c", chosen: "cx" },
])("a range $name", ({ on, to, chosen }) => {
  expect(said(extendTo(on.reduce(toggleOne, NONE), to, ORDER))).toBe(chosen);
});

test("all, and none again", () => {
  const all = toggleAll(toggleOne(NONE, "b"), ORDER);
  expect(said(all)).toBe("abcde");
  expect(toggleAll(all, ORDER)).toBe(NONE);
});
