import { PlayheadError } from "@playhead/sdk";
import { withoutFolders } from "../../media/words.ts";

/** An error as a report tells it: files have their names only. */
export function toErrorWords(error: unknown, folders: readonly string[]) {
  const message = error instanceof Error ? error.message : String(error);
  return {
    error_code: error instanceof PlayheadError ? error.code : "task_failed",
    error_message: withoutFolders(message, folders),
  };
}
