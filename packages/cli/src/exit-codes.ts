import { ERROR_CLASSES, type ErrorClass, type ErrorCode, PlayheadError } from "@playhead/core";

/** How the process ends, for whoever started it. `docs/cli.md` has the same table; a test holds the two together. */
export const EXIT_CODES = {
  ok: { code: 0, meaning: "everything was done" },
  failed: {
    code: 1,
    meaning: "the job failed, was canceled elsewhere, or some of its items failed; or an internal error",
  },
  usage: { code: 2, meaning: "what was asked for is wrong: a flag, the configuration, the input, the key" },
  machine: {
    code: 3,
    meaning: "the machine is in the way: ffmpeg missing, a busy port, a full disk, a data folder in use",
  },
  unreachable: { code: 4, meaning: "the server cannot be reached, or does not have what was asked for" },
  interrupted: { code: 130, meaning: "interrupted, by Ctrl-C for example, before the work was done" },
} as const satisfies Record<string, { readonly code: number; readonly meaning: string }>;

/** Why a command ended. */
export type Ending = keyof typeof EXIT_CODES;

const BY_CLASS: Readonly<Record<ErrorClass, Ending>> = {
  input: "usage",
  environment: "machine",
  transient: "failed",
  internal: "failed",
};

/** Codes whose class says something else than how a command ends by them. */
const BY_CODE: Partial<Record<ErrorCode, Ending>> = {
  not_found: "unreachable",
  server_unreachable: "unreachable",
  service_unavailable: "unreachable",
  rate_limited: "unreachable",
  canceled: "interrupted",
  conflict: "failed",
  worker_lost: "failed",
  worker_stopped: "interrupted",
  deadline_exceeded: "failed",
};

/** How a command ends by an error code. */
export function endingFor(code: ErrorCode): Ending {
  return BY_CODE[code] ?? BY_CLASS[ERROR_CLASSES[code]];
}

/** How a command ends by what it threw. */
export function endingOf(error: unknown): Ending {
  return error instanceof PlayheadError ? endingFor(error.code) : "failed";
}
