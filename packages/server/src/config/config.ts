import * as z from "zod";

const milliseconds = z.number().int().min(100).max(31_536_000_000);

function limit(value: number, description: string, name: string) {
  return milliseconds.default(value).meta({ env: [`PLAYHEAD_${name}`], description });
}

/**
 * Everything that can be set, with its default, what is allowed, and its environment variable (`env`), in one place.
 * Precedence: file < environment < flags (SPEC §15).
 */
export const configSchema = z.strictObject({
  host: z
    .string()
    .min(1)
    .default("127.0.0.1")
    .meta({ env: ["PLAYHEAD_HOST"], description: "Address to listen on; the default answers this machine only." }),
  port: z
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(8765)
    .meta({ env: ["PLAYHEAD_PORT", "WEBSOCKET_PORT"], description: "Port to listen on; 0 takes a free one." }),
  data: z
    .string()
    .min(1)
    .default("playhead-data")
    .meta({ env: ["PLAYHEAD_DATA"], description: "Folder of the database, keys and logs." }),
  admin_key: z
    .string()
    .min(16)
    .optional()
    .meta({ env: ["PLAYHEAD_ADMIN_KEY"], description: "Presets the access key; else one is made on first start." }),
  secret: z
    .string()
    .min(32)
    .optional()
    .meta({ env: ["PLAYHEAD_SECRET"], description: "Signs sessions and job tokens; else one is made on first start." }),
  worker_lost_after_ms: limit(60_000, "A worker that is silent for longer is said to be lost.", "WORKER_LOST_AFTER_MS"),
  worker_lease_ms: limit(
    300_000,
    "A worker that is silent for longer has lost its jobs: they fail.",
    "WORKER_LEASE_MS",
  ),
  stuck_after_ms: limit(1_800_000, "A job of which nothing is reported for longer is stuck.", "STUCK_AFTER_MS"),
  stall_after_ms: limit(120_000, "A job on which nothing advances for longer has stalled.", "STALL_AFTER_MS"),
  pause_deadline_ms: limit(
    300_000,
    "A job that was to pause and came to no checkpoint by then goes on.",
    "PAUSE_DEADLINE_MS",
  ),
  cancel_deadline_ms: limit(
    30_000,
    "A canceled job that its worker has not ended by then is ended.",
    "CANCEL_DEADLINE_MS",
  ),
  time_zone: z
    .string()
    .min(1)
    .default("UTC")
    .meta({
      env: ["PLAYHEAD_TIME_ZONE"],
      description: "IANA zone of the hours, days, weeks and months that calls are summed up by.",
    }),
  kinds: z
    .record(
      z.string().min(1),
      z.strictObject({ stuck_after_ms: milliseconds.optional(), stall_after_ms: milliseconds.optional() }),
    )
    .default({})
    .meta({ description: "What is different for jobs of a kind." }),
  requests_per_second: z
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .default(1_000)
    .meta({
      env: ["PLAYHEAD_REQUESTS_PER_SECOND"],
      description: "How many requests one credential may send a second; twice as many at once.",
    }),
  connections_per_tenant: z
    .number()
    .int()
    .min(1)
    .default(5_000)
    .meta({ env: ["PLAYHEAD_CONNECTIONS_PER_TENANT"], description: "Viewers of one tenant at a time." }),
  connections_per_address: z
    .number()
    .int()
    .min(1)
    .default(500)
    .meta({
      env: ["PLAYHEAD_CONNECTIONS_PER_ADDRESS"],
      description: "Viewers from one network address at a time; those of this machine are not counted.",
    }),
  callback_private: z
    .boolean()
    .optional()
    .meta({
      env: ["PLAYHEAD_CALLBACK_PRIVATE"],
      description:
        "Whether callbacks may go to private networks and to this machine; else only while `host` is this machine.",
    }),
  ffmpeg_path: z
    .string()
    .min(1)
    .optional()
    .meta({ env: ["FFMPEG_PATH"], description: "The ffmpeg to use." }),
});

export type Config = z.infer<typeof configSchema>;
export type ConfigKey = keyof Config;

/** Settings that are numbers: in the environment and on a command line they are text. */
const NUMBERS: ReadonlySet<ConfigKey> = new Set([
  "port",
  "worker_lost_after_ms",
  "worker_lease_ms",
  "stuck_after_ms",
  "stall_after_ms",
  "pause_deadline_ms",
  "cancel_deadline_ms",
  "requests_per_second",
  "connections_per_tenant",
  "connections_per_address",
]);
/** Settings that are yes or no. */
const SWITCHES: ReadonlySet<ConfigKey> = new Set(["callback_private"]);
/** Settings that nobody may read in a message. */
const SECRETS: ReadonlySet<ConfigKey> = new Set(["admin_key", "secret"]);

/** @returns a value from outside of the file as the schema wants it; what does not fit is left for the schema to refuse */
export function fromText(key: ConfigKey, value: unknown): unknown {
  if (typeof value !== "string") return value;
  const text = value.trim();
  if (NUMBERS.has(key) && /^\d+$/.test(text)) return Number(text);
  return SWITCHES.has(key) && (text === "true" || text === "false") ? text === "true" : value;
}

/** @returns a value as a message may show it */
export function shownValue(key: string, value: unknown): string {
  return SECRETS.has(key as ConfigKey) ? "something else (not shown)" : (JSON.stringify(value) ?? "nothing");
}

/** The names of the environment variables that set a key, the first that is set wins. */
export function environmentNames(key: ConfigKey): readonly string[] {
  const meta = z.globalRegistry.get(configSchema.shape[key]) as { env?: readonly string[] } | undefined;
  return meta?.env ?? [];
}
