import { execFile } from "node:child_process";
import { PlayheadError } from "@playhead/core";
import { canceledError } from "./canceled.ts";
import { childEnvironment } from "./child-environment.ts";
import { errnoOf } from "./errno.ts";

export interface CaptureOptions {
  /** The program is killed after this many milliseconds. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** @defaultValue 16 MiB */
  readonly maxOutputBytes?: number;
}

export interface Captured {
  readonly stdout: string;
  readonly stderr: string;
  /** 0..255; null when a signal ended it. */
  readonly exitCode: number | null;
}

/**
 * Runs a short program (ffprobe, `ffmpeg -version`) and returns what it wrote, whatever its exit code.
 * @throws PlayheadError `canceled`, `ffmpeg_timeout`, `ffmpeg_missing` or `ffmpeg_failed`
 */
export function capture(program: string, args: readonly string[], options: CaptureOptions): Promise<Captured> {
  const { timeoutMs, signal, maxOutputBytes = 16 * 1024 * 1024 } = options;
  if (signal?.aborted) return Promise.reject(canceledError(signal));
  const name = program.slice(program.lastIndexOf("/") + 1);
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      [...args],
      {
        timeout: Math.ceil(timeoutMs),
        killSignal: "SIGKILL",
        maxBuffer: maxOutputBytes,
        env: childEnvironment(),
        cwd: "/",
      },
      (error, stdout, stderr) => {
        signal?.removeEventListener("abort", abort);
        if (signal?.aborted) return reject(canceledError(signal));
        if (error === null) return resolve({ stdout, stderr, exitCode: 0 });
        if (typeof error.code === "number") return resolve({ stdout, stderr, exitCode: error.code });
        reject(captureError(error, name, timeoutMs));
      },
    );
    const abort = () => child.kill("SIGKILL");
    signal?.addEventListener("abort", abort, { once: true });
    child.stdin?.end();
  });
}

function captureError(error: Error & { killed?: boolean }, name: string, timeoutMs: number): PlayheadError {
  const errno = errnoOf(error);
  if (errno === "ENOENT" || errno === "EACCES" || errno === "ENOEXEC") {
    return new PlayheadError("ffmpeg_missing", `${name} could not be started (${errno})`, {
      hint: "check that it is installed and may be run; FFMPEG_PATH says where it is",
      cause: error,
    });
  }
  if (errno === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER") {
    return new PlayheadError("ffmpeg_failed", `${name} wrote more than we are willing to read`, { cause: error });
  }
  if (error.killed) {
    return new PlayheadError("ffmpeg_timeout", `${name} did not finish within ${timeoutMs / 1000} s`, {
      hint: "the file may be on a slow or lost disk, or be made to take forever; try again, or copy it to a local disk",
      cause: error,
    });
  }
  return new PlayheadError("ffmpeg_failed", `${name} ended unexpectedly`, {
    hint: "try again; the log has what it wrote",
    retryable: true,
    cause: error,
  });
}
