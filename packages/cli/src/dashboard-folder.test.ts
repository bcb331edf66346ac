import { expect, test } from "vitest";
import { dashboardFolder } from "./dashboard-folder.ts";

test.each([
  { name: "the sources of a clone", code: "/clone/packages/cli/src", expected: "/clone/apps/dashboard/dist" },
  {
    name: "an installed package",
    code: "/app/node_modules/playhead/dist",
    expected: "/app/node_modules/playhead/dist/dashboard",
  },
])("for $name", ({ code, expected }) => {
  expect(dashboardFolder(code)).toBe(expected);
});
