import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { PlayheadError } from "@playhead/core";
import { expect, test } from "vitest";
import { tempFolder } from "../../test/temp-folder.ts";
import { type Config, type ConfigKey, configSchema, environmentNames } from "./config.ts";
import { type ConfigSources, loadConfig } from "./load-config.ts";

const DEFAULTS = {
  host: "127.0.0.1",
  port: 8765,
  data: "playhead-data",
  worker_lost_after_ms: 60_000,
  worker_lease_ms: 300_000,
  stuck_after_ms: 1_800_000,
  stall_after_ms: 120_000,
  time_zone: "UTC",
  pause_deadline_ms: 300_000,
  cancel_deadline_ms: 30_000,
  kinds: {},
  requests_per_second: 1_000,
  connections_per_tenant: 5_000,
  connections_per_address: 500,
};

function fileOf(text: string): string {
  const file = join(tempFolder(), "playhead.config.json");
  writeFileSync(file, text);
  return file;
}

const load = (sources: Partial<ConfigSources>) => loadConfig({ file: null, environment: {}, flags: {}, ...sources });

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
});

test("the environment speaks over the file, and the flags over both", () => {
  const file = fileOf(JSON.stringify({ host: "::1", port: 1, data: "from-file" }));
  const environment = { PLAYHEAD_PORT: "2", PLAYHEAD_DATA: "from-environment" };
  expect(load({ file })).toEqual({ ...DEFAULTS, host: "::1", port: 1, data: "from-file" });
  expect(load({ file, environment })).toEqual({ ...DEFAULTS, host: "::1", port: 2, data: "from-environment" });
  expect(load({ file, environment, flags: { data: "from-flag" } })).toEqual({
    ...DEFAULTS,
    host: "::1",
    port: 2,
    data: "from-flag",
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
  const names = (Object.keys(configSchema.shape) as ConfigKey[]).flatMap((key) => environmentNames(key));
  expect(new Set(names).size).toBe(names.length);
  const config: Config = load({ environment: { FFMPEG_PATH: "/opt/ffmpeg", PLAYHEAD_SECRET: "s".repeat(32) } });
  expect(config).toMatchObject({ ffmpeg_path: "/opt/ffmpeg", secret: "s".repeat(32) });
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
