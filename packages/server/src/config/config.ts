import { LOG_LEVELS } from "@playhead/core";
import * as z from "zod";
import { isAllowEntry } from "../outbound/address-guard.ts";
import { clusterSettings, redisUrl } from "./cluster-settings.ts";
import { otlpSettings } from "./otlp-settings.ts";
import { queueSettings } from "./queue-settings.ts";
import { between, milliseconds, percent, section, text, whole, YEAR_MS } from "./setting.ts";
import { storageSettings } from "./storage-settings.ts";
import { supabaseSettings } from "./supabase-settings.ts";

const MB = 1024 * 1024;
const network = section("Network");
const access = section("Access");
const jobs = section("Jobs and workers");
const limits = section("Limits");
const keeping = section("Data");
const log = section("Log");
const thresholds = section("Thresholds");
const channels = section("Channels");
const uploads = section("Uploads");
const health = section("Health");
const media = section("Media");

/** A log file, as far as it can be set. */
function logFile(maxBytes: number, keep: number, { bytesEnv, keepEnv }: { bytesEnv?: string; keepEnv?: string } = {}) {
  const names = (name: string | undefined) => (name === undefined ? [] : [name]);
  return z
    .strictObject({
      max_bytes: whole(10_000, Number.MAX_SAFE_INTEGER)
        .default(maxBytes)
        .meta(log.live("How large the file grows before it is put aside.", ...names(bytesEnv))),
      keep: whole(1, 1_000)
        .default(keep)
        .meta(log.live("How many that were full are kept beside it.", ...names(keepEnv))),
    })
    .prefault({});
}

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }) !== null;
  } catch {
    return false;
  }
}

/** A channel before it is known what types there are: see `configSchemaWith`. */
const anyChannel = z.looseObject({ type: text });
/** How a channel may be called. */
export const channelName = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/);
/** What is known of the setting `channels`, whatever types there are. */
export const CHANNELS_META = channels.live("Where alerts are told, by name; each has a type and what that type needs.");

/**
 * Everything that can be set, with its default, what is allowed, its environment variables (`env`) and whether a change
 * holds at once (`reloadable`), in one place. Precedence: file < environment < flags (SPEC §15).
 */
export const configSchema = z.strictObject({
  host: text
    .default("127.0.0.1")
    .meta(network.atStart("Address to listen on; the default answers this machine only.", "PLAYHEAD_HOST")),
  port: whole(0, 65_535)
    .default(8765)
    .meta(network.atStart("Port to listen on; 0 takes a free one.", "PLAYHEAD_PORT", "WEBSOCKET_PORT")),
  public_url: z
    .url({ protocol: /^https?$/, error: "Invalid input: expected an http or https address" })
    .optional()
    .meta(
      network.live("Address at which people reach this server; links in alerts begin with it.", "PLAYHEAD_PUBLIC_URL"),
    ),
  data: text.default("playhead-data").meta(keeping.atStart("Folder of the database, keys and logs.", "PLAYHEAD_DATA")),
  database_url: text
    .regex(/^postgres(ql)?:\/\//, "Invalid input: expected postgresql://USER:PASSWORD@HOST/DATABASE")
    .optional()
    .meta({
      ...keeping.atStart(
        "PostgreSQL for jobs, alerts and logs; else they are in the data folder.",
        "PLAYHEAD_DATABASE_URL",
      ),
      secret: true,
    }),
  database_pool: whole(2, 1_000)
    .default(10)
    .meta(
      keeping.atStart(
        "Connections to PostgreSQL at most, from 2; one more writes facts, and one renews the lease.",
        "PLAYHEAD_DATABASE_POOL",
      ),
    ),
  admin_key: z
    .string()
    .min(16)
    .optional()
    .meta({
      ...access.atStart("Presets the access key; else one is made on first start.", "PLAYHEAD_ADMIN_KEY"),
      secret: true,
    }),
  secret: z
    .string()
    .min(32)
    .optional()
    .meta({
      ...access.atStart("Signs sessions and job tokens; else one is made on first start.", "PLAYHEAD_SECRET"),
      secret: true,
    }),
  worker_lost_after_ms: milliseconds
    .default(60_000)
    .meta(jobs.live("A worker that is silent for longer is said to be lost.", "PLAYHEAD_WORKER_LOST_AFTER_MS")),
  worker_lease_ms: milliseconds
    .default(300_000)
    .meta(jobs.live("A worker that is silent for longer has lost its jobs: they fail.", "PLAYHEAD_WORKER_LEASE_MS")),
  stuck_after_ms: milliseconds
    .default(1_800_000)
    .meta(jobs.live("A job of which nothing is reported for longer is stuck.", "PLAYHEAD_STUCK_AFTER_MS")),
  stall_after_ms: milliseconds
    .default(120_000)
    .meta(jobs.live("A job on which nothing advances for longer has stalled.", "PLAYHEAD_STALL_AFTER_MS")),
  pause_deadline_ms: milliseconds
    .default(300_000)
    .meta(
      jobs.live("A job that was to pause and came to no checkpoint by then goes on.", "PLAYHEAD_PAUSE_DEADLINE_MS"),
    ),
  cancel_deadline_ms: milliseconds
    .default(30_000)
    .meta(jobs.live("A canceled job that its worker has not ended by then is ended.", "PLAYHEAD_CANCEL_DEADLINE_MS")),
  queue_aging_ms: milliseconds
    .default(60_000)
    .meta(
      jobs.live(
        "After each of these a job that waits counts as one point of priority more.",
        "PLAYHEAD_QUEUE_AGING_MS",
      ),
    ),
  max_attempts: whole(1, 10)
    .default(3)
    .meta(
      jobs.live(
        "How often a job of a kind that this server knows is tried in all, by itself, unless it says so.",
        "PLAYHEAD_MAX_ATTEMPTS",
      ),
    ),
  retry_delay_ms: milliseconds
    .default(10_000)
    .meta(
      jobs.live(
        "How long the second try waits; each one after it twice as long, an hour at most.",
        "PLAYHEAD_RETRY_DELAY_MS",
      ),
    ),
  time_zone: text
    .refine(isTimeZone, "Invalid input: expected an IANA time zone, such as Europe/Berlin")
    .default("UTC")
    .meta(
      keeping.atStart(
        "IANA zone of the hours, days, weeks and months that calls are summed up by.",
        "PLAYHEAD_TIME_ZONE",
      ),
    ),
  kinds: z
    .record(
      text,
      z.strictObject({
        stuck_after_ms: milliseconds.optional(),
        stall_after_ms: milliseconds.optional(),
        max_running: whole(1, 10_000).optional(),
        max_per_minute: whole(1, 100_000).optional(),
        max_attempts: whole(1, 10).optional(),
      }),
    )
    .default({})
    .meta(jobs.live("What is different for jobs of a kind.")),
  requests_per_second: whole(1, 1_000_000)
    .default(1_000)
    .meta(
      limits.live(
        "How many requests one credential may send a second; twice as many at once.",
        "PLAYHEAD_REQUESTS_PER_SECOND",
      ),
    ),
  connections_per_tenant: whole(1, Number.MAX_SAFE_INTEGER)
    .default(5_000)
    .meta(limits.live("Viewers of one tenant at a time.", "PLAYHEAD_CONNECTIONS_PER_TENANT")),
  connections_per_address: whole(1, Number.MAX_SAFE_INTEGER)
    .default(500)
    .meta(
      limits.live(
        "Viewers from one network address at a time; those of this machine are not counted.",
        "PLAYHEAD_CONNECTIONS_PER_ADDRESS",
      ),
    ),
  callback_private: z
    .boolean()
    .optional()
    .meta(
      access.atStart(
        "Whether callbacks may go to private networks and to this machine; else only while `host` is this machine.",
        "PLAYHEAD_CALLBACK_PRIVATE",
      ),
    ),
  keep_details_days: whole(90, 36_500)
    .default(90)
    .meta(
      keeping.live(
        "Days for which events and tasks of jobs that ended are kept, and log entries.",
        "PLAYHEAD_KEEP_DETAILS_DAYS",
      ),
    ),
  keep_summaries_days: whole(365, 36_500)
    .default(365)
    .meta(
      keeping.live(
        "Days for which it is kept how jobs ended, and what calls took; never less than details.",
        "PLAYHEAD_KEEP_SUMMARIES_DAYS",
      ),
    ),
  log_level: z
    .enum(LOG_LEVELS)
    .default("debug")
    .meta(log.live("What is below it is in no log file.", "PLAYHEAD_LOG_LEVEL", "LOG_LEVEL")),
  log_files: z
    .strictObject({
      application: logFile(50 * MB, 5, { bytesEnv: "LOG_MAX_BYTES", keepEnv: "LOG_BACKUP_COUNT" }),
      media_processing: logFile(100 * MB, 10),
      errors: logFile(20 * MB, 5),
      performance: logFile(20 * MB, 3),
    })
    .prefault({}),
  slow_step_ms: milliseconds
    .default(300_000)
    .meta(log.live("A step of a job that takes longer is in `performance.log`.", "PLAYHEAD_SLOW_STEP_MS")),
  slow_function_ms: milliseconds
    .default(60_000)
    .meta(log.live("The same for an instrumented function.", "PLAYHEAD_SLOW_FUNCTION_MS")),
  slow_api_ms: milliseconds
    .default(10_000)
    .meta(log.live("The same for a request to another service.", "PLAYHEAD_SLOW_API_MS")),
  slow_db_ms: milliseconds
    .default(1_000)
    .meta(log.live("The same for a statement of a database.", "PLAYHEAD_SLOW_DB_MS")),
  thresholds: z
    .strictObject({
      error_rate: between(0, 1)
        .default(0.1)
        .meta(thresholds.live("Share of the work of ten minutes that may fail.", "MONITORING_ERROR_RATE_THRESHOLD")),
      processing_seconds: between(1, YEAR_MS / 1_000)
        .default(300)
        .meta(thresholds.live("A stage that takes longer is slow.", "MONITORING_PROCESSING_TIME_THRESHOLD")),
      cpu_percent: percent
        .default(80)
        .meta(thresholds.live("Use of the processors that is a warning.", "MONITORING_CPU_THRESHOLD")),
      memory_percent: percent
        .default(80)
        .meta(thresholds.live("Use of memory that is a warning.", "MONITORING_MEMORY_THRESHOLD")),
      memory_critical_percent: percent
        .default(95)
        .meta(thresholds.live("Use of memory that is critical.", "MONITORING_MEMORY_CRITICAL_THRESHOLD")),
      disk_percent: percent
        .default(90)
        .meta(thresholds.live("Use of the disk that is a warning.", "MONITORING_DISK_THRESHOLD")),
      slow_ratio: between(1, 1_000)
        .default(1.5)
        .meta(
          thresholds.live("Work that takes so many times its usual time is slow.", "MONITORING_SLOW_RATIO_THRESHOLD"),
        ),
    })
    .prefault({}),
  worker: z
    .strictObject({
      enabled: z
        .boolean()
        .default(true)
        .meta(jobs.atStart("Whether `serve` runs submitted jobs itself.", "PLAYHEAD_WORKER")),
      parallel: whole(1, 64)
        .default(2)
        .meta(jobs.atStart("How many jobs it runs at a time.", "PLAYHEAD_WORKER_PARALLEL")),
      drain_seconds: whole(0, 3_600)
        .default(10)
        .meta(
          jobs.atStart(
            "How long jobs that run may take to end when their worker is told to stop; then they are given back.",
            "PLAYHEAD_WORKER_DRAIN",
          ),
        ),
      input_folders: z
        .array(text)
        .max(100)
        .default([])
        .meta(jobs.atStart("Folders of this machine whose files a job may name by their path.")),
      keep_days: whole(1, 36_500)
        .default(30)
        .meta(
          jobs.live(
            "Days for which the files are kept that jobs left in the data folder.",
            "PLAYHEAD_WORKER_KEEP_DAYS",
          ),
        ),
    })
    .prefault({}),
  uploads: z
    .strictObject({
      max_bytes: whole(1, Number.MAX_SAFE_INTEGER)
        .default(20 * 1024 * MB)
        .meta(uploads.live("How large one uploaded file may be.", "PLAYHEAD_UPLOAD_MAX_BYTES")),
      free_bytes: whole(0, Number.MAX_SAFE_INTEGER)
        .default(1024 * MB)
        .meta(uploads.live("How much of the disk stays free, whatever is uploaded.", "PLAYHEAD_UPLOAD_FREE_BYTES")),
      keep_hours: whole(1, 87_600)
        .default(24)
        .meta(uploads.live("Hours for which a file is kept that no job has used since.", "PLAYHEAD_UPLOAD_KEEP_HOURS")),
    })
    .prefault({}),
  channels: z.record(channelName, anyChannel).default({}).meta(CHANNELS_META),
  channel_addresses: z
    .array(z.string().refine(isAllowEntry, "expected a host name, an address, or a network such as 10.0.0.0/8"))
    .max(100)
    .default([])
    .meta(channels.live("Hosts, addresses and networks that channels may call though they are private.")),
  health: z
    .strictObject({
      interval_seconds: whole(5, 86_400)
        .default(300)
        .meta(health.live("How often all checks run by themselves.", "HEALTH_CHECK_INTERVAL")),
      cache_seconds: whole(0, 3_600)
        .default(60)
        .meta(health.live("For how long an answer is given again without checking.", "HEALTH_CHECK_CACHE_TTL")),
      check_limit_ms: whole(100, 300_000)
        .default(10_000)
        .meta(health.live("A check that takes longer is critical.", "HEALTH_CHECK_TIMEOUT_MS")),
      storage_folder: text
        .optional()
        .meta(
          health.atStart(
            "Folder in which results are put: a file is written, read and deleted there.",
            "HEALTH_CHECK_STORAGE",
          ),
        ),
    })
    .prefault({}),
  storage: storageSettings,
  redis_url: redisUrl,
  queue: queueSettings,
  cluster: clusterSettings,
  otlp: otlpSettings,
  supabase: supabaseSettings,
  ffmpeg_path: text.optional().meta(media.atStart("The ffmpeg to use.", "FFMPEG_PATH")),
});

export type Config = z.infer<typeof configSchema>;
