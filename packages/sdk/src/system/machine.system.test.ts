import { expect, onTestFinished, test } from "vitest";
import { openMachine } from "./machine.ts";

/** Longer than a busy machine lets anybody wait whose turn it is. */
const BLOCKED_MS = 1_000;

test("a loop that was blocked is told, and not again the next time", async () => {
  const machine = openMachine({ folder: "/", tempFolder: "/nowhere" });
  onTestFinished(machine.close);
  const looked = () => new Promise((resolve) => setTimeout(resolve, 45));
  await looked();
  await machine.read();
  await looked();
  const untilMs = performance.now() + BLOCKED_MS + 50;
  while (performance.now() < untilMs);
  await looked();
  expect((await machine.read()).event_loop_delay_ms).toBeGreaterThan(BLOCKED_MS);
  const { event_loop_delay_ms } = await machine.read();
  expect(event_loop_delay_ms ?? 0).toBeLessThan(BLOCKED_MS);
});
