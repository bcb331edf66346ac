import * as z from "zod";
import { configSchemaWith } from "../src/config/config-schema.ts";

/** Types of channels as features have them, for tests of the configuration alone. */
export const SCHEMA_WITH_CHANNELS = configSchemaWith({
  channels: [
    z.strictObject({
      type: z.literal("webhook"),
      url: z.url({ protocol: /^https?$/ }),
      signing: z
        .union([z.string().min(8), z.strictObject({ env: z.string() })])
        .optional()
        .meta({ secret: true }),
      headers: z.record(z.string(), z.string()).optional(),
    }),
    z.strictObject({
      type: z.literal("email"),
      to: z.array(z.email()).min(1),
      server: z.strictObject({ host: z.string().min(1), port: z.number().int(), password: z.string().optional() }),
    }),
  ],
  faultsOf: ({ channels }) =>
    Object.entries(channels)
      .filter(([, { url }]) => url === "https://nobody.example/")
      .map(([name]) => ({ path: ["channels", name, "url"], message: "expected an address of somebody" })),
});
