import type { LogLine, PlayheadEvent } from "@playhead/core";
import type { Publication } from "../bus/bus.ts";

/** A fact or a tick as viewers get it; `dataJson` is its data, serialised already. */
export function publishEvent(epoch: string, tenantId: string, event: PlayheadEvent, dataJson: string): Publication {
  let frame: string | null = null;
  const isTick = event.tick !== undefined;
  return {
    tenantId,
    jobId: event.job_id,
    seq: event.seq,
    ...(isTick && { tick: event.tick }),
    slot: isTick ? slotOf(event) : null,
    content: event,
    frame: () => {
      frame ??= frameOf(epoch, event, dataJson);
      return frame;
    },
  };
}

/** A log line as viewers get it. */
export function publishLog(tenantId: string, seq: number, line: LogLine): Publication {
  let frame: string | null = null;
  return {
    tenantId,
    jobId: line.job_id,
    seq,
    slot: null,
    content: line,
    frame: () => {
      frame ??= JSON.stringify({ type: "log", job_id: line.job_id, ts: line.ts, data: line });
      return frame;
    },
  };
}

/** @returns whether the publication is a log line. */
export function isLogLine(content: PlayheadEvent | LogLine): content is LogLine {
  return "log_id" in content;
}

function slotOf(event: PlayheadEvent): string {
  const { task_id: taskId } = event.data;
  return typeof taskId === "string" ? `${event.job_id}/${taskId}` : event.job_id;
}

/** Joined by hand: the data, which is most of it, is serialised already. */
function frameOf(epoch: string, event: PlayheadEvent, dataJson: string): string {
  const tick = event.tick === undefined ? "" : `,"tick":${event.tick}`;
  return (
    `{"type":"${event.type}","job_id":"${event.job_id}","epoch":"${epoch}","seq":${event.seq}${tick}` +
    `,"ts":"${event.ts}","correlation_id":"${event.correlation_id}","data":${dataJson}}`
  );
}
