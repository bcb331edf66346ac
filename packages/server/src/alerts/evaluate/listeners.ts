import type { AlertDimension } from "@playhead/core";
import type { Sample } from "./sample.ts";
import type { Watch } from "./watch.ts";
import type { Window } from "./window.ts";

/** Who has to hear what, so that a sample meets only the windows that it may change. */
export interface Listeners {
  /** Each window once, with its watches. */
  of(sample: Sample): ReadonlySet<Listener>;
}

/** A window, and the rules on it. */
export interface Listener {
  readonly window: Window;
  readonly watches: readonly Watch[];
}

/** Those of one signal: by a value that their scope asks for, or without any. */
interface Listening {
  readonly anywhere: Listener[];
  readonly byLabel: Map<AlertDimension, Map<string, Listener[]>>;
}

export function createListeners(listeners: readonly Listener[]): Listeners {
  const tenants = new Map<string, Map<string, Listening>>();

  function listeningTo(tenantId: string, signal: string): Listening {
    const signals = tenants.get(tenantId) ?? new Map<string, Listening>();
    tenants.set(tenantId, signals);
    const found = signals.get(signal) ?? { anywhere: [], byLabel: new Map() };
    signals.set(signal, found);
    return found;
  }

  for (const listener of listeners) {
    const { tenantId, scope } = listener.window;
    const [narrowest] = Object.entries(scope) as [AlertDimension, readonly string[]][];
    for (const signal of new Set(listener.watches.flatMap(({ signals }) => [...signals]))) {
      const listening = listeningTo(tenantId, signal);
      if (narrowest === undefined) {
        listening.anywhere.push(listener);
        continue;
      }
      const [dimension, values] = narrowest;
      const byValue = listening.byLabel.get(dimension) ?? new Map<string, Listener[]>();
      listening.byLabel.set(dimension, byValue);
      for (const value of values) byValue.set(value, [...(byValue.get(value) ?? []), listener]);
    }
  }

  return {
    of(sample) {
      const found = new Set<Listener>();
      const signals = tenants.get(sample.tenantId);
      for (const signal of signals === undefined ? [] : sample.signals) {
        const listening = signals?.get(signal);
        if (listening === undefined) continue;
        for (const listener of listening.anywhere) found.add(listener);
        for (const [dimension, byValue] of listening.byLabel) {
          for (const listener of byValue.get(sample.labels[dimension] ?? "") ?? []) found.add(listener);
        }
      }
      return found;
    },
  };
}
