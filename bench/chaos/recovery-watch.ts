import type { EventFrame } from "@playhead/core";

/** How long it takes after a fault until viewers see what happened after it. */
export interface RecoveryWatch {
  /** From now on. */
  begin(): void;
  /** To be told of each fact that a viewer sees, and at which node. */
  saw(fact: EventFrame, node: number): void;
  /** Resolves when viewers of all nodes have seen a fact that a worker made after the beginning. */
  isOver(): Promise<{ readonly quickest: number; readonly slowest: number }>;
}

/** Workers and viewers are on one machine, and so on one clock. */
export function createRecoveryWatch(nodes: number): RecoveryWatch {
  let beganMs = 0;
  let seenMs = new Map<number, number>();
  let over = Promise.withResolvers<void>();
  return {
    begin() {
      beganMs = Date.now();
      seenMs = new Map();
      over = Promise.withResolvers();
    },
    saw({ ts }, node) {
      if (seenMs.has(node) || Date.parse(ts) <= beganMs) return;
      seenMs.set(node, Date.now() - beganMs);
      if (seenMs.size === nodes) over.resolve();
    },
    async isOver() {
      await over.promise;
      const all = [...seenMs.values()];
      return { quickest: Math.min(...all), slowest: Math.max(...all) };
    },
  };
}
