import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { PlayheadError } from "@playhead/core";
import { expect, test } from "vitest";
import { SCHEMA_WITH_CHANNELS } from "../../test/channel-types.ts";
import { tempFolder } from "../../test/temp-folder.ts";
import { readConfig } from "./load-config.ts";

interface BadConfiguration {
  readonly name: string;
  /** The file: its text, or what it holds. */
  readonly file?: unknown;
  readonly environment?: Readonly<Record<string, string>>;
  /** Each thing that is wrong, by its path, with words that its message has to hold. */
  readonly faults: Readonly<Record<string, RegExp>>;
}

const SECRET = "hunter2-hunter2";

/** Configurations that nobody should start with. */
const CORPUS: readonly BadConfiguration[] = [
  // What is no setting.
  { name: "a letter too few", file: { prt: 1 }, faults: { prt: /did you mean port\?/ } },
  { name: "letters swapped", file: { hots: "::1" }, faults: { hots: /did you mean host\?/ } },
  { name: "capitals", file: { Log_Level: "info" }, faults: { Log_Level: /did you mean log_level\?/ } },
  { name: "a dash", file: { "log-level": "info" }, faults: { "log-level": /did you mean log_level\?/ } },
  { name: "something else altogether", file: { zebra: 1 }, faults: { zebra: /no such setting; there are host, port/ } },
  { name: "no name", file: { "": 1 }, faults: { "": /no such setting/ } },
  { name: "a prototype", file: '{"__proto__": {"port": 1}}', faults: { ["__proto__"]: /no such setting/ } },
  { name: "a constructor", file: { constructor: 1 }, faults: { constructor: /no such setting/ } },
  {
    name: "the name with dots",
    file: { "thresholds.cpu_percent": 1 },
    faults: { "thresholds.cpu_percent": /no such/ },
  },
  { name: "in a group", file: { thresholds: { cpu: 90 } }, faults: { "thresholds.cpu": /there are error_rate/ } },
  {
    name: "near one of a group",
    file: { thresholds: { disk_percents: 90 } },
    faults: { "thresholds.disk_percents": /did you mean disk_percent\?/ },
  },
  {
    name: "no such log file",
    file: { log_files: { error: { keep: 3 } } },
    faults: { "log_files.error": /did you mean errors\?/ },
  },
  {
    name: "no such limit of a log file",
    file: { log_files: { errors: { max_byte: 3 } } },
    faults: { "log_files.errors.max_byte": /did you mean max_bytes\?/ },
  },
  {
    name: "no such limit of a kind",
    file: { kinds: { bulk: { stuck_after: 5 } } },
    faults: { "kinds.bulk.stuck_after": /did you mean stuck_after_ms\?/ },
  },
  // Values of another sort.
  { name: "text for a number", file: { port: "8765" }, faults: { port: /expected number.*got "8765"/ } },
  { name: "null", file: { port: null }, faults: { port: /expected number.*got null/ } },
  { name: "yes for a number", file: { port: true }, faults: { port: /expected number.*got true/ } },
  { name: "a list", file: { host: ["::1"] }, faults: { host: /expected string.*got \["::1"\]/ } },
  { name: "a number for a folder", file: { data: 7 }, faults: { data: /expected string.*got 7/ } },
  { name: "text for yes", file: { callback_private: "yes" }, faults: { callback_private: /expected boolean/ } },
  { name: "a group that is a number", file: { thresholds: 7 }, faults: { thresholds: /expected object.*got 7/ } },
  { name: "a group that is a list", file: { health: [] }, faults: { health: /expected object.*got \[\]/ } },
  { name: "a group that is null", file: { log_files: null }, faults: { log_files: /expected object.*got null/ } },
  { name: "kinds in a list", file: { kinds: ["bulk"] }, faults: { kinds: /expected record/ } },
  { name: "a kind that is a number", file: { kinds: { bulk: 5 } }, faults: { "kinds.bulk": /expected object/ } },
  // Values too small, too large, not whole.
  { name: "a port under 0", file: { port: -1 }, faults: { port: />=0.*got -1/ } },
  { name: "a port too high", file: { port: 65_536 }, faults: { port: /<=65535/ } },
  { name: "half a port", file: { port: 80.5 }, faults: { port: /expected int/ } },
  { name: "a number too large to be one", file: '{"port": 1e400}', faults: { port: /got null/ } },
  { name: "too short a limit", file: { stuck_after_ms: 99 }, faults: { stuck_after_ms: />=100/ } },
  { name: "too long a limit", file: { stall_after_ms: 1e12 }, faults: { stall_after_ms: /<=31536000000/ } },
  { name: "details kept too shortly", file: { keep_details_days: 89 }, faults: { keep_details_days: />=90/ } },
  { name: "sums kept too shortly", file: { keep_summaries_days: 90 }, faults: { keep_summaries_days: />=365/ } },
  { name: "no requests", file: { requests_per_second: 0 }, faults: { requests_per_second: />=1/ } },
  { name: "a share over one", file: { thresholds: { error_rate: 10 } }, faults: { "thresholds.error_rate": /<=1/ } },
  { name: "over all", file: { thresholds: { cpu_percent: 101 } }, faults: { "thresholds.cpu_percent": /<=100/ } },
  { name: "a fraction", file: { thresholds: { disk_percent: 0.9 } }, faults: { "thresholds.disk_percent": />=1/ } },
  { name: "faster than usual", file: { thresholds: { slow_ratio: 0.5 } }, faults: { "thresholds.slow_ratio": />=1/ } },
  {
    name: "checks all the time",
    file: { health: { interval_seconds: 0 } },
    faults: { "health.interval_seconds": />=5/ },
  },
  { name: "checks without end", file: { health: { check_limit_ms: 1e9 } }, faults: { "health.check_limit_ms": /<=/ } },
  {
    name: "a log file of nothing",
    file: { log_files: { errors: { max_bytes: 10, keep: 0 } } },
    faults: { "log_files.errors.max_bytes": />=10000/, "log_files.errors.keep": />=1/ },
  },
  { name: "no host", file: { host: "" }, faults: { host: />=1/ } },
  // Values that are no such thing.
  {
    name: "a level of others",
    file: { log_level: "WARN" },
    faults: { log_level: /"debug"\|"info"\|"warning".*got "WARN"/ },
  },
  { name: "a zone that is none", file: { time_zone: "Mars/Base" }, faults: { time_zone: /IANA.*got "Mars\/Base"/ } },
  {
    name: "an address that is none",
    file: { public_url: "playhead" },
    faults: { public_url: /http or https.*"playhead"/ },
  },
  { name: "an address of a file", file: { public_url: "file:///etc" }, faults: { public_url: /http or https/ } },
  // Channels.
  {
    name: "a channel of no type",
    file: { channels: { ops: {} } },
    faults: { "channels.ops.type": /expected one of webhook, email, got nothing/ },
  },
  {
    name: "a channel of another type",
    file: { channels: { ops: { type: "pigeon" } } },
    faults: { "channels.ops.type": /expected one of webhook, email, got "pigeon"/ },
  },
  {
    name: "a channel without what its type needs",
    file: { channels: { ops: { type: "email" } } },
    faults: { "channels.ops.to": /expected array.*got nothing/, "channels.ops.server": /expected object/ },
  },
  {
    name: "a channel with something that its type does not have",
    file: { channels: { ops: { type: "webhook", url: "https://a.example", header: {} } } },
    faults: { "channels.ops.header": /did you mean headers\?/ },
  },
  {
    name: "deep in a channel",
    file: { channels: { ops: { type: "email", to: ["ops"], server: { host: "", port: 1.5, pasword: "x" } } } },
    faults: {
      "channels.ops.to.0": /email/,
      "channels.ops.server.host": />=1/,
      "channels.ops.server.port": /int.*got 1.5/,
      "channels.ops.server.pasword": /did you mean password\?/,
    },
  },
  {
    name: "a channel's name that is none",
    file: { channels: { "Ops Team": { type: "webhook", url: "https://a.example" } } },
    faults: { "channels.Ops Team": /small letters, digits/ },
  },
  {
    name: "a channel that cannot work",
    file: { channels: { ops: { type: "webhook", url: "https://nobody.example/" } } },
    faults: { "channels.ops.url": /expected an address of somebody/ },
  },
  {
    name: "neither of what it may be",
    file: { channels: { ops: { type: "webhook", url: "https://a.example", signing: 7 } } },
    faults: { "channels.ops.signing": /expected string.*, or .*expected object.*got 7/ },
  },
  {
    name: "a channel that is text",
    file: { channels: { ops: "ops@a.example" } },
    faults: { "channels.ops": /object/ },
  },
  // Secrets are not shown.
  { name: "a short key", file: { admin_key: "hunter2" }, faults: { admin_key: />=16.*\(not shown\)/ } },
  { name: "a short secret", file: { secret: SECRET }, faults: { secret: />=32.*\(not shown\)/ } },
  {
    name: "a channel's secrets",
    file: { channels: { ops: { type: "webhook", url: SECRET, signing: "hunter2" } } },
    faults: { "channels.ops.url": /not shown/, "channels.ops.signing": /not shown/ },
  },
  { name: "a secret in broken JSON", file: `{"secret": ${SECRET}`, faults: { "": /not JSON/ } },
  {
    name: "a storage that is none",
    file: { storage: { url: "/srv/clips", endpoint: "r2", acces_key_id: SECRET, secret_access_key: 7 } },
    faults: {
      "storage.url": /folder:PATH or s3:/,
      "storage.endpoint": /http or https/,
      "storage.acces_key_id": /did you mean access_key_id\?/,
      "storage.secret_access_key": /expected string.*\(not shown\)/,
    },
  },
  // The environment.
  { name: "a port of letters", environment: { WEBSOCKET_PORT: "ten" }, faults: { port: /expected number.*"ten"/ } },
  {
    name: "percent with its sign",
    environment: { MONITORING_MEMORY_THRESHOLD: "80%" },
    faults: { "thresholds.memory_percent": /expected number.*got "80%"/ },
  },
  { name: "a level of nobody", environment: { LOG_LEVEL: "verbose" }, faults: { log_level: /"debug"/ } },
  {
    name: "yes in another way",
    environment: { PLAYHEAD_CALLBACK_PRIVATE: "1" },
    faults: { callback_private: /boolean/ },
  },
  // No configuration at all.
  { name: "a comma too many", file: '{"port": 1,}', faults: { "": /not JSON/ } },
  { name: "a comment", file: '{"port": 1 /* one */}', faults: { "": /not JSON/ } },
  { name: "half of it", file: '{"port": 1, "ho', faults: { "": /not JSON/ } },
  { name: "nothing", file: "", faults: { "": /not JSON/ } },
  { name: "a list of it", file: [{ port: 1 }], faults: { "": /JSON object/ } },
  // Many at a time.
  {
    name: "everything at once",
    file: { prt: 1, host: "", thresholds: { cpu_percent: 0, cpu: 1 }, channels: { ops: { type: "pigeon" } } },
    environment: { LOG_LEVEL: "verbose", HEALTH_CHECK_INTERVAL: "soon" },
    faults: {
      prt: /did you mean port/,
      host: />=1/,
      "thresholds.cpu_percent": />=1/,
      "thresholds.cpu": /no such/,
      "channels.ops.type": /expected one of/,
      log_level: /"debug"/,
      "health.interval_seconds": /expected number/,
    },
  },
];

function refusalOf({ file = {}, environment = {} }: BadConfiguration): PlayheadError {
  const path = join(tempFolder(), "playhead.config.json");
  writeFileSync(path, typeof file === "string" ? file : JSON.stringify(file));
  try {
    readConfig({ file: path, environment, flags: {} }, SCHEMA_WITH_CHANNELS);
  } catch (error) {
    expect(error).toBeInstanceOf(PlayheadError);
    return error as PlayheadError;
  }
  throw new Error("expected the configuration to be refused");
}

test("there are 60 of them at least, no two alike", () => {
  expect(CORPUS.length).toBeGreaterThanOrEqual(60);
  expect(new Set(CORPUS.map(({ name }) => name)).size).toBe(CORPUS.length);
});

test.each(CORPUS)("$name: refused, with every fault by its path, and no secret", (bad) => {
  const { code, message, detail } = refusalOf(bad);
  expect(code).toBe("config_invalid");
  expect(message).not.toMatch(/hunter2/);
  const byKey = (detail.by_key ?? { "": message }) as Record<string, string>;
  expect(Object.keys(byKey).sort()).toEqual(Object.keys(bad.faults).sort());
  for (const [key, words] of Object.entries(bad.faults)) {
    expect(byKey[key]).toMatch(words);
    expect(message).toContain(key);
  }
});
