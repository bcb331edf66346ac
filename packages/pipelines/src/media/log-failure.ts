import { PlayheadError, type TaskHandle } from "@playhead/sdk";
import { withoutFolders } from "./words.ts";

/**
 * Says in the job's log what failed, and why, with what ffmpeg complained of. Viewers read the log, too: files
 * have their names only.
 *
 * @param workFolders absolute folders that are not to be named
 */
export function logFailure({ log }: TaskHandle, what: string, error: unknown, workFolders: readonly string[]): void {
  const folders = [...workFolders, process.cwd()];
  const message = error instanceof Error ? error.message : String(error);
  const { code, hint, detail } = error instanceof PlayheadError ? error : {};
  const tail = Array.isArray(detail?.stderr_tail) ? detail.stderr_tail.map(String) : [];
  const complaints = tail.filter((line) => !line.includes("[info]")).join("\n");
  log.error(`${what} failed: ${withoutFolders(message, folders)}`, {
    error_code: code ?? "task_failed",
    ...(hint !== undefined && { hint }),
    ...(complaints !== "" && { ffmpeg: withoutFolders(complaints, folders) }),
  });
}
