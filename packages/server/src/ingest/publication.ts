import type { PlayheadEvent } from "@playhead/core";
import type { Publication } from "../bus/bus.ts";
import { tickSlotOf } from "../bus/tick-slot.ts";

/** A fact or a tick as viewers get it; `dataJson` is its data where that has been serialised already. */
export function publishEvent(
  epoch: string,
  tenantId: string,
  event: PlayheadEvent,
  dataJson: string | null,
): Publication {
  return new EventPublication(epoch, tenantId, event, dataJson);
}

/** A class, since there is one for each event. */
class EventPublication implements Publication {
  readonly tenantId: string;
  readonly jobId: string;
  readonly seq: number;
  readonly tick: number | undefined;
  readonly slot: string | null;
  readonly content: PlayheadEvent;
  readonly #epoch: string;
  readonly #dataJson: string | null;
  #frame: string | null = null;

  constructor(epoch: string, tenantId: string, event: PlayheadEvent, dataJson: string | null) {
    this.tenantId = tenantId;
    this.jobId = event.job_id;
    this.seq = event.seq;
    this.tick = event.tick;
    this.slot = event.tick === undefined ? null : tickSlotOf(event);
    this.content = event;
    this.#epoch = epoch;
    this.#dataJson = dataJson;
  }

  frame(): string {
    this.#frame ??=
      this.#dataJson === null
        ? wholeFrame(this.#epoch, this.content)
        : frameAround(this.#epoch, this.content, this.#dataJson);
    return this.#frame;
  }
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
