import { type ChildProcess, spawn } from "node:child_process";
import { setPriority } from "node:os";
import type { Readable } from "node:stream";
import { PlayheadError } from "@playhead/core";
import { childEnvironment } from "../system/child-environment.ts";
import { errnoOf } from "../system/errno.ts";
import { deathWrapper } from "./death-wrapper.ts";
import type { Pausable } from "./pause-gate.ts";

export interface ChildExit {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A program and all that it starts: a process group of its own, which is stopped, resumed and ended as one. */
export interface ChildGroup extends Pausable {
  /** Id of the process and of its group. */
  readonly pid: number;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** File descriptor 3 of the child. */
  readonly progress: Readable;
  /** Settles when the process is gone and its pipes are closed: only then is its place free. */
  readonly closed: Promise<ChildExit>;
  /** Asks it to quit, and kills it when it has not after the grace. A stopped child is woken, so that it can hear. */
  terminate(graceMs: number): void;
}

export interface SpawnGroupOptions {
  readonly program: string;
  readonly args: readonly string[];
  readonly runId: string;
  /** -20 (first) to 19 (last). */
  readonly nice?: number | undefined;
}

/** What is left of a group whose leader has exited, and still holds our pipes, is killed after this. */
const STRAGGLER_MS = 1_000;

/**
 * Starts a program in its own session: a Ctrl-C in the terminal does not reach it, we end it in our way.
 * @throws PlayheadError `ffmpeg_missing`, `out_of_memory` or `ffmpeg_failed` when it cannot be started
 */
export async function spawnGroup(options: SpawnGroupOptions): Promise<ChildGroup> {
  const [command = options.program, ...args] = [...(await deathWrapper()), options.program, ...options.args];
  const child = spawn(command, args, {
    cwd: "/",
    detached: true,
    env: childEnvironment(options.runId),
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  const { pid, stdout, stderr } = child;
  const progress = child.stdio[3];
  if (pid === undefined || stdout === null || stderr === null || !(progress && "read" in progress)) {
    throw spawnError(await new Promise<unknown>((resolve) => child.once("error", resolve)));
  }
  // A pipe that breaks is a child that goes: `close` tells. Unheard, the event would end our process.
  for (const stream of [stdout, stderr, progress]) stream.on("error", () => undefined);
  if (options.nice !== undefined) lowerPriority(pid, options.nice);
  return { pid, stdout, stderr, progress: progress as Readable, ...control(child, pid) };
}

function control(child: ChildProcess, pid: number): Pick<ChildGroup, "closed" | "stop" | "resume" | "terminate"> {
  let isOpen = true;
  let isEnding = false;
  const timers = new Set<NodeJS.Timeout>();

  /** While the child is open its group's id cannot belong to anyone else. */
  const signalGroup = (signal: NodeJS.Signals) => {
    if (!isOpen) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // It has just gone; `close` is on its way.
    }
  };
  const killAfter = (ms: number) => timers.add(setTimeout(() => signalGroup("SIGKILL"), ms));

  child.once("exit", () => killAfter(STRAGGLER_MS));
  // The child was started, so this can only be a signal that did not arrive; `close` still comes.
  child.on("error", () => undefined);
  const closed = new Promise<ChildExit>((resolve) => {
    child.once("close", (exitCode, signal) => {
      isOpen = false;
      for (const timer of timers) clearTimeout(timer);
      resolve({ exitCode, signal });
    });
  });

  return {
    closed,
    stop() {
      if (!isEnding) signalGroup("SIGSTOP");
    },
    resume() {
      if (!isEnding) signalGroup("SIGCONT");
    },
    terminate(graceMs) {
      if (isEnding) return;
      isEnding = true;
      signalGroup("SIGTERM");
      signalGroup("SIGCONT");
      killAfter(graceMs);
    },
  };
}

function lowerPriority(pid: number, nice: number): void {
  try {
    setPriority(pid, nice);
  } catch {
    // Not permitted, or gone already: it runs at the usual priority.
  }
}

function spawnError(cause: unknown): PlayheadError {
  const errno = errnoOf(cause);
  if (errno === "ENOMEM") {
    return new PlayheadError("out_of_memory", "there was not enough memory to start ffmpeg", {
      hint: "run fewer clips at once, or give the machine more memory",
      retryable: true,
      cause,
    });
  }
  if (errno === "EAGAIN" || errno === "EMFILE" || errno === "ENFILE") {
    return new PlayheadError(
      "ffmpeg_failed",
      `ffmpeg could not be started: too many processes or open files (${errno})`,
      {
        hint: "run fewer clips at once, or raise the limits (ulimit -n, ulimit -u)",
        retryable: true,
        cause,
      },
    );
  }
  return new PlayheadError("ffmpeg_missing", `ffmpeg could not be started (${errno ?? "unknown"})`, {
    hint: "check that it is installed and may be run; FFMPEG_PATH says where it is",
    cause,
  });
}
