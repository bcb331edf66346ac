import { type JsonObject, type Playhead, PlayheadError, type StartedJob } from "@playhead/sdk";
import * as z from "zod";
import type { StorageSettings } from "./storage/storage-settings.ts";

/**
 * A pipeline as a job of the server asks for it: by its kind, with its input as `metadata.input` of the job. A pipeline
 * adds itself by a file of its own and a line in `job-kinds.ts`.
 */
export interface JobKind {
  readonly kind: string;
  /** What it is called for people. */
  readonly title: string;
  /** One sentence: what comes of it. */
  readonly description: string;
  /** What may be given; of its JSON Schema a form is made, in this order. Files are named by `format: "upload"`. */
  readonly input: z.ZodObject;
  /**
   * Does the work of a job that runs already.
   *
   * @returns the job's summary
   * @throws PlayheadError what ends the job
   */
  run(work: KindWork): Promise<unknown>;
}

/** What a pipeline gets to work with. */
export interface KindWork {
  readonly playhead: Playhead;
  readonly started: StartedJob;
  /** As {@link parseInput} gave it. */
  readonly input: JsonObject;
  readonly place: WorkPlace;
}

/** Where a worker does its work. */
export interface WorkPlace {
  /** Folder in which what runs is written down, so that nothing is left over after a crash. */
  readonly registryDir: string;
  /** The folder in which a job leaves what it makes: the same for each attempt at it. */
  readonly outDir: (job: Pick<StartedJob, "retry_of"> & { readonly jobId: string }) => string;
  /** Where viewers can get a file of such a folder; null when they cannot. */
  readonly urlOf: (file: string) => string | null;
  /**
   * The path of a file that a job names: one that was uploaded, or one in a folder that may be read.
   *
   * @throws PlayheadError `input_missing` or `input_refused`
   */
  readonly fileOf: (name: string) => string;
  readonly ffmpegPath: string | undefined;
  /** Where what is made can be uploaded to; jobs name no other place. @defaultValue nowhere */
  readonly storage?: StorageSettings | undefined;
}

/**
 * What a job was given, checked, with defaults filled in.
 *
 * @throws PlayheadError `validation_error` with every fault by its path in `detail.faults`
 */
export function parseInput(kind: JobKind, input: unknown): JsonObject {
  const parsed = kind.input.safeParse(input ?? {});
  if (parsed.success) return parsed.data as JsonObject;
  const faults = parsed.error.issues.map(({ path, message }) => ({ path: ["input", ...path].join("."), message }));
  const words = faults.map(({ path, message }) => `${path}: ${message}`).join("; ");
  throw new PlayheadError("validation_error", `the input of the ${kind.kind} job has faults: ${words}`, {
    detail: { faults },
  });
}

/** The input of a kind as JSON Schema, for forms and for documentation. */
export function inputSchemaOf({ input }: JobKind): JsonObject {
  return z.toJSONSchema(input, { io: "input" }) as JsonObject;
}
