import type { ForecasterBasis } from "@playhead/core";
import { expect, test } from "vitest";
import { explain } from "./explain.ts";

const BASIS: ForecasterBasis = {
  ...{ jobs: 4, pastItems: 212, kind: "render", ownItems: 9, itemsLeft: 3, itemsTotal: 12, slots: 2, pace: null },
};

test.each<{ name: string; basis: Partial<ForecasterBasis>; said: string }>([
  { name: "with a past", basis: {}, said: "based on 212 renders like these; 3 of 12 items left; two at a time" },
  {
    name: "one of each",
    basis: { pastItems: 1, itemsLeft: 1, itemsTotal: 1 },
    said: "based on 1 render like this one; 1 of 1 item left",
  },
  {
    name: "kinds that are no word",
    basis: { kind: "stage:merging" },
    said: "based on 212 pieces like these; 3 of 12 items left; two at a time",
  },
  {
    name: "without a past",
    basis: { pastItems: 0 },
    said: "based on the first 9 renders of this job; nothing like it has run before; 3 of 12 items left; two at a time",
  },
  {
    name: "with nothing",
    basis: { pastItems: 0, ownItems: 0 },
    said: "nothing like it has run before; 3 of 12 items left; two at a time",
  },
  {
    name: "slower",
    basis: { pace: 1.62, slots: 14 },
    said: "based on 212 renders like these; 3 of 12 items left; 14 at a time; slower than usual: each takes 1.6 × as long as in past jobs",
  },
  {
    name: "faster",
    basis: { pace: 0.5 },
    said: "based on 212 renders like these; 3 of 12 items left; two at a time; faster than usual: each takes 0.5 × of the time of past jobs",
  },
  {
    name: "as usual",
    basis: { pace: 1.1 },
    said: "based on 212 renders like these; 3 of 12 items left; two at a time",
  },
])("$name", ({ basis, said }) => {
  const all = { ...BASIS, ...basis };
  expect(explain(all, all.kind)).toBe(said);
});
