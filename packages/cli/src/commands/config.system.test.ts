import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { oddFolder, playhead, startServer } from "../../test/playhead-process.ts";

function configFile(content: object): string {
  const file = join(oddFolder(), "settings.json");
  writeFileSync(file, JSON.stringify(content));
  return file;
}

test("check: every fault on a line of its own, by its path, and exit code 2", async () => {
  const config = configFile({ prt: 1, thresholds: { cpu_percent: 0 }, secret: "hunter2" });
  const { code, stdout, stderr } = await playhead(["config", "check", "--config", config]);
  expect([code, stdout]).toEqual([2, []]);
  expect(stderr.toSorted()).toEqual([
    expect.stringMatching(/^playhead: prt \(.*\): there is no such setting; did you mean port\?$/),
    expect.stringMatching(/^playhead: secret \(.*\): .*\(not shown\)$/),
    expect.stringMatching(/^playhead: thresholds\.cpu_percent \(.*\): .*>=1, got 0$/),
  ]);
});

test("check: what cannot be read at all, and what is right", async () => {
  const config = configFile({});
  writeFileSync(config, "{");
  expect(await playhead(["config", "check", "--config", config])).toMatchObject({
    code: 2,
    stderr: [expect.stringContaining("is not JSON")],
  });
  writeFileSync(config, JSON.stringify({ $schema: "./s.json", log_level: "info" }));
  const { code, stdout } = await playhead(["config", "check", "--config", config, "--json"]);
  expect([code, ...stdout.map((line) => JSON.parse(line))]).toEqual([
    0,
    { type: "result", ok: true, waiting_for_restart: [] },
  ]);
});

test("check: what a server that runs would take at its next start only", async () => {
  const data = join(oddFolder(), "data");
  const config = configFile({ data });
  await startServer(data, ["--config", config]);
  writeFileSync(config, JSON.stringify({ data, time_zone: "Europe/Berlin", log_level: "info", port: 9 }));
  const { code, stdout } = await playhead(["config", "check", "--config", config]);
  expect([code, ...stdout]).toEqual([
    0,
    expect.stringContaining("The configuration is right: 4 settings set"),
    expect.stringContaining('time_zone waits for a restart of the server: there it is "UTC"'),
  ]);
});

test("show: each value with where it comes from, and no secret", async () => {
  const config = configFile({ log_level: "info", secret: "hunter2-".repeat(5) });
  const { code, stdout } = await playhead(["config", "show", "--config", config], {
    environment: { MONITORING_CPU_THRESHOLD: "50" },
  });
  const line = (key: string) => stdout.find((each) => each.startsWith(`${key} `))?.replaceAll(/ {2,}/g, "  ");
  expect(code).toBe(0);
  expect(line("log_level")).toBe(`log_level  info  ${config}`);
  expect(line("thresholds.cpu_percent")).toBe("thresholds.cpu_percent  50  MONITORING_CPU_THRESHOLD");
  expect(line("port")).toBe("port  8765");
  expect(line("secret")).toBe(`secret  (not shown)  ${config}`);
  expect(stdout.join()).not.toContain("hunter2");
});

test("schema: JSON Schema, for editors", async () => {
  const { code, stdout } = await playhead(["config", "schema"]);
  expect([code, JSON.parse(stdout.join("\n"))]).toEqual([
    0,
    expect.objectContaining({ type: "object", additionalProperties: false }),
  ]);
});
