import { type Config, type LoadedConfig, readConfig } from "@playhead/server/config";
import type { Surroundings } from "./commands/command.ts";

/** The flags of a command that are settings, as they were typed. */
export interface ConfigFlags {
  readonly config?: string;
  readonly host?: string;
  readonly port?: string;
  readonly data?: string;
}

/**
 * The configuration of a command: file, environment, flags. The data folder comes back as an absolute path.
 *
 * @throws PlayheadError `config_invalid`
 */
export function commandConfig(
  flags: ConfigFlags,
  surroundings: Pick<Surroundings, "environment" | "errorLog">,
): Config {
  return readCommandConfig(flags, surroundings).config;
}

/** The same, with where each value comes from: for a server that follows it. */
export function readCommandConfig(
  flags: ConfigFlags,
  { environment, errorLog }: Pick<Surroundings, "environment" | "errorLog">,
): LoadedConfig {
  const { config: file, host, port, data } = flags;
  const loaded = readConfig({
    file: file ?? null,
    environment,
    flags: {
      ...(host !== undefined && { host }),
      // As text, so that a fault can say what was typed: the configuration reads it like an environment variable.
      ...(port !== undefined && { port: port as unknown as number }),
      ...(data !== undefined && { data }),
    },
  });
  errorLog.keepIn(loaded.config.data);
  return loaded;
}
