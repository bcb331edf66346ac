import { expect, test } from "vitest";
import { startTestServer } from "../test/start-server.ts";
import { builtInRules } from "./alerts/rules/built-in-rules.ts";
import { DEFAULT_THRESHOLDS } from "./engine-alerts.ts";

/** Looked at by who knows ffmpeg: the command line. */
const FROM_OUTSIDE = ["ffmpeg"];

test("the built-in rules about components name components that are looked at", async () => {
  const { server } = await startTestServer();
  const { checks } = await server.health.report();
  const known = [...checks.map(({ component }) => component), ...FROM_OUTSIDE];
  const rules = builtInRules(DEFAULT_THRESHOLDS, "2026-11-21T10:00:00.000Z");
  const named = rules.flatMap(({ scope }) => scope.component ?? []);
  expect(named.length).toBeGreaterThan(1);
  expect(known).toEqual(expect.arrayContaining(named));
});
