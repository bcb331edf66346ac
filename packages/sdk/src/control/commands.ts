import type { StartCommand, WorkerCommand } from "@playhead/core";
import type { CommandListener } from "../transport/transport.ts";
import type { Warn } from "../warnings.ts";

/** A job that can be commanded. */
export interface Commanded {
  /** @returns why the command means nothing to the job as it is; null when it was obeyed, or has come too late */
  control(verb: "pause" | "resume" | "cancel", reason: string | null): string | null;
}

export interface CommandsDeps {
  readonly findJob: (jobId: string) => Commanded | undefined;
  /** @returns false when the job cannot be started here now */
  readonly start: (command: StartCommand) => boolean;
  readonly warn: Warn;
}

/** How many commands are remembered, so that one that comes twice is obeyed once. */
const MAX_KNOWN = 1_000;

/** Obeys what the server asks: each command once, however often it comes. What makes no sense is ignored, and said. */
export function createCommands({ findJob, start, warn }: CommandsDeps): CommandListener {
  const known = new Set<string>();

  function obey(command: WorkerCommand): boolean {
    const { job_id, verb, reason } = command;
    const job = findJob(job_id);
    // Asked to start what runs here: the first answer was lost.
    if (verb === "start") return job !== undefined || start(command);
    const fault = job === undefined ? "it does not run here" : job.control(verb, reason);
    if (fault !== null) warn(`ignored the command to ${verb} job ${job_id}: ${fault}`);
    return true;
  }

  return (command) => {
    if (known.has(command.command_id)) return true;
    if (!obey(command)) return false;
    known.add(command.command_id);
    const [oldest] = known;
    if (known.size > MAX_KNOWN && oldest !== undefined) known.delete(oldest);
    return true;
  };
}
