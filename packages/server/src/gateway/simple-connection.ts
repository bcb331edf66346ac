import { CLOSE_CODES, PlayheadError, type Position } from "@playhead/core";
import { type Connection, type ConnectionContext, controlFrame, INTERNAL_ERROR } from "./connection.ts";
import { type JobFeed, openJobFeed } from "./job-feed.ts";

/** What the address of a simple socket says. */
export interface SimpleRequest {
  readonly jobId: string;
  /** The last fact that the client has; null asks for a snapshot. */
  readonly after: number | null;
}

/**
 * The simple mode: one socket, one job, nothing to send. First a `snapshot`, then what happens; with `after`, all that
 * was missed instead of the snapshot, or `reset` and a snapshot where that is not to be had.
 */
export function createSimpleConnection(context: ConnectionContext, { jobId, after }: SimpleRequest): Connection {
  const { outbox, source } = context;
  let feed: JobFeed | null = null;
  let over = false;
  const since: Position | null = after === null ? null : { epoch: source.epoch, seq: after, tick: 0 };

  openJobFeed(source, { tenantId: context.tenantId, jobId, since, logs: true }, outbox.push).then(begin, (error) => {
    if (error instanceof PlayheadError && error.code === "not_found") {
      context.close(CLOSE_CODES.no_such_job, error.message);
    } else {
      context.onError(error);
      context.close(INTERNAL_ERROR, "the server could not read the job; try again");
    }
  });

  function begin(opened: JobFeed): void {
    if (over) {
      opened.close();
      return;
    }
    feed = opened;
    const { snapshot } = opened;
    if (since !== null && !opened.recovered) {
      const reason = `what came after fact ${after} is not to be had`;
      outbox.pushAlone(controlFrame("reset", { job_id: jobId, reason }));
    }
    if (snapshot !== null) {
      const { job_id, seq, tick, correlation_id } = snapshot;
      const { epoch } = source;
      const ts = new Date(context.nowMs()).toISOString();
      outbox.pushAlone(
        JSON.stringify({ type: "snapshot", job_id, epoch, seq, tick, ts, correlation_id, data: snapshot }),
      );
    }
    opened.start();
  }

  return {
    receive: () => undefined,
    beat: () => undefined,
    ended() {
      over = true;
      feed?.close();
    },
  };
}
