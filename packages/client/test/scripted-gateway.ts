import type { ClientFrame, EventFrame, HelloFrame, LogLine, ServerFrame } from "@playhead/core";
import type { Dial, LinkHandlers } from "../src/transport.ts";
import type { JobHistory } from "./job-history.ts";

/** One connection as the server sees it. */
export interface ServerSide {
  readonly token: string | null;
  /** What the client has sent, in order. */
  readonly received: readonly ClientFrame[];
  send(...frames: readonly ServerFrame[]): void;
  hello(data?: Partial<HelloFrame["data"]>): void;
  closeWith(code: number, reason?: string): void;
  readonly closedByClient: () => boolean;
}

/** A server at the other end of the seam, under the test's control. */
export interface ScriptedGateway {
  readonly dial: Dial;
  readonly connections: readonly ServerSide[];
  /** The newest connection. */
  latest(): ServerSide;
}

/** Creates a gateway; `onFrame` may answer what a client sends. */
export function scriptedGateway(onFrame: (frame: ClientFrame, side: ServerSide) => void = () => {}): ScriptedGateway {
  const connections: ServerSide[] = [];
  return {
    connections,
    latest() {
      const latest = connections.at(-1);
      if (latest === undefined) throw new Error("nobody has dialled");
      return latest;
    },
    dial(token, handlers) {
      const received: ClientFrame[] = [];
      let closed = false;
      const side = serverSide({ token, received, handlers, isClosed: () => closed });
      connections.push(side);
      return {
        send(frame) {
          received.push(frame);
          onFrame(frame, side);
        },
        close() {
          closed = true;
        },
      };
    },
  };
}

interface ServerSideParts {
  readonly token: string | null;
  readonly received: readonly ClientFrame[];
  readonly handlers: LinkHandlers;
  readonly isClosed: () => boolean;
}

function serverSide({ token, received, handlers, isClosed }: ServerSideParts): ServerSide {
  return {
    token,
    received,
    closedByClient: isClosed,
    send(...frames) {
      for (const frame of frames) handlers.onFrame(frame);
    },
    hello(data = {}) {
      handlers.onFrame({
        type: "hello",
        data: {
          connection_id: "c1",
          epoch: "e1",
          expires_at: null,
          heartbeat_ms: 25_000,
          retry_window_ms: 2_000,
          limits: { subscriptions: 64, frame_bytes: 16_384 },
          ...data,
        },
      });
    },
    closeWith: (code, reason = "") => handlers.onClosed(code, reason),
  };
}

/** Answers a subscription to a job as the server does: with what was missed when it can, else with a snapshot. */
export function answerSubscribe(side: ServerSide, frame: ClientFrame, history: JobHistory): void {
  if (frame.type !== "subscribe" || !("job_id" in frame.data)) return;
  const { ref, since } = frame.data;
  const recovered = since !== undefined && since.epoch === history.epoch && since.seq <= history.job().seq;
  const { epoch } = history;
  const snapshot = recovered ? null : history.snapshot();
  side.send({ type: "subscribed", data: { ref, job_id: history.jobId, recovered, epoch, snapshot, jobs: null } });
  if (recovered) side.send(...missed(history, since));
  side.send({ type: "live", data: { ref } });
}

/** Answers a subscription to a log: the lines after the last one that the client has. */
export function answerLogs(side: ServerSide, frame: ClientFrame, log: readonly LogLine[]): void {
  if (frame.type !== "subscribe" || !("logs" in frame.data) || typeof frame.data.logs !== "object") return;
  const { ref, logs } = frame.data;
  const { job_id, after = Number.MAX_SAFE_INTEGER } = logs;
  const data = { ref, job_id, recovered: true, epoch: "e1", snapshot: null, jobs: null };
  side.send({ type: "subscribed", data });
  for (const line of log) if (line.log_id > after) side.send({ type: "log", data: line });
  side.send({ type: "live", data: { ref } });
}

/** The facts after a position, and the newest tick of each thing that has one. */
export function missed(
  { frames }: JobHistory,
  since: { readonly seq: number; readonly tick: number },
): readonly EventFrame[] {
  const newest = new Map<unknown, EventFrame>();
  for (const frame of frames) if ((frame.tick ?? 0) > since.tick) newest.set(frame.data.task_id ?? null, frame);
  const ticks = [...newest.values()].sort((a, b) => (a.tick ?? 0) - (b.tick ?? 0));
  return [...frames.filter(({ seq, tick }) => tick === undefined && seq > since.seq), ...ticks];
}
