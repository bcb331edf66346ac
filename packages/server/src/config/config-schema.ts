import * as z from "zod";
import { CHANNELS_META, type Config, channelName, configSchema } from "./config.ts";

/** What others add to what can be set: the configuration imports no feature. */
export interface ConfigExtension {
  /** What channels may be: objects, each with its `type` as a literal. A field whose `meta` says `secret` is never shown. */
  readonly channels: readonly z.ZodObject[];
  /** What only those can tell who go by it, of a configuration that is right as far as the schema goes. */
  readonly faultsOf?: (config: Config) => readonly { readonly path: readonly string[]; readonly message: string }[];
}

/** The schema of a configuration: that of {@link configSchema}, with the types of channels that there are. */
export type ConfigSchema = typeof configSchema;

/** The schema with what others add to it. */
export function configSchemaWith({ channels: [first, ...others], faultsOf }: ConfigExtension): ConfigSchema {
  const channel =
    first === undefined ? z.never("there are no types of channels") : z.discriminatedUnion("type", [first, ...others]);
  const extended = configSchema.extend({ channels: z.record(channelName, channel).default({}).meta(CHANNELS_META) });
  // What comes out is what the plain schema has, only checked more closely.
  const schema = extended as unknown as ConfigSchema;
  if (faultsOf === undefined) return schema;
  return schema.superRefine((config, context) => {
    for (const { path, message } of faultsOf(config)) context.addIssue({ code: "custom", path: [...path], message });
  });
}

/**
 * The JSON Schema of a configuration file, for editors: what is allowed, what it is for, and whether it holds at once.
 */
export function configJsonSchema(schema: ConfigSchema): Record<string, unknown> {
  const { $schema, ...document } = z.toJSONSchema(schema, {
    io: "input",
    target: "draft-7",
    unrepresentable: "any",
    override: ({ jsonSchema }) => {
      const { env, reloadable, secret, section, ...others } = jsonSchema as Record<string, unknown>;
      for (const name of ["env", "reloadable", "secret", "section"])
        delete (jsonSchema as Record<string, unknown>)[name];
      if (secret === true) jsonSchema.writeOnly = true;
      if (reloadable === false) jsonSchema.description = `${others.description} A change waits for the next start.`;
    },
  }) as Record<string, unknown>;
  return {
    $schema,
    title: "The configuration of Playhead",
    ...document,
    properties: {
      $schema: { type: "string", description: "Where this schema is, for editors." },
      ...(document.properties as object),
    },
  };
}
