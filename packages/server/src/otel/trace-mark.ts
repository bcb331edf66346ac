import { isJsonObject, type Job } from "@playhead/core";

/** The field of a job's metadata that says that it was made of a trace. */
export const MARK = "opentelemetry";

/** Whether a job was made of a trace. */
export const isOfTrace = ({ metadata }: Pick<Job, "metadata">): boolean => isJsonObject(metadata[MARK]);
