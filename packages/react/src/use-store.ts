import type { Store } from "@playhead/client";
import { useMemo, useSyncExternalStore } from "react";
import { framePaced } from "./frame-paced.ts";

const never = () => () => {};

/** A store's value, followed at the pace of the screen; `fallback` where there is no store, or no screen. */
export function useStore<Value>(store: Store<Value> | null, fallback: Value): Value {
  const subscribe = useMemo(() => (store === null ? never : framePaced(store.subscribe)), [store]);
  return useSyncExternalStore(
    subscribe,
    () => (store === null ? fallback : store.getSnapshot()),
    () => fallback,
  );
}
