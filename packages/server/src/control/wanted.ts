import { isJsonObject, type Job } from "@playhead/core";

/** What a worker would start. */
export interface Wanted {
  readonly kinds: ReadonlySet<string>;
  /** Those of them that it starts only for jobs that came with an input: an object, as `metadata.input`. */
  readonly withInput: ReadonlySet<string>;
}

/** Whether a worker would start the job. */
export function takes({ kinds, withInput }: Wanted, { kind, metadata }: Pick<Job, "kind" | "metadata">): boolean {
  return kinds.has(kind) && (!withInput.has(kind) || isJsonObject(metadata.input));
}
