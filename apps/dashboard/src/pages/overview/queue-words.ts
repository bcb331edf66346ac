import { formatDuration } from "@playhead/client/format";
import type { WaitingReason } from "@playhead/core";

/** How jobs wait, as `GET /api/v1/queue` tells it. */
export interface QueueState {
  readonly engine: "built_in" | "bullmq";
  readonly is_connected: boolean | null;
  readonly kinds: readonly QueueKind[];
}

export interface QueueKind {
  readonly kind: string;
  readonly waiting: number;
  readonly later: number;
  readonly running: number;
  readonly oldest_wait_ms: number | null;
  readonly workers: number;
  readonly reason: WaitingReason | null;
  readonly max_running: number | null;
  readonly max_per_minute: number | null;
  readonly bullmq: { readonly failed: number; readonly is_paused: boolean } | null;
}

/** Why nothing of a kind begins, and whether somebody has to see to it. */
export function whyKindWaits(kind: QueueKind): { readonly words: string; readonly needsSomeone: boolean } {
  const { reason, workers, max_running, max_per_minute, bullmq } = kind;
  if (bullmq?.is_paused) return { words: "paused in BullMQ", needsSomeone: true };
  if (reason === "no_worker") return { words: "no worker offers it", needsSomeone: true };
  const words = {
    in_line: workers === 1 ? "1 worker, busy" : `${workers} workers, busy`,
    kind_limit: `${max_running ?? "all"} may run at a time`,
    rate_limit: `${max_per_minute ?? "all"} may begin in a minute`,
    later: "for later",
  };
  return { words: reason === null ? "" : words[reason], needsSomeone: false };
}

/** How many wait, and for how long: `12 waiting, 3 later, the first for 4 m 10 s`. */
export function howManyWait({ waiting, later, oldest_wait_ms }: QueueKind): string {
  const counts = [waiting > 0 ? `${waiting} waiting` : null, later > 0 ? `${later} later` : null];
  const since = oldest_wait_ms === null ? null : `the first for ${formatDuration(oldest_wait_ms)}`;
  return [...counts, since].filter((part) => part !== null).join(", ");
}

/** Who hands jobs out, where that is not the server alone. */
export function whoHandsOut({ engine, is_connected }: QueueState): string | null {
  if (engine === "built_in") return null;
  return is_connected === false ? "BullMQ’s Redis is away" : "by BullMQ";
}
