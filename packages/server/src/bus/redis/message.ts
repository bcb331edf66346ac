import { type LogLine, PlayheadError, type PlayheadEvent } from "@playhead/core";
import type { Publication } from "../bus.ts";
import { tickSlotOf } from "../tick-slot.ts";

/** What one flush said of one job, as a gateway hears it. */
export interface Message {
  readonly epoch: string;
  readonly tenantId: string;
  /** How far the job has come with it: its last fact and log line, also where these were dropped on the way. */
  readonly seq: number;
  readonly log: number;
  /** The log line before it. */
  readonly logBefore: number;
  /** In the order in which they happened. */
  readonly publications: readonly Publication[];
}

/** A log line as its viewers get it. */
interface LineFrame {
  readonly job_id: string;
  readonly data: LogLine;
}

/** Reads a message that the publisher's script made (`publish-script.ts`). */
export function readMessage(text: string): Message {
  const lines = text.split("\n");
  const [epoch, seq, log, logBefore, ...tenant] = (lines[0] ?? "").split(" ");
  const tenantId: unknown = JSON.parse(tenant.join(" "));
  if (epoch === undefined || typeof tenantId !== "string")
    throw new PlayheadError("internal_error", "expected a message of this version on the bus, got another");
  const publications: Publication[] = [];
  for (let at = 1; at + 3 < lines.length; at += 4) {
    const frame = lines[at + 3] as string;
    publications.push(
      lines[at] === "l" ? new RemoteLine(tenantId, Number(seq), frame) : new RemoteEvent(tenantId, frame),
    );
  }
  return { epoch, tenantId, seq: Number(seq), log: Number(log), logBefore: Number(logBefore), publications };
}

/** A fact or a tick that came from elsewhere as a frame: read once, and handed on as it came. */
export class RemoteEvent implements Publication {
  readonly tenantId: string;
  readonly jobId: string;
  readonly seq: number;
  readonly tick: number | undefined;
  readonly slot: string | null;
  readonly content: PlayheadEvent;
  readonly #frame: string;

  constructor(tenantId: string, frame: string) {
    const content: PlayheadEvent = JSON.parse(frame);
    this.tenantId = tenantId;
    this.jobId = content.job_id;
    this.seq = content.seq;
    this.tick = content.tick;
    this.slot = content.tick === undefined ? null : tickSlotOf(content);
    this.content = content;
    this.#frame = frame;
  }

  frame(): string {
    return this.#frame;
  }
}

/** A log line likewise. */
export class RemoteLine implements Publication {
  readonly tenantId: string;
  readonly jobId: string;
  readonly seq: number;
  readonly tick = undefined;
  readonly slot = null;
  readonly content: LogLine;
  readonly #frame: string;

  constructor(tenantId: string, seq: number, frame: string) {
    const { job_id: jobId, data }: LineFrame = JSON.parse(frame);
    this.tenantId = tenantId;
    this.jobId = jobId;
    this.seq = seq;
    this.content = data;
    this.#frame = frame;
  }

  frame(): string {
    return this.#frame;
  }
}
