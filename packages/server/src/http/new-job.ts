import { isJobId, MAX_PRIORITY } from "@playhead/core";
import * as z from "zod";
import { json } from "./schemas.ts";

/** More tasks than these come as events: what is announced in one request is stored as a whole. */
const MAX_ANNOUNCED = 1_000;
const MAX_ID_LENGTH = 200;
/** The longest time that a date can still be reckoned with. */
const MAX_DEADLINE_MS = 8.64e15;

const taskId = z.string().min(1).max(MAX_ID_LENGTH);
const title = z.string().max(500);
const weight = z
  .number()
  .min(0)
  .nullable()
  .meta({ description: "Its share of the work, in any unit its siblings share" });

const video = z.strictObject({
  id: taskId.optional().meta({ description: "Unique within the job; made by the server where it is missing" }),
  title: title.optional(),
  weight: weight.optional(),
  fields: json.optional().meta({ description: "Constant facts about it" }),
});

const task = z.strictObject({
  task_id: taskId,
  parent_id: taskId.nullable().optional(),
  kind: z.string().min(1).max(64),
  title: title.optional(),
  weight: weight.optional(),
  fields: json.optional(),
});

/** What a client says of a job to come. */
export const newJob = z
  .strictObject({
    job_id: z.string().refine(isJobId, "expected 1 to 128 letters, digits, dots, dashes or underscores").optional(),
    kind: z.string().min(1).max(64),
    title: title.optional(),
    user_id: z.string().max(200).optional(),
    metadata: json.optional(),
    input: json
      .optional()
      .meta({ description: "What the job is to work on, as its kind wants it; kept as metadata.input" }),
    priority: z
      .int()
      .min(-MAX_PRIORITY)
      .max(MAX_PRIORITY)
      .optional()
      .meta({ description: "Of jobs that wait, a higher one is started first; 0 where it is missing" }),
    max_attempts: z
      .int()
      .min(1)
      .max(10)
      .optional()
      .meta({ description: "How often it is tried in all, by itself, when what failed may go well another time" }),
    processing_deadline_ms: z.number().int().min(1).max(MAX_DEADLINE_MS).optional(),
    callback_url: z
      .string()
      .max(2_000)
      .optional()
      .meta({ description: "Called when the job has ended: a signed POST (docs/http.md)" }),
    videos: z.array(video).max(MAX_ANNOUNCED).optional(),
    tasks: z
      .array(task)
      .max(MAX_ANNOUNCED)
      .optional()
      .meta({ description: "Parents before their children; come before the videos" }),
  })
  .meta({ id: "NewJob" });

export type NewJob = z.output<typeof newJob>;
