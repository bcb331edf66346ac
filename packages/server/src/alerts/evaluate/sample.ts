/** What was heard, as windows take it: what it adds to which slots, and what has changed by it. */
import { decodeSketch, isLiveness, LIVENESS, type Sketch, taskStateAfter } from "@playhead/core";
import type { Heard, HeardCall, HeardEvent, HeardGauge } from "../heard.ts";
import type { Slot } from "../rules/measured.ts";
import type { Slots } from "./slots.ts";

export interface Sample {
  readonly tenantId: string;
  /** In the evaluator's time. */
  readonly atMs: number;
  readonly labels: Heard["labels"];
  /** What of it conditions may depend on. */
  readonly signals: readonly string[];
  /** Numbers of slots that rules need, and what is added to each. */
  readonly amounts: readonly Amount[];
  readonly calls?: TimedCalls;
  readonly gauge?: { readonly name: string; readonly value: number };
  /** A place in core's `LIVENESS`. */
  readonly liveness?: number;
  readonly step?: StepChange;
  /** Of failures: why, and how many. */
  readonly failed?: { readonly cause: string | null; readonly count: number };
}

/** What is added to a slot. */
export interface Amount {
  /** Its number. */
  readonly slot: number;
  readonly amount: number;
}

interface TimedCalls {
  readonly durationMs: number;
  readonly maxMs: number;
  readonly count: number;
  /** Their durations one by one, where they are known. */
  readonly sketch: Sketch | null;
}

/** A step that began, or ended after so long; null: it will not be told how long it took. */
export type StepChange =
  | { readonly key: string; readonly began: number }
  | { readonly key: string; readonly tookMs: number | null };

/** What a worker says of itself is cut off after so much. */
const MAX_CAUSE_LENGTH = 200;

/** @param atMs in the evaluator's time */
export function sampleOf(heard: Heard, atMs: number, slots: Slots): Sample {
  const { tenantId, labels } = heard;
  const { amounts, ...parts } = PARTS[heard.kind](heard as never);
  return { tenantId, labels, atMs, ...parts, amounts: amountsOf(amounts, slots) };
}

/** What of it anybody needs. */
export function amountsOf(amounts: readonly SlotAmount[], slots: Slots): readonly Amount[] {
  const needed: Amount[] = [];
  for (const [name, amount] of amounts) {
    const slot = slots.find(name);
    if (slot !== undefined) needed.push({ slot, amount });
  }
  return needed;
}

export type SlotAmount = readonly [Slot, number];

type Parts = Omit<Sample, "tenantId" | "labels" | "atMs" | "amounts"> & { readonly amounts: readonly SlotAmount[] };

const PARTS = { event: partsOfEvent, call: partsOfCall, gauge: partsOfGauge } as const;

function partsOfCall({ labels, durationMs, maxMs, count, errors, sketch, cause }: HeardCall): Parts {
  const amounts: SlotAmount[] = [
    ["call|count", count],
    ["call|errors", errors],
    ["call|sum", durationMs * count],
    ["any|count", count],
  ];
  const signals = ["call", "any"];
  const { function_name: name } = labels;
  if (name !== undefined) {
    amounts.push([`call:${name}|count`, count], [`call:${name}|errors`, errors]);
    signals.push(`call:${name}`);
  }
  const calls = { durationMs, maxMs: maxMs ?? durationMs, count, sketch: readSketch(sketch) };
  return { signals, amounts, calls, ...(errors > 0 && { failed: failure(cause, errors) }) };
}

function partsOfGauge({ name, value }: HeardGauge): Parts {
  const amounts: SlotAmount[] = [
    [`gauge:${name}|count`, 1],
    [`gauge:${name}|sum`, value],
    ["any|count", 1],
  ];
  return { signals: [`gauge:${name}`, "any"], amounts, gauge: { name, value } };
}

function partsOfEvent({ type, data, cause }: HeardEvent): Parts {
  const amounts: SlotAmount[] = [
    [`event:${type}|count`, 1],
    ["any|count", 1],
  ];
  const signals = [`event:${type}`, "any"];
  const end = endingOf(type, data);
  if (end !== null) {
    amounts.push([`${end.subject}|${end.state}`, 1]);
    signals.push(end.subject);
  }
  const liveness = livenessOf(type, data);
  if (liveness !== null) signals.push("liveness");
  return {
    signals,
    amounts,
    ...(liveness !== null && { liveness }),
    ...((end?.state === "failed" || cause !== null) && { failed: failure(cause, 1) }),
  };
}

/** How a job or a task ended, when that is what an event says. */
function endingOf(
  type: HeardEvent["type"],
  data: HeardEvent["data"],
): { readonly subject: "job" | "task"; readonly state: string } | null {
  if (type === "job.completed" || type === "job.failed" || type === "job.canceled") {
    return { subject: "job", state: type.slice("job.".length) };
  }
  const state = endStateOf(type, data);
  return state === null ? null : { subject: "task", state };
}

/** The state in which a task's event ends it; null when it does not. */
export function endStateOf(type: HeardEvent["type"], data: HeardEvent["data"]): string | null {
  if (type.startsWith("job.") || type.startsWith("session.")) return null;
  const state = taskStateAfter(type, data, "processing");
  return state === "completed" || state === "failed" || state === "skipped" || state === "canceled" ? state : null;
}

/** A job that has ended is `ok`. */
function livenessOf(type: HeardEvent["type"], data: HeardEvent["data"]): number | null {
  if (type === "session.completed") return 0;
  if (type !== "job.liveness_changed") return null;
  return isLiveness(data.liveness) ? LIVENESS.indexOf(data.liveness) : null;
}

function failure(cause: string | null, count: number): NonNullable<Sample["failed"]> {
  return { cause: cause === null ? null : cause.slice(0, MAX_CAUSE_LENGTH), count };
}

/** A sketch that cannot be read is none: the mean stands for it. */
function readSketch(text: string | undefined): Sketch | null {
  if (text === undefined) return null;
  try {
    return decodeSketch(text);
  } catch {
    return null;
  }
}
