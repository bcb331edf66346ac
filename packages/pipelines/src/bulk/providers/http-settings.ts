import * as z from "zod";
import { rateText } from "../limits/rate.ts";

const MB = 1024 * 1024;

/** A service that makes a file of a row. */
export const httpSettings = z.strictObject({
  provider: z.literal("http"),
  url: z.url({ protocol: /^https?$/, error: "expected an http or https address" }),
  /** A value may be taken from the environment, so that no key stands in the template. */
  headers: z
    .record(
      z.string().regex(/^[A-Za-z0-9-]{1,60}$/, "expected the name of a header"),
      z.union([
        z
          .string()
          .max(4_000)
          .regex(/^[\t\x20-\x7e]*$/),
        z.strictObject({ env: z.string().regex(/^[A-Za-z_]\w{0,99}$/), prefix: z.string().max(100).default("") }),
      ]),
    )
    .default({}),
  /** Columns that are sent. @defaultValue all */
  fields: z.array(z.string()).optional(),
  rate: rateText.optional(),
  /** How many may be asked at once after a while without. */
  burst: z.int().min(1).max(1_000).default(1),
  timeout_sec: z.number().min(0.1).max(600).default(60),
  max_bytes: z
    .int()
    .min(1)
    .max(2_048 * MB)
    .default(100 * MB),
  /** Of what the service makes: with another one, videos are made anew. */
  version: z.string().max(100).default(""),
});

export type HttpSettings = z.infer<typeof httpSettings>;
