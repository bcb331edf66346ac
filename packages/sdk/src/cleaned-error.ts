import { type ErrorClass, PlayheadError } from "@playhead/core";
import { cleanedText } from "./cleaned-text.ts";

/** The fields of an event that tell a viewer about an error. */
export interface CleanedError {
  readonly error_code: string;
  readonly error_message: string;
  readonly error_class: ErrorClass;
  readonly hint?: string;
}

/**
 * What viewers get to know of anything that was thrown: an error of ours keeps its code, class and hint, all else is
 * `task_failed` with its message; paths, hosts and stacks are taken out. Never throws.
 */
export function cleanedError(thrown: unknown): CleanedError {
  if (thrown instanceof PlayheadError) {
    return {
      error_code: thrown.code,
      error_message: cleanedText(thrown.message),
      error_class: thrown.errorClass,
      ...(thrown.hint !== undefined && { hint: cleanedText(thrown.hint) }),
    };
  }
  return {
    error_code: "task_failed",
    error_message: cleanedText(messageOf(thrown)) || "failed without a message",
    error_class: "internal",
  };
}

/** @returns whether what was thrown says that someone stopped the work, rather than that something broke. */
export function isCancellation(thrown: unknown): boolean {
  return thrown instanceof PlayheadError && (thrown.code === "canceled" || thrown.code === "worker_stopped");
}

/** Why something was canceled, in words for viewers. */
export function cancelReason(thrown: unknown): string {
  if (thrown instanceof PlayheadError && typeof thrown.detail.reason === "string")
    return cleanedText(thrown.detail.reason);
  return cleanedText(messageOf(thrown)) || "canceled";
}

/** The error that says that someone canceled; `reason` is for viewers. */
export function canceledError(reason: string, cause?: unknown): PlayheadError {
  return new PlayheadError("canceled", `canceled: ${reason}`, { detail: { reason }, cause });
}

/** The message of anything that was thrown, as it is. */
export function messageOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
  } catch {
    return "";
  }
}
