import { Gauge, type Registry } from "prom-client";

/** How the jobs of all tenants wait. */
export interface QueueFigures {
  readonly waiting: () => Iterable<{
    readonly kind: string;
    readonly ready: number;
    readonly later: number;
    readonly oldestWaitMs: number;
  }>;
  /** Whether BullMQ's Redis can be reached; null without it. */
  readonly isConnected: () => boolean | null;
  /** What BullMQ has; null while it cannot be asked. */
  readonly readCounts: () => Promise<readonly HeldCounts[] | null>;
}

interface HeldCounts {
  readonly kind: string;
  readonly waiting: number;
  readonly delayed: number;
  readonly active: number;
  readonly failed: number;
}

/** The figures of what waits, by kind. */
export function addQueueMetrics(registry: Registry, figures: QueueFigures, kindOf: (kind: string) => string): void {
  const registers = [registry];
  new Gauge({
    ...{ name: "playhead_queue_jobs", help: "Jobs that wait: ready to begin, or for later.", registers },
    labelNames: ["kind", "state"],
    // For the one below, too: gauges are asked in the order in which they were registered, and all that waits is looked at once.
    collect() {
      this.reset();
      oldest.reset();
      const oldestMs = new Map<string, number>();
      for (const { kind, ready, later, oldestWaitMs } of figures.waiting()) {
        const name = kindOf(kind);
        this.inc({ kind: name, state: "ready" }, ready);
        this.inc({ kind: name, state: "later" }, later);
        oldestMs.set(name, Math.max(oldestMs.get(name) ?? 0, oldestWaitMs));
      }
      for (const [kind, waitMs] of oldestMs) oldest.set({ kind }, waitMs / 1_000);
    },
  });
  const oldest = new Gauge({
    ...{ name: "playhead_queue_oldest_wait_seconds", help: "How long one has waited to begin, at most.", registers },
    labelNames: ["kind"],
  });
  new Gauge({
    ...{ name: "playhead_queue_bullmq_up", help: "Whether BullMQ's Redis is there: 1 or 0.", registers },
    collect() {
      const isConnected = figures.isConnected();
      if (isConnected === null) this.remove();
      else this.set(Number(isConnected));
    },
  });
  new Gauge({
    ...{ name: "playhead_queue_bullmq_jobs", help: "What BullMQ has, by its states.", registers },
    labelNames: ["kind", "state"],
    async collect() {
      const counts = (await figures.readCounts()) ?? [];
      this.reset();
      for (const { kind, ...states } of counts) {
        for (const state of ["waiting", "delayed", "active", "failed"] as const) {
          this.inc({ kind: kindOf(kind), state }, states[state]);
        }
      }
    },
  });
}
