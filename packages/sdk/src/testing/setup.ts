import type { PlayheadEvent } from "@playhead/core";
import { createPlayhead, type Playhead, type PlayheadOptions, type RefusedReport } from "../playhead.ts";
import { createLocalTransport } from "../transport/local-transport.ts";
import { createManualClock, type ManualClock } from "./manual-clock.ts";
import { createMemoryEngine, type MemoryEngine } from "./memory-engine.ts";

export interface Setup {
  readonly clock: ManualClock;
  readonly engine: MemoryEngine;
  readonly playhead: Playhead;
  readonly refused: readonly RefusedReport[];
  readonly warnings: readonly string[];
}

/** A Playhead on an engine in memory, with a clock that the test moves. */
export function setup(options: Partial<PlayheadOptions> = {}): Setup {
  const clock = createManualClock();
  const engine = createMemoryEngine();
  const refused: RefusedReport[] = [];
  const warnings: string[] = [];
  let ids = 0;
  const playhead = createPlayhead({
    transport: createLocalTransport(engine),
    nowMs: clock.nowMs,
    setTimer: clock.setTimer,
    random: () => 0.5,
    randomId: () => {
      ids += 1;
      return ids.toString(16).padStart(16, "0").padEnd(32, "a");
    },
    onRefused: (reports) => refused.push(...reports),
    warn: (line) => warnings.push(line),
    ...options,
    monitoring: { clock: clock.nowMs, ...options.monitoring },
  });
  return { clock, engine, playhead, refused, warnings };
}

/** `type` of each event, with the state or the step that it tells, for histories that are read at a glance. */
export function lines(events: readonly PlayheadEvent[]): string[] {
  return events.map(({ type, data }) => {
    const told = data.new_state ?? (data.step === undefined ? data.state : `${String(data.step)}`);
    return told === undefined || told === null ? type : `${type} ${String(told)}`;
  });
}
