import { isJsonObject, PlayheadError, type StartCommand } from "@playhead/core";
import { readCommand } from "../transport/read-command.ts";
import type { CommandListener, Transport } from "../transport/transport.ts";
import type { Starts } from "./starts.ts";

/** What became of a claim. */
export type Claimed =
  | {
      readonly isStarted: true;
      /**
       * Resolves when the job has ended here, and the server has that, or could not be told in time: with what the job failed
       * with, else null. Never rejects.
       */
      readonly ended: Promise<unknown>;
    }
  | {
      readonly isStarted: false;
      /**
       * `ended`; `begun`, by another worker; `taken` by one that has not begun; `later`, `kind_limit`, `rate_limit`: not
       * its turn; `no_place`: nothing here runs it now.
       */
      readonly reason: string;
      /** When it makes sense to claim it again; null for never. */
      readonly retryAfterMs: number | null;
    };

export interface ClaimDeps {
  readonly source: string;
  readonly transport: Pick<Transport, "change">;
  readonly obey: CommandListener;
  readonly endOf: Starts["endOf"];
  /** Resolves when what was recorded is with the server, or could not be in time. */
  readonly flush: () => Promise<unknown>;
}

const NO_PLACE_RETRY_MS = 1_000;

/** Claims jobs that a queue has named: the server says whether they may begin, and nobody else begins them then. */
export function createClaim({ source, transport, obey, endOf, flush }: ClaimDeps): (jobId: string) => Promise<Claimed> {
  return async (jobId) => {
    if (transport.change === undefined) {
      throw new PlayheadError("usage_error", "the transport of this Playhead cannot claim jobs");
    }
    const { command, ...refusal } = readAnswer(
      await transport.change("POST", `jobs/${encodeURIComponent(jobId)}/claim`, { source }),
    );
    if (command === null) return { isStarted: false, ...refusal };
    if (!obey(command)) return { isStarted: false, reason: "no_place", retryAfterMs: NO_PLACE_RETRY_MS };
    // One that has ended by now has been started before: the first answer was lost.
    return { isStarted: true, ended: told(endOf(jobId) ?? Promise.resolve(null)) };
  };

  /** The queue's next job may need the place that this one has had in the server's count. */
  async function told(ended: Promise<unknown>): Promise<unknown> {
    const failure = await ended;
    await flush();
    return failure;
  }
}

interface Answer {
  readonly command: StartCommand | null;
  readonly reason: string;
  readonly retryAfterMs: number | null;
}

function readAnswer(answer: unknown): Answer {
  if (isJsonObject(answer)) {
    const command = readCommand(answer.command);
    if (command?.verb === "start") return { command, reason: "", retryAfterMs: null };
    const { reason, retry_after_ms: retryAfterMs } = answer;
    if (typeof reason === "string") {
      return { command: null, reason, retryAfterMs: typeof retryAfterMs === "number" ? retryAfterMs : null };
    }
  }
  throw new PlayheadError("server_unreachable", "what answered is not a Playhead server: expected the start of a job", {
    hint: "check the address, and that the server is as new as this worker",
    retryable: false,
  });
}
