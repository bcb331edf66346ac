import path from "node:path";
import * as z from "zod";
import { boundedNotification } from "../bounded-notification.ts";
import { ChannelRefusal, type ChannelType } from "../channel.ts";
import { createLineFile } from "./line-file.ts";

const MIB = 1_048_576;

const settings = z.strictObject({
  type: z.literal("file"),
  path: z
    .string()
    .max(4_096)
    .refine((text) => path.isAbsolute(text) && text.endsWith(".jsonl"), {
      message: "expected an absolute path that ends with .jsonl",
    })
    .meta({
      description: "Absolute path, ending with `.jsonl`; its folder is there already. One file belongs to one channel.",
    }),
  max_bytes: z
    .number()
    .int()
    .min(100_000)
    .max(100 * MIB)
    .default(10 * MIB)
    .meta({ description: "A file that would grow larger is put aside as `….1`, in place of the one before." }),
});

const LIMIT_MS = 15_000;
const NOTIFICATION_BYTES = 50_000;

/** Writes each notification as a line of JSON: once, however often it is sent. */
export const file = {
  settings,
  create({ path: file, max_bytes }) {
    const lines = createLineFile(file, max_bytes);
    return {
      type: "file",
      target: file,
      limitMs: LIMIT_MS,
      paceMs: 0,
      async send(notification, signal) {
        const line = JSON.stringify(boundedNotification(notification, NOTIFICATION_BYTES));
        try {
          const isNew = await lines.add(notification.notification_id, line, signal);
          return { answer: isNew ? "written" : "was written before" };
        } catch (error) {
          const { code = "failed" } = error as NodeJS.ErrnoException;
          throw new ChannelRefusal(`expected to write ${file}, got ${code}`, { retryable: true });
        }
      },
    };
  },
} satisfies ChannelType<z.infer<typeof settings>>;
