import type { Slots, TaskHandle } from "@playhead/sdk";
import type { MergeRun } from "./merge-run.ts";

/** What a stage does with each part. */
export interface PartWork<Item extends { readonly number: number; readonly title: string }, Value> {
  /** `analysis`: with the part's number it is the task's id. */
  readonly stage: string;
  readonly items: readonly Item[];
  /** Expected seconds. */
  readonly weight: (item: Item) => number;
  readonly fields: (item: Item) => Readonly<Record<string, unknown>>;
  readonly parallel: Slots;
  /** Whether the others go on when one fails, so that all that is wrong is said at once. @defaultValue false */
  readonly saysAll?: boolean;
  /** What is said in the log of one that fails: `looking at`. */
  readonly doing: string;
  readonly work: (item: Item, task: TaskHandle) => Promise<Value>;
}

/** Does the same for each part as a task of its own, several at a time. @throws what the first one that failed threw */
export async function eachPart<Item extends { readonly number: number; readonly title: string }, Value>(
  stage: TaskHandle,
  run: MergeRun,
  { stage: name, items, weight, fields, parallel, saysAll = false, doing, work }: PartWork<Item, Value>,
): Promise<readonly Value[]> {
  const outcomes = await stage.each(
    items,
    {
      kind: "part",
      id: ({ number }) => `${name}_${number}`,
      title: ({ title }) => title,
      weight: (item) => Math.max(0.001, weight(item)),
      fields: (item) => ({ part: item.number, ...fields(item) }),
      parallel,
      onError: saysAll ? "continue" : "fail",
    },
    async (item, task) => {
      try {
        return await work(item, task);
      } catch (error) {
        if (!task.signal.aborted) run.tellFailure(task, `${doing} part ${item.number}`, error);
        throw error;
      }
    },
  );
  return outcomes.map((outcome) => {
    if (outcome.state === "completed") return outcome.value;
    throw outcome.state === "skipped" ? new Error(`part was skipped: ${outcome.reason}`) : outcome.error;
  });
}
