import * as z from "zod";

/** A file that is there already; its name may have placeholders. */
export const fileSettings = z.strictObject({
  provider: z.literal("file"),
  file: z.string().min(1).max(1_000),
});

export type FileSettings = z.infer<typeof fileSettings>;
