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
    collect() {
      this.reset();
      for (const { kind, ready, later } of figures.waiting()) {
        this.inc({ kind: kindOf(kind), state: "ready" }, ready);
        this.inc({ kind: kindOf(kind), state: "later" }, later);
      }
    },
  });
  new Gauge({
    ...{ name: "playhead_queue_oldest_wait_seconds", help: "How long one has waited to begin, at most.", registers },
    labelNames: ["kind"],
    collect() {
      this.reset();
      const oldest = new Map<string, number>();
      for (const { kind, oldestWaitMs } of figures.waiting()) {
        oldest.set(kindOf(kind), Math.max(oldest.get(kindOf(kind)) ?? 0, oldestWaitMs));
      }
      for (const [kind, waitMs] of oldest) this.set({ kind }, waitMs / 1_000);
    },
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
