import { isJsonObject } from "@playhead/core";
import { backoffMs } from "../recorder/backoff.ts";
import type { SetTimer } from "../timer.ts";
import type { RequestJson } from "./http-client.ts";
import { readCommand } from "./read-command.ts";
import type { CommandListener, StartsMore } from "./transport.ts";

export interface CommandPollDeps {
  readonly request: RequestJson;
  readonly setTimer: SetTimer;
  readonly random: () => number;
}

/** How long the server may keep a question open, in seconds. */
const WAIT_SEC = 25;
const POLL_TIMEOUT_MS = (WAIT_SEC + 10) * 1_000;
const ACK_TIMEOUT_MS = 10_000;

/** Of jobs that a worker starts. One that does is kept alive by asking; one that only runs its own is kept alive by them. */
export interface PolledKinds extends StartsMore {
  /** Those for which it has a place now. */
  readonly kinds: readonly string[];
}

/** Asks the server for commands, again and again, until the returned function is called. */
export function pollCommands(
  source: string,
  listener: CommandListener,
  { kinds, offers = kinds, withInput = [] }: PolledKinds,
  { request, setTimer, random }: CommandPollDeps,
): () => void {
  const controller = new AbortController();
  const { signal } = controller;
  const listed = (name: string, of: readonly string[]) =>
    of.length === 0 ? "" : `&${name}=${of.map(encodeURIComponent).join(",")}`;
  const ofKinds =
    listed("kinds", kinds) +
    (offers.join() === kinds.join() ? "" : listed("offers", offers)) +
    listed("with_input", withInput);
  const path = `/commands?source=${encodeURIComponent(source)}&wait=${WAIT_SEC}${ofKinds}`;

  async function poll(): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      try {
        const answer = await request({ method: "GET", path, timeoutMs: POLL_TIMEOUT_MS, signal });
        const commands = commandsIn(answer);
        // They are obeyed after the loop has ended, too: the answer may have come just before.
        const isSomeTaken = await obeyAll(commands);
        // What is not taken comes again at once.
        failures = isSomeTaken || commands.length === 0 ? 0 : failures + 1;
        // Should a server, or a proxy, not hold the question open, this is no storm.
        if (!isSomeTaken) await wait(backoffMs(failures + 1, random()));
      } catch {
        // Whatever it is, commands are worth trying again: the job goes on meanwhile.
        failures += 1;
        await wait(backoffMs(failures, random()));
      }
    }
  }

  async function obeyAll(commands: readonly unknown[]): Promise<boolean> {
    let isSomeTaken = false;
    for (const value of commands) {
      const command = readCommand(value);
      if (command === null || !listener(command)) continue;
      isSomeTaken = true;
      await confirm(command.command_id);
    }
    return isSomeTaken;
  }

  async function confirm(commandId: string): Promise<void> {
    // The last command ends the job, and with it this signal: its receipt still has to get through.
    const receipt = new AbortController();
    await request({
      method: "POST",
      path: `/commands/${encodeURIComponent(commandId)}/ack?source=${encodeURIComponent(source)}`,
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
      const cancelTimer = setTimer(done, delayMs, kinds.length > 0);
      if (signal.aborted) done();
      else signal.addEventListener("abort", done, { once: true });
    });
  }

  void poll();
  return () => controller.abort();
}

function commandsIn(answer: unknown): readonly unknown[] {
  const commands = isJsonObject(answer) ? answer.commands : undefined;
  return Array.isArray(commands) ? commands : [];
}
