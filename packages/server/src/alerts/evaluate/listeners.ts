import type { AlertDimension } from "@playhead/core";
import type { Sample } from "./sample.ts";
import type { Watch } from "./watch.ts";
import type { Window } from "./window.ts";

/** A window, and the rules on it. */
export interface Listener {
  readonly window: Window;
  readonly watches: readonly Watch[];
}

/** Who has to hear what, so that a sample meets only the windows and the rules that it may change. */
export interface Listeners {
  /** Each with those of its watches that depend on the sample; once for each signal that they have in common. */
  each(sample: Sample, visit: (window: Window, watches: readonly Watch[]) => void): void;
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

  for (const { window, watches } of listeners) {
    const [narrowest] = Object.entries(window.scope) as [AlertDimension, readonly string[]][];
    for (const signal of new Set(watches.flatMap(({ signals }) => [...signals]))) {
      const listening = listeningTo(window.tenantId, signal);
      const listener = { window, watches: watches.filter(({ signals }) => signals.has(signal)) };
      if (narrowest === undefined) {
        listening.anywhere.push(listener);
        continue;
      }
      const [dimension, values] = narrowest;
      const byValue = listening.byLabel.get(dimension) ?? new Map<string, Listener[]>();
      listening.byLabel.set(dimension, byValue);
      for (const value of new Set(values)) byValue.set(value, [...(byValue.get(value) ?? []), listener]);
    }
  }

  return {
    each({ tenantId, signals, labels }, visit) {
      const ofTenant = tenants.get(tenantId);
      if (ofTenant === undefined) return;
      for (const signal of signals) {
        const listening = ofTenant.get(signal);
        if (listening === undefined) continue;
        for (const { window, watches } of listening.anywhere) visit(window, watches);
        for (const [dimension, byValue] of listening.byLabel) {
          const value = labels[dimension];
          if (value === undefined) continue;
          for (const { window, watches } of byValue.get(value) ?? []) visit(window, watches);
        }
      }
    },
  };
}
