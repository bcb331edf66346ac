/** What React's `useSyncExternalStore`, and anyone else, can follow. */
export interface Store<Value> {
  /** The value as it stands; the same reference until it changes. */
  getSnapshot(): Value;
  /** Calls the listener after each change, until the function it gives back is called. */
  subscribe(listener: () => void): () => void;
}

/** A store that its owner can set. */
export interface WritableStore<Value> extends Store<Value> {
  /** Does nothing when the value is the one it holds. */
  set(value: Value): void;
}

export interface StoreHooks {
  /** The first listener came. */
  readonly onActive?: () => void;
  /** The last listener went. */
  readonly onIdle?: () => void;
}

/** A value with listeners. One listener that throws keeps no other from being called. */
export function createStore<Value>(initial: Value, hooks: StoreHooks = {}): WritableStore<Value> {
  let current = initial;
  const listeners = new Set<{ readonly call: () => void }>();

  function notify(): void {
    for (const listener of [...listeners]) {
      try {
        listener.call();
      } catch (error) {
        // The listener's fault, told where uncaught errors are told, and nobody else's.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  return {
    getSnapshot: () => current,
    set(value) {
      if (Object.is(value, current)) return;
      current = value;
      notify();
    },
    subscribe(listener) {
      // Wrapped, so that the same function may listen twice.
      const entry = { call: listener };
      listeners.add(entry);
      if (listeners.size === 1) hooks.onActive?.();
      return () => {
        if (listeners.delete(entry) && listeners.size === 0) hooks.onIdle?.();
      };
    },
  };
}
