import type { Store } from "../src/store.ts";

/** The first value of a store that is as wanted; the test's own limit is the limit. */
export function until<Value>(store: Store<Value>, isWanted: (value: Value) => boolean): Promise<Value> {
  return new Promise((resolve) => {
    const look = () => {
      const value = store.getSnapshot();
      if (!isWanted(value)) return;
      queueMicrotask(() => stop());
      resolve(value);
    };
    const stop = store.subscribe(look);
    look();
  });
}
