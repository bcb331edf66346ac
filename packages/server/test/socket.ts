import type { JsonObject } from "@playhead/core";
import { onTestFinished } from "vitest";
import { type ClientOptions, WebSocket } from "ws";

/** A frame as a client of any language sees it. */
export interface Frame {
  readonly type: string;
  readonly job_id?: string;
  readonly epoch?: string;
  readonly seq?: number;
  readonly tick?: number;
  // biome-ignore lint/suspicious/noExplicitAny: what a test looks into is its own affair
  readonly data: any;
}

/** A WebSocket client that keeps what it gets, batches unpacked, and lets a test wait for it. */
export function openSocket(url: string, protocol?: string, options: ClientOptions = {}) {
  const socket = protocol === undefined ? new WebSocket(url, options) : new WebSocket(url, protocol, options);
  const frames: Frame[] = [];
  const raw: string[] = [];
  const wake: (() => void)[] = [];
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once("close", (code, reason) => {
      resolve({ code, reason: String(reason) });
      for (const each of wake) each();
    });
  });
  socket.on("error", () => undefined);
  socket.on("message", (data) => {
    raw.push(String(data));
    const frame = JSON.parse(String(data)) as Frame;
    frames.push(...(frame.type === "batch" ? (frame.data.events as Frame[]) : [frame]));
    for (const each of wake.splice(0)) each();
  });
  onTestFinished(() => socket.terminate());

  return {
    socket,
    frames,
    raw,
    /** How it was closed. */
    closed,
    types: () => frames.map(({ type }) => type),
    facts: () => frames.filter(({ type, tick, seq }) => type !== "snapshot" && tick === undefined && seq !== undefined),
    send: (type: string, data: JsonObject) => socket.send(JSON.stringify({ type, data })),
    /** The first frame, of those from `from` on, for which the condition holds; waits for it. */
    async until(isIt: (frame: Frame) => boolean, from = 0): Promise<Frame> {
      for (;;) {
        const found = frames.slice(from).find(isIt);
        if (found !== undefined) return found;
        if (socket.readyState === socket.CLOSED) {
          throw new Error(
            `expected a frame that did not come before the end; got ${frames.map(({ type }) => type).join(", ")}`,
          );
        }
        await new Promise<void>((resolve) => {
          wake.push(resolve);
        });
      }
    },
    close: () => socket.close(),
  };
}
