import { cleanedText, PlayheadError, type TaskHandle } from "@playhead/sdk";
import { withoutFolders } from "./words.ts";

/**
 * Says in the job's log what failed, and why, with what ffmpeg complained of. Viewers read the log, too: paths, hosts
 * and stacks are taken out (SPEC §13). All of the error stands in the record of the call that threw it, which goes to
 * the log files.
 *
 * @param workFolders absolute folders that are not to be named, whatever signs are in their names
 */
export function logFailure({ log }: TaskHandle, what: string, error: unknown, workFolders: readonly string[]): void {
  const folders = [...workFolders, process.cwd()];
  const clean = (text: string) => cleanedText(withoutFolders(text, folders));
  const message = error instanceof Error ? error.message : String(error);
  const { code, hint, detail } = error instanceof PlayheadError ? error : {};
  const tail = Array.isArray(detail?.stderr_tail) ? detail.stderr_tail.map(String) : [];
  const complaints = tail.filter((line) => !line.includes("[info]")).map(clean);
  log.error(`${what} failed: ${clean(message)}`, {
    error_code: code ?? "task_failed",
    ...(hint !== undefined && { hint: clean(hint) }),
    ...(complaints.length > 0 && { ffmpeg: complaints.join("\n") }),
  });
}
