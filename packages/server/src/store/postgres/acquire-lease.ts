import { setTimeout as delay } from "node:timers/promises";
import { PlayheadError } from "@playhead/core";
import type { Lease } from "./lease.ts";

export interface AcquireOptions {
  readonly lease: Pick<Lease, "acquire" | "read">;
  /** @defaultValue 250 */
  readonly everyMs?: number;
  /** @defaultValue 30000 */
  readonly limitMs?: number;
}

const EVERY_MS = 250;
const LIMIT_MS = 30_000;

/**
 * Takes the lease for a server that starts: also after one that died with it, for whose time to pass it waits. One that
 * renews it meanwhile is alive.
 *
 * @throws PlayheadError `data_in_use` when another server holds it
 */
export async function acquireLease({ lease, everyMs = EVERY_MS, limitMs = LIMIT_MS }: AcquireOptions): Promise<void> {
  let firstExpiryMs: number | null = null;
  for (let waitedMs = 0; ; waitedMs += everyMs) {
    if ((await lease.acquire()) !== null) return;
    const holder = await lease.read();
    if (holder !== null) firstExpiryMs ??= holder.expiresMs;
    const isAlive = holder !== null && holder.expiresMs !== firstExpiryMs;
    if (isAlive || waitedMs >= limitMs) {
      throw new PlayheadError("data_in_use", `another Playhead (${holder?.holder ?? "unknown"}) writes this database`, {
        hint: "stop the other one, choose another database, or set redis_url on both to let them work together",
      });
    }
    await delay(everyMs);
  }
}
