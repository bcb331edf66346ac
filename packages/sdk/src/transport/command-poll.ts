import { type ControlCommand, isJsonObject } from "@playhead/core";
import { backoffMs } from "../recorder/backoff.ts";
import type { SetTimer } from "../timer.ts";
import type { RequestJson } from "./http-client.ts";
import type { CommandListener } from "./transport.ts";

export interface CommandPollDeps {
  readonly request: RequestJson;
  readonly setTimer: SetTimer;
  readonly random: () => number;
}

/** How long the server may keep a question open, in seconds. */
const WAIT_SEC = 25;
const POLL_TIMEOUT_MS = (WAIT_SEC + 10) * 1_000;
const ACK_TIMEOUT_MS = 10_000;

/** Asks the server for commands, again and again, until the returned function is called. */
export function pollCommands(
  source: string,
  listener: CommandListener,
  { request, setTimer, random }: CommandPollDeps,
): () => void {
  const controller = new AbortController();
  const { signal } = controller;
  const path = `/commands?source=${encodeURIComponent(source)}&wait=${WAIT_SEC}`;

  async function poll(): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      try {
        const answer = await request({ method: "GET", path, timeoutMs: POLL_TIMEOUT_MS, signal });
        failures = 0;
        // They are obeyed after the loop has ended, too: the answer may have come just before.
        const commands = commandsIn(answer);
        for (const command of commands) await obey(command);
        // Should a server, or a proxy, not hold the question open, this is no storm.
        if (commands.length === 0) await wait(backoffMs(1, random()));
      } catch {
        // Whatever it is, commands are worth trying again: the job goes on meanwhile.
        failures += 1;
        await wait(backoffMs(failures, random()));
      }
    }
  }

  async function obey(command: ControlCommand): Promise<void> {
    listener(command);
    // The last command ends the job, and with it this signal: its receipt still has to get through.
    const receipt = new AbortController();
    await request({
      method: "POST",
      path: `/commands/${encodeURIComponent(command.command_id)}/ack`,
      timeoutMs: ACK_TIMEOUT_MS,
      signal: receipt.signal,
    });
  }

  function wait(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        signal.removeEventListener("abort", done);
        cancelTimer();
        resolve();
      };
      const cancelTimer = setTimer(done, delayMs, false);
      if (signal.aborted) done();
      else signal.addEventListener("abort", done, { once: true });
    });
  }

  void poll();
  return () => controller.abort();
}

const VERBS: ReadonlySet<unknown> = new Set(["pause", "resume", "cancel"]);

function commandsIn(answer: unknown): ControlCommand[] {
  const commands = isJsonObject(answer) ? answer.commands : undefined;
  return Array.isArray(commands) ? commands.filter(isCommand) : [];
}

function isCommand(value: unknown): value is ControlCommand {
  return (
    isJsonObject(value) &&
    typeof value.command_id === "string" &&
    typeof value.job_id === "string" &&
    VERBS.has(value.verb) &&
    (value.reason === null || typeof value.reason === "string")
  );
}
