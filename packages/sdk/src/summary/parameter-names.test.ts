import { expect, test } from "vitest";
import { parameterNames } from "./parameter-names.ts";

test.for<{ readonly source: string; readonly names: readonly string[] }>([
  { source: "function f(a, b) {}", names: ["a", "b"] },
  { source: "async (url, { token } = {}, ...rest) => 1", names: ["url", "1", "2"] },
  { source: "x => x", names: ["x"] },
  { source: "async x => x", names: ["x"] },
  { source: "function login(/* who, */ user, // (how\n password = ')(', $n) {}", names: ["user", "password", "$n"] },
  { source: "['(odd)'](a) {}", names: ["a"] },
  { source: "async *items(from, to = [1, 2].length,) {}", names: ["from", "to"] },
  { source: "static get value() {}", names: [] },
  { source: "function max() { [native code] }", names: [] },
  { source: "function broken(a, b", names: [] },
])("$source", ({ source, names }) => {
  expect(parameterNames(source)).toEqual(names);
});
