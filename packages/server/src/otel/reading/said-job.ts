import { isJobId, type JsonObject, type Redaction } from "@playhead/core";
import { MARK } from "../trace-mark.ts";
import { fitting } from "../wire/any-value.ts";
import type { Origin } from "../wire/read-requests.ts";
import * as names from "./attribute-names.ts";
import { textAt } from "./attribute-names.ts";

/** The job that spans or records are announced as, where none is known yet. */
export interface NewJob {
  readonly kind: string;
  readonly title: string;
  readonly userId: string | null;
  readonly metadata: JsonObject;
}

export interface NewTask {
  readonly kind: string;
  readonly title: string;
  readonly parentId: string | null;
  readonly weight: number | null;
}

/** How a job or a task ended, as its span says. */
export type Outcome =
  | { readonly state: "completed" }
  | { readonly state: "canceled" | "skipped"; readonly reason: string }
  | { readonly state: "failed"; readonly error: JsonObject };

const MAX_RESOURCE = 16_000;

/** The job that a span or a record names; null where it names none. */
export function namedJob(attributes: JsonObject, { resource }: Origin): string | null {
  for (const said of [attributes, resource]) {
    const jobId = textAt(said, names.JOB_ID, 128);
    if (isJobId(jobId)) return jobId;
  }
  return null;
}

/** Says what a job is to be announced as; what programs say of themselves is looked at once each. */
export function createNewJobs({ text, fields }: Redaction) {
  const metadata = new Map<Origin["resource"], JsonObject>();

  function metadataOf(resource: JsonObject): JsonObject {
    const known = metadata.get(resource);
    if (known !== undefined) return known;
    const made = { [MARK]: fields(fitting(resource, MAX_RESOURCE)) };
    metadata.set(resource, made);
    return made;
  }

  /** @param name of the job's own span; null where it was not heard of */
  return ({ resource }: Origin, attributes: JsonObject, name: string | null): NewJob => {
    const said = { ...resource, ...attributes };
    const service = textAt(resource, "service.name") ?? "opentelemetry";
    return {
      kind: textAt(said, names.JOB_KIND) ?? service,
      title: text(textAt(said, names.JOB_TITLE) ?? name ?? service),
      userId: textAt(said, names.USER_ID),
      metadata: metadataOf(resource),
    };
  };
}
