import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { PlayheadError } from "@playhead/core";
import { expect, test } from "vitest";
import { tempFolder } from "../../test/temp-folder.ts";
import { configSchema } from "./config.ts";
import { type ConfigSources, readConfig } from "./load-config.ts";
import { settingsOf } from "./settings.ts";

const DEFAULTS = { ...configSchema.parse({}), data: resolve("playhead-data") };

function fileOf(text: string): string {
  const file = join(tempFolder(), "playhead.config.json");
  writeFileSync(file, text);
  return file;
}

const load = (sources: Partial<ConfigSources>) =>
  readConfig({ file: null, environment: {}, flags: {}, ...sources }, configSchema).config;

function faultsOf(sources: Partial<ConfigSources>): readonly string[] {
  try {
    load(sources);
  } catch (error) {
    expect(error).toBeInstanceOf(PlayheadError);
    const { code, detail, hint, message } = error as PlayheadError;
    expect([code, typeof hint]).toEqual(["config_invalid", "string"]);
    const faults = (detail.faults ?? [message]) as string[];
    for (const fault of faults) expect(message).toContain(fault);
    return faults;
  }
  throw new Error("expected the configuration to be refused");
}

test("nothing said gives the defaults: this machine only, port 8765", () => {
  expect(load({})).toEqual(DEFAULTS);
  expect(DEFAULTS).toMatchObject({ host: "127.0.0.1", port: 8765, log_level: "debug", channels: {} });
  expect(DEFAULTS.thresholds).toEqual({
    error_rate: 0.1,
    processing_seconds: 300,
    cpu_percent: 80,
    memory_percent: 80,
    memory_critical_percent: 95,
    disk_percent: 90,
    slow_ratio: 1.5,
  });
  expect(DEFAULTS.health).toEqual({ interval_seconds: 300, cache_seconds: 60, check_limit_ms: 10_000 });
});

test("the environment speaks over the file, and the flags over both", () => {
  const file = fileOf(JSON.stringify({ host: "::1", port: 1, data: "from-file" }));
  const environment = { PLAYHEAD_PORT: "2", PLAYHEAD_DATA: "from-environment" };
  expect(load({ file })).toEqual({ ...DEFAULTS, host: "::1", port: 1, data: resolve("from-file") });
  expect(load({ file, environment })).toEqual({ ...DEFAULTS, host: "::1", port: 2, data: resolve("from-environment") });
  expect(load({ file, environment, flags: { data: "from-flag" } })).toEqual({
    ...DEFAULTS,
    host: "::1",
    port: 2,
    data: resolve("from-flag"),
  });
});

test("PLAYHEAD_CONFIG names the file, and --config speaks over it; empty variables say nothing", () => {
  const file = fileOf(JSON.stringify({ port: 1 }));
  const other = fileOf(JSON.stringify({ port: 2 }));
  expect(load({ environment: { PLAYHEAD_CONFIG: file } }).port).toBe(1);
  expect(load({ file: other, environment: { PLAYHEAD_CONFIG: file } }).port).toBe(2);
  expect(load({ environment: { PLAYHEAD_CONFIG: "", PLAYHEAD_HOST: "", PLAYHEAD_PORT: "" } })).toEqual(DEFAULTS);
});

test("WEBSOCKET_PORT is the port too, where PLAYHEAD_PORT does not say another", () => {
  expect(load({ environment: { WEBSOCKET_PORT: "9000" } }).port).toBe(9000);
  expect(load({ environment: { WEBSOCKET_PORT: "9000", PLAYHEAD_PORT: "0" } }).port).toBe(0);
});

test("a number of the command line may be text, as it was typed", () => {
  expect(load({ flags: { port: "7000" as unknown as number } }).port).toBe(7000);
});

test("every fault is named, with where it was set, what is allowed and what was got", () => {
  const file = fileOf(JSON.stringify({ host: "", data: 7, colour: "red", prot: 1 }));
  const faults = faultsOf({ file, environment: { WEBSOCKET_PORT: "ten" }, flags: { secret: "too short" } });
  expect(faults).toHaveLength(6);
  const about = (start: string) => faults.find((fault) => fault.startsWith(start));
  expect(about(`host (${file}): `)).toMatch(/, got ""$/);
  expect(about(`data (${file}): `)).toMatch(/string.*, got 7$/);
  expect(about("port (WEBSOCKET_PORT): ")).toMatch(/number.*, got "ten"$/);
  expect(about("secret (--secret): ")).toMatch(/32/);
  expect(about(`colour (${file}): `)).toMatch(/no such setting.*host, port/);
  expect(about(`prot (${file}): `)).toBeDefined();
});

test("a secret is not shown, also when it is wrong", () => {
  const faults = faultsOf({ environment: { PLAYHEAD_ADMIN_KEY: "my-short-key", PLAYHEAD_SECRET: "my-short-secret" } });
  expect(faults).toHaveLength(2);
  expect(faults.join()).not.toMatch(/my-short/);
});

test.each([
  { port: null },
  { port: true },
  { port: "8765" },
  { port: -1 },
  { port: 65_536 },
  { port: 80.5 },
  { port: [] },
])("a file with $port as port is refused: nothing is made of what is not a number", (content) => {
  expect(faultsOf({ file: fileOf(JSON.stringify(content)) })[0]).toMatch(/^port \(/);
});

test.each([
  { name: "not JSON", text: '{"port": 1,}', says: "not JSON" },
  { name: "empty", text: "", says: "not JSON" },
  { name: "no object", text: "[1]", says: "JSON object" },
  { name: "null", text: "null", says: "JSON object" },
])("a file that is $name is refused as a whole", ({ text, says }) => {
  const file = fileOf(text);
  expect(() => load({ file })).toThrow(
    expect.objectContaining({ code: "config_invalid", message: expect.stringContaining(says) }),
  );
});

test("a named file that is not there is a fault, the usual one need not be there", () => {
  const missing = join(tempFolder(), "missing.json");
  expect(() => load({ file: missing })).toThrow(
    expect.objectContaining({ code: "config_invalid", message: expect.stringContaining(missing) }),
  );
});

test("each environment variable sets one setting", () => {
  const names = settingsOf(configSchema).flatMap(({ env }) => env);
  expect(new Set(names).size).toBe(names.length);
  const config = load({ environment: { FFMPEG_PATH: "/opt/ffmpeg", PLAYHEAD_SECRET: "s".repeat(32) } });
  expect(config).toMatchObject({ ffmpeg_path: "/opt/ffmpeg", secret: "s".repeat(32) });
});

test("what is grouped in the file is set one by one by the environment, by the names that other programs know", () => {
  const file = fileOf(JSON.stringify({ thresholds: { disk_percent: 70, error_rate: 0.3 }, log_level: "error" }));
  const environment = {
    MONITORING_ERROR_RATE_THRESHOLD: "0.2",
    MONITORING_PROCESSING_TIME_THRESHOLD: "120",
    LOG_LEVEL: "WARNING",
    LOG_MAX_BYTES: "1000000",
    HEALTH_CHECK_INTERVAL: "60",
  };
  expect(load({ file, environment })).toEqual({
    ...DEFAULTS,
    thresholds: { ...DEFAULTS.thresholds, disk_percent: 70, error_rate: 0.2, processing_seconds: 120 },
    log_level: "warning",
    log_files: { ...DEFAULTS.log_files, application: { max_bytes: 1_000_000, keep: 5 } },
    health: { ...DEFAULTS.health, interval_seconds: 60 },
  });
});

test("it is known where each value comes from", () => {
  const file = fileOf(JSON.stringify({ $schema: "./schema.json", port: 1, thresholds: { disk_percent: 70 } }));
  const environment = { PLAYHEAD_HOST: "::1", MONITORING_CPU_THRESHOLD: "50" };
  const { originOf } = readConfig({ file, environment, flags: { port: 3 } }, configSchema);
  expect(["port", "host", "thresholds.disk_percent", "thresholds.cpu_percent", "secret"].map(originOf)).toEqual([
    { kind: "flag", name: "--port" },
    { kind: "environment", name: "PLAYHEAD_HOST" },
    { kind: "file", name: file },
    { kind: "environment", name: "MONITORING_CPU_THRESHOLD" },
    { kind: "default", name: null },
  ]);
});

test.each([
  ["true", true],
  [" false ", false],
])("a switch is set by the environment: %j", (text, expected) => {
  expect(load({ environment: { PLAYHEAD_CALLBACK_PRIVATE: text } }).callback_private).toBe(expected);
});

test.each(["yes", "1", "TRUE"])("a switch is not set by %j", (text) => {
  expect(() => load({ environment: { PLAYHEAD_CALLBACK_PRIVATE: text } })).toThrow("callback_private");
});
