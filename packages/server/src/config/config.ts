import * as z from "zod";

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
    .meta({ env: ["PLAYHEAD_SECRET"], description: "Signs sessions; else one is made on first start." }),
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
  ffmpeg_path: z
    .string()
    .min(1)
    .optional()
    .meta({ env: ["FFMPEG_PATH"], description: "The ffmpeg to use." }),
});

export type Config = z.infer<typeof configSchema>;
export type ConfigKey = keyof Config;

/** Settings that are numbers: in the environment and on a command line they are text. */
const NUMBERS: ReadonlySet<ConfigKey> = new Set(["port", "connections_per_tenant", "connections_per_address"]);
/** Settings that nobody may read in a message. */
const SECRETS: ReadonlySet<ConfigKey> = new Set(["admin_key", "secret"]);

/** @returns a value from outside of the file as the schema wants it; what does not fit is left for the schema to refuse */
export function fromText(key: ConfigKey, value: unknown): unknown {
  return NUMBERS.has(key) && typeof value === "string" && /^\s*\d+\s*$/.test(value) ? Number(value) : value;
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
