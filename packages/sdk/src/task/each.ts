import { canceledError, cancelReason } from "../cleaned-error.ts";
import { createSlots, type Slots } from "../control/slots.ts";
import type { EachOptions, Maybe, PerItem, TaskHandle, TaskOptions, TaskOutcome } from "../handles.ts";
import { declareTask } from "./declare.ts";
import { cancelTask } from "./life.ts";
import { attemptTask, outcomeOf } from "./run-task.ts";
import type { JobScope, TaskNode } from "./task-node.ts";

/** So many tasks are declared in one go; then others get their turn. */
const DECLARED_AT_ONCE = 1_000;

/** What `each` divides: a job, or a task of it. */
export interface EachParent {
  readonly scope: JobScope;
  readonly task: TaskNode | null;
  readonly signal: AbortSignal;
}

/** See {@link Work.each}. */
export async function runEach<Item, Value>(
  parent: EachParent,
  given: Iterable<Item>,
  options: EachOptions<Item>,
  run: (item: Item, task: TaskHandle) => Maybe<Value>,
): Promise<readonly TaskOutcome<Value>[]> {
  const { parallel = 1, onError = "fail" } = options;
  const slots = typeof parallel === "number" ? createSlots(parallel) : parallel;
  const items = [...given];
  // Before anything is declared: what throws in the user's functions leaves nothing behind.
  const declarations = items.map((item, index) => taskOptionsOf(options, item, index));
  const stop = onError === "fail" ? createStop(parent.signal) : null;
  const tasks: TaskNode[] = [];
  try {
    const signal = stop?.signal ?? parent.signal;
    await declareAll(parent, declarations, signal, tasks);
    const outcomes = await runAll(items, tasks, { slots, stop, signal }, run);
    if (stop?.failure !== undefined && stop.failure !== null) throw stop.failure.error;
    parent.signal.throwIfAborted();
    return outcomes;
  } finally {
    stop?.release();
    const reason = parent.signal.aborted ? cancelReason(parent.signal.reason) : "not started, since another one failed";
    for (const task of tasks) if (task.state === "pending") cancelTask(task, reason);
  }
}

async function declareAll(
  parent: EachParent,
  declarations: readonly TaskOptions[],
  signal: AbortSignal,
  into: TaskNode[],
) {
  const { recorder } = parent.scope;
  for (const options of declarations) {
    if (into.length > 0 && into.length % DECLARED_AT_ONCE === 0) {
      await new Promise((resolve) => setImmediate(resolve));
      await recorder.room();
    }
    into.push(declareTask(parent.scope, parent.task, options, signal));
  }
}

interface RunAll {
  readonly slots: Slots;
  readonly stop: Stop | null;
  readonly signal: AbortSignal;
}

async function runAll<Item, Value>(
  items: readonly Item[],
  tasks: readonly TaskNode[],
  { slots, stop, signal }: RunAll,
  run: (item: Item, task: TaskHandle) => Maybe<Value>,
): Promise<readonly TaskOutcome<Value>[]> {
  const outcomes: TaskOutcome<Value>[] = new Array(items.length);
  let next = 0;
  async function runNext(): Promise<void> {
    while (next < items.length && !signal.aborted) {
      const index = next;
      next += 1;
      const item = items[index] as Item;
      const task = tasks[index] as TaskNode;
      const attempt = await attemptTask(task, (handle) => run(item, handle), slots);
      outcomes[index] = outcomeOf(task, attempt);
      if (!attempt.isDone) stop?.trip(attempt.error);
    }
  }
  await Promise.all(Array.from({ length: Math.min(slots.size, items.length) }, runNext));
  return outcomes;
}

/** Stops all items of one `each` when one of them fails, and with the job. */
interface Stop {
  readonly signal: AbortSignal;
  /** What the first one that failed threw. */
  failure: { readonly error: unknown } | null;
  trip(error: unknown): void;
  release(): void;
}

function createStop(parent: AbortSignal): Stop {
  const controller = new AbortController();
  const follow = () => controller.abort(parent.reason);
  if (parent.aborted) follow();
  parent.addEventListener("abort", follow, { once: true });
  const stop: Stop = {
    signal: controller.signal,
    failure: null,
    trip(error) {
      if (parent.aborted) return;
      stop.failure ??= { error };
      controller.abort(canceledError("another one failed", error));
    },
    release: () => parent.removeEventListener("abort", follow),
  };
  return stop;
}

function taskOptionsOf<Item>(options: EachOptions<Item>, item: Item, index: number): TaskOptions {
  const { kind, title, weight, fields, id, steps } = options;
  const of = <Value>(value: PerItem<Item, Value> | undefined): Value | undefined =>
    typeof value === "function" ? (value as (item: Item, index: number) => Value)(item, index) : value;
  const itsKind = of(kind);
  const itsTitle = of(title);
  const itsFields = of(fields);
  const itsId = id?.(item, index);
  return {
    weight: of(weight),
    steps: of(steps),
    ...(itsKind !== undefined && { kind: itsKind }),
    ...(itsTitle !== undefined && { title: itsTitle }),
    ...(itsFields !== undefined && { fields: itsFields }),
    ...(itsId !== undefined && { id: itsId }),
  };
}
