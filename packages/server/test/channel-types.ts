import * as z from "zod";
import { configSchemaWith } from "../src/config/config-schema.ts";

/** Types of channels as features have them, for tests of the configuration alone. */
export const SCHEMA_WITH_CHANNELS = configSchemaWith({
  channels: {
    webhook: z.strictObject({
      url: z.url({ protocol: /^https?$/ }),
      signing: z.string().min(8).optional().meta({ secret: true }),
      headers: z.record(z.string(), z.string()).optional(),
    }),
    email: z.strictObject({
      to: z.array(z.email()).min(1),
      server: z.strictObject({ host: z.string().min(1), port: z.number().int(), password: z.string().optional() }),
    }),
  },
});
