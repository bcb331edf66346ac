import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { PlayheadError } from "@playhead/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { SCHEMA_WITH_CHANNELS } from "../../test/channel-types.ts";
import { tempFolder } from "../../test/temp-folder.ts";
import { readConfig } from "./load-config.ts";
import { settingsOf, valueAt, withValueAt } from "./settings.ts";

/** What each setting may be and what not, said once more: independent of the schema that is tested. */
const whole = (min: number, max: number) => ({
  right: fc.integer({ min, max }),
  wrong: fc.oneof(
    fc.constantFrom<unknown>(null, "", "12", true, [], {}, min + 0.5),
    fc.integer({ max: min - 1 }),
    ...(max < 2 ** 40 ? [fc.integer({ min: max + 1, max: 2 ** 45 })] : []),
  ),
});
const between = (min: number, max: number) => ({
  right: fc.double({ min, max, noNaN: true }).map((value) => JSON.parse(JSON.stringify(value)) as number),
  wrong: fc.constantFrom<unknown>(null, "80%", false, [], {}, min - 0.5, max + 0.5),
});
const text = {
  right: fc.string({ minLength: 1, unit: "grapheme" }),
  wrong: fc.constantFrom<unknown>(null, "", 7, [], {}),
};
const WEB_URL = {
  right: fc.webUrl({ validSchemes: ["http", "https"] }),
  wrong: fc.constantFrom<unknown>("", "playhead", "ftp://a.example", 7, null),
};
const STORAGE_URL = { ...WEB_URL, right: fc.constantFrom("https://cdn.example/media", "http://127.0.0.1:9000") };
const NAMED_VALUES = {
  right: fc.constantFrom("x-api-key=k", "a=1, b=2", "service.name=night shift"),
  wrong: fc.constantFrom<unknown>("", "key", "=v", "a=1,b", 7, {}, null),
};
const REDIS_URL = {
  right: fc.constantFrom("redis://127.0.0.1:6379", "rediss://user:pass@redis.example/2", "unix:///run/redis.sock"),
  wrong: fc.constantFrom<unknown>("", "http://redis.example", "redis", 7, null),
};
const MS = whole(100, 31_536_000_000);
const COUNT = whole(1, Number.MAX_SAFE_INTEGER);
const PERCENT = between(1, 100);
const LOG_FILE = { max_bytes: whole(10_000, Number.MAX_SAFE_INTEGER), keep: whole(1, 1_000) };

const RULES: Readonly<
  Record<string, { readonly right: fc.Arbitrary<unknown>; readonly wrong: fc.Arbitrary<unknown> }>
> = {
  host: text,
  port: whole(0, 65_535),
  public_url: WEB_URL,
  data: text,
  database_url: {
    right: fc.constantFrom("postgresql://u:p@host:5432/name?sslmode=require", "postgres:///name?host=%2Frun%2Fpg"),
    wrong: fc.constantFrom<unknown>("", "mysql://host/name", "host=a dbname=b", 7, null),
  },
  database_pool: whole(2, 1_000),
  admin_key: { right: fc.string({ minLength: 16 }), wrong: fc.oneof(fc.string({ maxLength: 15 }), fc.constant(16)) },
  secret: { right: fc.string({ minLength: 32 }), wrong: fc.oneof(fc.string({ maxLength: 31 }), fc.constant(null)) },
  worker_lost_after_ms: MS,
  worker_lease_ms: MS,
  stuck_after_ms: MS,
  stall_after_ms: MS,
  pause_deadline_ms: MS,
  cancel_deadline_ms: MS,
  queue_aging_ms: MS,
  max_attempts: whole(1, 10),
  retry_delay_ms: MS,
  time_zone: {
    right: fc.constantFrom("UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"),
    wrong: fc.constantFrom<unknown>("", "Mars/Base", "Berlin", 1, null),
  },
  kinds: {
    right: fc.dictionary(
      fc.string({ minLength: 1 }).filter((name) => name !== "__proto__"),
      fc.constantFrom({}, { stuck_after_ms: 100 }, { max_running: 1, max_attempts: 10, max_per_minute: 30 }),
    ),
    wrong: fc.constantFrom<unknown>(7, [], null, "bulk"),
  },
  requests_per_second: whole(1, 1_000_000),
  connections_per_tenant: COUNT,
  connections_per_address: COUNT,
  callback_private: { right: fc.boolean(), wrong: fc.constantFrom<unknown>("true", 1, null) },
  keep_details_days: whole(90, 36_500),
  keep_summaries_days: whole(365, 36_500),
  log_level: {
    right: fc.constantFrom("debug", "info", "warning", "error", "critical"),
    wrong: fc.constantFrom<unknown>("WARN", "", 30, null),
  },
  ...Object.fromEntries(
    ["application", "media_processing", "errors", "performance"].flatMap((name) => [
      [`log_files.${name}.max_bytes`, LOG_FILE.max_bytes],
      [`log_files.${name}.keep`, LOG_FILE.keep],
    ]),
  ),
  slow_step_ms: MS,
  slow_function_ms: MS,
  slow_api_ms: MS,
  slow_db_ms: MS,
  "thresholds.error_rate": between(0, 1),
  "thresholds.processing_seconds": between(1, 31_536_000),
  "thresholds.cpu_percent": PERCENT,
  "thresholds.memory_percent": PERCENT,
  "thresholds.memory_critical_percent": PERCENT,
  "thresholds.disk_percent": PERCENT,
  "thresholds.slow_ratio": between(1, 1_000),
  "worker.enabled": { right: fc.boolean(), wrong: fc.constantFrom<unknown>("yes", 1, null) },
  "worker.parallel": whole(1, 64),
  "worker.drain_seconds": whole(0, 3_600),
  "worker.input_folders": {
    right: fc.array(fc.string({ minLength: 1 }), { maxLength: 100 }),
    wrong: fc.constantFrom<unknown>("/srv", 7, {}, null),
  },
  "worker.keep_days": whole(1, 36_500),
  "uploads.max_bytes": COUNT,
  "uploads.free_bytes": whole(0, Number.MAX_SAFE_INTEGER),
  "uploads.keep_hours": whole(1, 87_600),
  channels: {
    right: fc.constantFrom({}, { ops: { type: "webhook", url: "https://a.example/x" } }),
    wrong: fc.constantFrom<unknown>(7, [], null, "ops"),
  },
  channel_addresses: {
    right: fc.constantFrom([], ["10.0.0.0/8", "hooks.internal", "fd00::1"]),
    wrong: fc.constantFrom<unknown>(7, {}, null, "10.0.0.0/8"),
  },
  "health.interval_seconds": whole(5, 86_400),
  "health.cache_seconds": whole(0, 3_600),
  "health.check_limit_ms": whole(100, 300_000),
  "health.storage_folder": text,
  "storage.url": {
    right: fc.constantFrom("folder:/srv/clips", "s3://media", "s3://media/a/b"),
    wrong: fc.constantFrom<unknown>("", "/srv/clips", "https://media.example", "folder:", 7, null),
  },
  "storage.public_url": STORAGE_URL,
  "storage.endpoint": STORAGE_URL,
  "storage.region": text,
  "storage.access_key_id": text,
  "storage.secret_access_key": text,
  redis_url: REDIS_URL,
  "queue.engine": {
    right: fc.constantFrom("built_in", "bullmq"),
    wrong: fc.constantFrom<unknown>("", "redis", true, null),
  },
  "queue.redis_url": REDIS_URL,
  "queue.lock_ms": whole(1_000, 600_000),
  "cluster.name": text,
  "cluster.listen": {
    right: fc.constantFrom("127.0.0.1:0", "0.0.0.0:9765", "[::1]:9765", "node-1:9765"),
    wrong: fc.constantFrom<unknown>("", "9765", "127.0.0.1", "http://127.0.0.1:9765", 9765, null),
  },
  "cluster.address": {
    right: fc.constantFrom("http://10.0.0.7:9765", "http://node-1:9765"),
    wrong: fc.constantFrom<unknown>("", "node-1:9765", "ftp://node-1", 7, null),
  },
  "cluster.lease_ms": whole(2_000, 60_000),
  "otlp.jobs": { right: fc.constantFrom("traces", "marked"), wrong: fc.constantFrom<unknown>("all", "", 1, null) },
  "otlp.trace_timeout_ms": MS,
  "otlp.endpoint": { ...WEB_URL, right: fc.constantFrom("http://localhost:4318", "https://otlp.example/otlp") },
  "otlp.protocol": {
    right: fc.constantFrom("http/protobuf", "http/json"),
    wrong: fc.constantFrom<unknown>("grpc", "", 1, null),
  },
  "otlp.compression": { right: fc.constantFrom("gzip", "none"), wrong: fc.constantFrom<unknown>("br", "", true, null) },
  "otlp.headers": NAMED_VALUES,
  "otlp.resource": NAMED_VALUES,
  "otlp.signals": {
    right: fc.constantFrom(["traces"], ["logs", "metrics"]),
    wrong: fc.constantFrom<unknown>([], "traces", 1, null),
  },
  "otlp.sample_ratio": between(0, 1),
  "supabase.database_url": {
    right: fc.constantFrom("postgresql://p:s@db.example:5432/postgres", "postgres://p@localhost/postgres"),
    wrong: fc.constantFrom<unknown>("", "https://db.example", "mysql://a/b", "postgres://", 7, null),
  },
  "supabase.url": STORAGE_URL,
  "supabase.service_role_key": {
    right: fc.string({ minLength: 20 }),
    wrong: fc.oneof(fc.string({ maxLength: 19 }), fc.constant(null)),
  },
  ffmpeg_path: text,
};

const KEYS = Object.keys(RULES);
const PLAN = fc.dictionary(fc.constantFrom(...KEYS), fc.boolean(), { minKeys: 1, maxKeys: 12 });

/** A file, and which of its settings are wrong. */
const FILE = PLAN.chain((plan) =>
  fc
    .tuple(
      fc.record(
        Object.fromEntries(
          Object.entries(plan).map(([key, isRight]) => {
            const { right, wrong } = RULES[key] as (typeof RULES)[string];
            return [key, isRight ? right : wrong];
          }),
        ),
      ),
      fc.option(fc.constantFrom("zebra", "thresholds.zebra", "health.zebra"), { freq: 3 }),
    )
    .map(([values, unknown]) => ({
      values: unknown === null ? values : { ...values, [unknown]: 1 },
      wrong: [...Object.keys(plan).filter((key) => plan[key] === false), ...(unknown === null ? [] : [unknown])].sort(),
    })),
);

test("there is a rule for every setting", () => {
  expect(KEYS).toEqual(settingsOf(SCHEMA_WITH_CHANNELS).map(({ key }) => key));
});

test("property 14: any file is taken when all of it is right, and refused with exactly what is wrong of it when not", () => {
  const path = join(tempFolder(), "playhead.config.json");
  fc.assert(
    fc.property(FILE, ({ values, wrong }) => {
      const content = Object.entries(values).reduce<unknown>(
        (made, [key, value]) => withValueAt(made, key.split("."), value),
        {},
      );
      writeFileSync(path, JSON.stringify(content));
      const load = () => readConfig({ file: path, environment: {}, flags: {} }, SCHEMA_WITH_CHANNELS);
      if (wrong.length === 0) {
        const { config, originOf } = load();
        for (const [key, value] of Object.entries(values)) {
          // The folder is told as a whole path.
          if (key !== "data") expect([key, valueAt(config, key.split("."))]).toEqual([key, value]);
          expect(originOf(key)).toEqual({ kind: "file", name: path });
        }
        return;
      }
      let error: unknown;
      try {
        load();
      } catch (thrown) {
        error = thrown;
      }
      if (!(error instanceof PlayheadError)) throw new Error(`expected ${wrong.join(", ")} to be refused`);
      const byKey = error.detail.by_key as Record<string, string>;
      expect(Object.keys(byKey).sort()).toEqual(wrong);
      for (const message of Object.values(byKey)) expect(message).toMatch(/expected|no such setting|did you mean/i);
    }),
    { numRuns: 400 },
  );
});
