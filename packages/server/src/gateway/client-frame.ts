import { JOB_STATES, LOG_LEVELS, PlayheadError } from "@playhead/core";
import * as z from "zod";

const ref = z.string().min(1).max(64);
const jobId = z.string().min(1).max(128);
const position = z.strictObject({ epoch: z.string().max(64), seq: z.int().min(0), tick: z.int().min(0) });
const jobsFilter = z.strictObject({
  state: z.array(z.enum(JOB_STATES)).max(JOB_STATES.length).optional(),
  kind: z.array(z.string().max(64)).max(20).optional(),
  user_id: z.string().max(200).optional(),
  limit: z.int().min(1).max(200).optional(),
});

const logTail = z.strictObject({
  job_id: jobId,
  after: z.int().min(0).optional(),
  level: z.enum(LOG_LEVELS).optional(),
});

const clientFrame = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("subscribe"),
    data: z.union([
      z.strictObject({ ref, job_id: jobId, since: position.optional() }),
      z.strictObject({ ref, jobs: jobsFilter }),
      z.strictObject({ ref, logs: logTail }),
    ]),
  }),
  z.object({ type: z.literal("auth"), data: z.strictObject({ ref, token: z.string().min(1).max(8_192) }) }),
  z.object({ type: z.literal("unsubscribe"), data: z.strictObject({ ref }) }),
  z.object({ type: z.literal("ping"), data: z.looseObject({}) }),
]);

export type ParsedClientFrame = z.infer<typeof clientFrame>;

/**
 * Reads what a `playhead.v1` client sent.
 *
 * @throws PlayheadError `invalid_request` that names the first fault.
 */
export function parseClientFrame(text: string): ParsedClientFrame {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new PlayheadError("invalid_request", "expected a frame to be JSON", { cause });
  }
  const parsed = clientFrame.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = issue?.path.join(".") || "frame";
  throw new PlayheadError("invalid_request", `${path}: ${issue?.message ?? "not understood"}`, { detail: { path } });
}
