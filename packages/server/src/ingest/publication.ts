import type { PlayheadEvent } from "@playhead/core";
import type { Publication } from "../bus/bus.ts";

/** A fact or a tick as viewers get it; `dataJson` is its data where that has been serialised already. */
export function publishEvent(
  epoch: string,
  tenantId: string,
  event: PlayheadEvent,
  dataJson: string | null,
): Publication {
  let frame: string | null = null;
  return {
    tenantId,
    jobId: event.job_id,
    seq: event.seq,
    tick: event.tick,
    slot: event.tick === undefined ? null : slotOf(event),
    content: event,
    frame: () => {
      frame ??= dataJson === null ? wholeFrame(epoch, event) : frameAround(epoch, event, dataJson);
      return frame;
    },
  };
}

/** Ticks of the same task, and those of the job itself, replace one another. */
function slotOf(event: PlayheadEvent): string {
  const { task_id: taskId } = event.data;
  return typeof taskId === "string" ? `${event.job_id}/${taskId}` : event.job_id;
}

function wholeFrame(epoch: string, { type, job_id, seq, tick, ts, correlation_id, data }: PlayheadEvent): string {
  return JSON.stringify({ type, job_id, epoch, seq, tick, ts, correlation_id, data });
}

/** Joined by hand: the data, which is most of it, is serialised already. */
function frameAround(epoch: string, event: PlayheadEvent, dataJson: string): string {
  const tick = event.tick === undefined ? "" : `,"tick":${event.tick}`;
  return (
    `{"type":"${event.type}","job_id":${JSON.stringify(event.job_id)},"epoch":${JSON.stringify(epoch)}` +
    `,"seq":${event.seq}${tick},"ts":${JSON.stringify(event.ts)}` +
    `,"correlation_id":${JSON.stringify(event.correlation_id)},"data":${dataJson}}`
  );
}
