import { CHANNEL_SETTINGS, channelFaults } from "./app-channels.ts";
import { clusterFaults } from "./app-cluster-config.ts";
import { queueFaults } from "./app-queue-config.ts";
import type { Config } from "./config/config.ts";
import { type ConfigExtension, configJsonSchema, configSchemaWith } from "./config/config-schema.ts";
import { type ConfigSources, type LoadedConfig, readConfig as readConfigWith } from "./config/load-config.ts";

/** What the features add to what can be set. */
const EXTENSION: ConfigExtension = {
  channels: CHANNEL_SETTINGS,
  faultsOf: (config) => [...channelFaults(config, process.env), ...clusterFaults(config), ...queueFaults(config)],
};

/** Everything that can be set of this server. */
const CONFIG_SCHEMA = configSchemaWith(EXTENSION);

/**
 * The configuration of a start, with where each value comes from.
 *
 * @throws PlayheadError `config_invalid` that names every fault by where it was set.
 */
export function readConfig(sources: ConfigSources): LoadedConfig {
  return readConfigWith(sources, CONFIG_SCHEMA);
}

/** The JSON Schema of the configuration file, for editors. */
export function configFileSchema(): Record<string, unknown> {
  return configJsonSchema(CONFIG_SCHEMA);
}

/** A configuration that somebody made without a file. */
export function configWithoutFile(config: Config): LoadedConfig {
  return {
    config,
    sources: { file: null, environment: {}, flags: config },
    schema: CONFIG_SCHEMA,
    file: null,
    text: null,
    originOf: () => ({ kind: "default", name: null }),
  };
}
