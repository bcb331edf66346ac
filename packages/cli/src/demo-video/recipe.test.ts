import { planTask } from "@playhead/ffmpeg";
import { expect, test } from "vitest";
import { DEMO_DURATION_SEC, demoVideoTask } from "./recipe.ts";

test("the recipe is a plan of one pass and a minute", () => {
  const plan = planTask(demoVideoTask("/tmp/demo.mp4"));
  expect(plan).toMatchObject({ expectedDurationSec: DEMO_DURATION_SEC, passes: [{ kind: "encode", weight: 1 }] });
});

test("every label of the graph is made once and used once", () => {
  const { filterGraph = "", inputs, maps = [] } = demoVideoTask("/tmp/demo.mp4");
  const labels = [...filterGraph.matchAll(/\[(\w+)\]/g)].map(([, label]) => label);
  const uses = Map.groupBy([...labels, ...maps.map((map) => map.slice(1, -1))], (label) => label);
  for (const [label, found] of uses)
    expect({ label, count: found.length }).toEqual({ label, count: /^\d+$/.test(label ?? "") ? 1 : 2 });
  expect([...uses.keys()].filter((label) => /^\d+$/.test(label ?? ""))).toHaveLength(inputs.length);
});
