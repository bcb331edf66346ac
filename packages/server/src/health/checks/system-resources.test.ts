import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { resultOf } from "../../../test/check-result.ts";
import { tempFolder } from "../../../test/temp-folder.ts";
import { DEFAULT_HEALTH } from "../health-settings.ts";
import { openMachine } from "../machine.ts";
import { systemResourcesCheck } from "./system-resources.ts";

const thresholds = () => DEFAULT_HEALTH.thresholds;

describe("system resources", () => {
  const resources = (cpuPercent: number | null, usedPercent: number, dataFolder = tempFolder()) =>
    resultOf(
      systemResourcesCheck({
        dataFolder,
        machine: { cpuPercent: () => cpuPercent, memory: () => ({ usedPercent, freeBytes: 2.5e9 }) },
        // What this machine's disk is like is not the question here.
        thresholds: () => ({ ...thresholds(), disk_percent: 100 }),
      }),
    );

  test.each([
    { name: "well", cpu: 79.9, memory: 79.9, status: "healthy", message: /^processor 80 %, memory 80 %, disk \d+ %$/ },
    { name: "not measured yet", cpu: null, memory: 10, status: "healthy", message: /^memory 10 %/ },
    { name: "a busy processor", cpu: 99, memory: 10, status: "warning", message: /^the processor is 99 % busy$/ },
    { name: "little memory", cpu: 5, memory: 80, status: "warning", message: /^memory is 80 % used, 2\.5 GB free$/ },
    {
      name: "no memory",
      cpu: 99,
      memory: 95.2,
      status: "critical",
      message: /^memory is 95 % used, .*; the processor/,
    },
  ])("$name", async ({ cpu, memory, status, message }) => {
    expect(await resources(cpu, memory)).toMatchObject({ status, message: expect.stringMatching(message) });
  });

  test("a data folder that is gone fails the check", async () => {
    await expect(resources(5, 5, join(tempFolder(), "gone"))).rejects.toThrow("ENOENT");
  });

  test("are really read", async () => {
    const machine = openMachine();
    onTestFinished(machine.close);
    const check = systemResourcesCheck({ dataFolder: tempFolder(), machine, thresholds });
    const { details } = await resultOf(check);
    for (const name of ["memory_percent", "disk_percent"]) {
      expect(details?.[name]).toBeGreaterThan(0);
      expect(details?.[name]).toBeLessThanOrEqual(100);
    }
  });
});
