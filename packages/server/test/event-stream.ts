import { onTestFinished } from "vitest";
import type { Frame } from "./socket.ts";

/** An event as it stands in a stream of server-sent events. */
export interface StreamEvent {
  readonly id: string;
  readonly frame: Frame;
}

/** A client of server-sent events that keeps what it gets, and lets a test wait for it. */
export async function openStream(url: string, headers: Record<string, string> = {}) {
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const answer = await fetch(url, { headers, signal: stop.signal });
  const events: StreamEvent[] = [];
  const others: string[] = [];
  const wake: (() => void)[] = [];
  const wakeAll = () => {
    for (const each of wake.splice(0)) each();
  };
  let isOver = false;

  function take(block: string): void {
    const fields = new Map(block.split("\n").map((line) => [line.split(":", 1)[0], line.replace(/^\w*: ?/, "")]));
    const data = fields.get("data");
    if (data === undefined) others.push(block);
    else events.push({ id: fields.get("id") ?? "", frame: JSON.parse(data) });
    wakeAll();
  }

  async function read(): Promise<void> {
    let text = "";
    try {
      for await (const chunk of answer.body ?? []) {
        text += new TextDecoder().decode(chunk);
        const blocks = text.split("\n\n");
        text = blocks.pop() ?? "";
        for (const block of blocks) take(block);
      }
    } finally {
      isOver = true;
      wakeAll();
    }
  }
  const ended = answer.ok ? read().catch(() => undefined) : Promise.resolve();

  return {
    answer,
    events,
    /** Comments and `retry`. */
    others,
    ended,
    close: () => stop.abort(),
    frames: () => events.map(({ frame }) => frame),
    facts: () =>
      events.filter(({ frame }) => frame.type !== "snapshot" && frame.tick === undefined && frame.seq !== undefined),
    async until(isIt: (frame: Frame) => boolean): Promise<StreamEvent> {
      for (;;) {
        const found = events.find(({ frame }) => isIt(frame));
        if (found !== undefined) return found;
        if (isOver) throw new Error(`expected an event before the end; got ${events.map(({ id }) => id).join(", ")}`);
        await new Promise<void>((resolve) => {
          wake.push(resolve);
        });
      }
    },
  };
}
