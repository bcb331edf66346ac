import { type ControlVerb, PlayheadError } from "@playhead/core";
import type { Transport } from "../transport/transport.ts";

/** Why something is asked of a job. */
export interface ControlOptions {
  /** Shown to viewers. */
  readonly reason?: string;
}

/** Asks the server for something of a job, whoever runs it. */
export interface RemoteControl {
  /**
   * Pauses, resumes or cancels a job, as the dashboard does: resolves when it is stored that the job is to do so, and its
   * worker is told; the worker then does it. Over HTTP that takes a key of the role `operator` or `admin`.
   *
   * @throws PlayheadError `not_found`; `conflict` when the job's state does not allow it, and nothing changes; `forbidden`
   * for a key that may not control; `server_unreachable` and others where there is no answer
   */
  control(jobId: string, verb: ControlVerb, options?: ControlOptions): Promise<void>;
  /**
   * Announces a job that does again what one that failed or was canceled was to do; a worker of its kind starts it.
   *
   * @returns the new job's id
   * @throws PlayheadError as {@link control}
   */
  retry(jobId: string): Promise<string>;
}

export interface RemoteControlDeps {
  readonly transport: Pick<Transport, "control" | "retry">;
  /** Whether something of the job may still be on its way to the server. */
  readonly isOpenHere: (jobId: string) => boolean;
  /** Resolves when what was recorded before is there, or could not be in time. */
  readonly flush: () => Promise<unknown>;
}

const VERBS: ReadonlySet<string> = new Set<ControlVerb>(["pause", "resume", "cancel"]);

/** Jobs of this Playhead are commanded as they stand now, so that what was recorded of them goes first. */
export function createRemoteControl({ transport, isOpenHere, flush }: RemoteControlDeps): RemoteControl {
  async function settle(jobId: string): Promise<void> {
    if (isOpenHere(jobId)) await flush();
  }

  return {
    async control(jobId, verb, { reason } = {}) {
      if (!VERBS.has(verb)) {
        const expected = "expected the verb to be pause, resume or cancel";
        throw new PlayheadError("validation_error", `${expected}, got ${JSON.stringify(verb)}`);
      }
      if (transport.control === undefined) throw cannot(verb);
      await settle(jobId);
      await transport.control(jobId, verb, reason ?? null);
    },
    async retry(jobId) {
      if (transport.retry === undefined) throw cannot("retry");
      await settle(jobId);
      return transport.retry(jobId);
    },
  };
}

function cannot(verb: string): PlayheadError {
  return new PlayheadError("usage_error", `the transport of this Playhead cannot ${verb} jobs`);
}
