import { expect, onTestFinished, test } from "vitest";
import { openMachine } from "./machine.ts";

test("a loop that was blocked is told, and not again the next time", async () => {
  const machine = openMachine({ folder: "/", tempFolder: "/nowhere" });
  onTestFinished(machine.close);
  const looked = () => new Promise((resolve) => setTimeout(resolve, 45));
  await looked();
  await machine.read();
  await looked();
  const untilMs = performance.now() + 150;
  while (performance.now() < untilMs);
  await looked();
  expect((await machine.read()).event_loop_delay_ms).toBeGreaterThan(100);
  const { event_loop_delay_ms } = await machine.read();
  expect(event_loop_delay_ms ?? 0).toBeLessThan(100);
});
