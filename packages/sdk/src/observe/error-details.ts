import type { ErrorDetails } from "@playhead/core";
import { messageOf } from "../cleaned-error.ts";
import { shortText } from "../json-copy.ts";

const MAX_MESSAGE = 1_024;
const MAX_STACK = 4_096;

/** What is kept of anything that was thrown. Never throws. */
export function errorDetails(thrown: unknown): ErrorDetails {
  if (!(thrown instanceof Error)) return { class: typeof thrown, message: shortText(messageOf(thrown), MAX_MESSAGE) };
  const code = "code" in thrown ? thrown.code : undefined;
  return {
    class: thrown.name,
    message: shortText(messageOf(thrown), MAX_MESSAGE),
    ...((typeof code === "string" || typeof code === "number") && { code: String(code) }),
    ...(typeof thrown.stack === "string" && { stack: shortText(thrown.stack, MAX_STACK) }),
  };
}
