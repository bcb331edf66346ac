import {
  type AlertChannelInfo,
  type AlertChannelTest,
  type AlertDelivery,
  type AlertLevel,
  PlayheadError,
} from "@playhead/core";
import { type After, afterByTimer } from "../../outbound/after.ts";
import type { AlertStore, DeliveryRow } from "../../store/alert-store.ts";
import { type Channel, ChannelRefusal } from "../channels/channel.ts";
import { type ChannelDesk, createChannelDesk } from "./channel-desk.ts";
import { sendInTime } from "./send-in-time.ts";
import { givenUp, revived, settle } from "./settle.ts";
import { testNotification } from "./test-notification.ts";

export interface DispatcherDeps {
  readonly store: Pick<AlertStore, "readDueDeliveries" | "countDeliveries" | "putAlerts" | "readDelivery">;
  /** Those that are configured now, by name; another object under a name is another channel. */
  readonly channels: () => ReadonlyMap<string, Channel>;
  readonly nowMs: () => number;
  /** 0..1 */
  readonly random: () => number;
  readonly newId: () => string;
  /** @defaultValue a timer */
  readonly after?: After;
  /** Told when the store failed; what was under way is tried again. */
  readonly onError: (error: unknown) => void;
}

export type Dispatcher = ReturnType<typeof createDispatcher>;

const AT_ONCE = 32;
/** After a failure of our own. */
const OWN_FAILURE_MS = 10_000;
/** How long sends under way have when the server ends. */
const LAST_ANSWERS_MS = 2_000;
/** For timers, and for how long one answer can bid a whole channel to wait. */
const LONGEST_MS = 3_600_000;

/**
 * Brings deliveries from the store to their channels. The store is the queue: it hands out those of one channel and group one
 * after the other, and what became of each is one small transaction. So whatever ends the process, what was under way is
 * sent again, with the same ids.
 *
 *   pending ──due, channel ready──► sending ──2xx…──► sent
 *      ▲                              │  └─ refused for good, too often, too late ──► dead ──redeliver──► pending
 *      └────────── later ◄────────────┘
 */
export function createDispatcher(deps: DispatcherDeps) {
  const { store, nowMs, random, newId, after = afterByTimer, onError } = deps;
  const desks = new Map<string, ChannelDesk>();
  const underWay = new Map<string, Promise<void>>();
  /** Settled since the last look into the store began: it may still have seen them pending. */
  const settledMeanwhile = new Set<string>();
  const stopping = new AbortController();
  const ends = { after, stopping: stopping.signal };
  let pending: Readonly<Record<string, number>> = {};
  let isClosed = false;
  let looking: Promise<void> | null = null;
  let isWoken = false;
  let cancelTimer = () => {};

  function deskOf(name: string): ChannelDesk | null {
    const channel = deps.channels().get(name);
    if (channel === undefined) {
      desks.delete(name);
      return null;
    }
    const found = desks.get(name);
    if (found?.channel === channel) return found;
    const desk = createChannelDesk(channel, nowMs);
    desks.set(name, desk);
    return desk;
  }

  /** Looks for what is due. Whatever may have made something due calls it: there is no harm in calling it too often. */
  function wake(): void {
    if (isClosed) return;
    isWoken = true;
    looking ??= look().finally(() => {
      looking = null;
      if (isWoken) wake();
    });
  }

  async function look(): Promise<void> {
    let nextMs = Number.POSITIVE_INFINITY;
    try {
      while (isWoken && !isClosed) {
        isWoken = false;
        nextMs = await startDue();
      }
      pending = (await store.countDeliveries()).pendingByChannel;
    } catch (error) {
      onError(error);
      nextMs = nowMs() + OWN_FAILURE_MS;
    }
    cancelTimer();
    if (isClosed || nextMs === Number.POSITIVE_INFINITY) return;
    cancelTimer = after(Math.min(LONGEST_MS, Math.max(0, nextMs - nowMs())), wake);
  }

  /** @returns when to look again, unless something ends before */
  async function startDue(): Promise<number> {
    if (underWay.size >= AT_ONCE) return Number.POSITIVE_INFINITY;
    settledMeanwhile.clear();
    const waiting = [...deps.channels().keys()].map((name) => ({ name, readyMs: deskOf(name)?.readyMs() ?? null }));
    const notReady = waiting.filter(({ readyMs }) => readyMs === null || readyMs > nowMs());
    const withoutChannels = notReady.map(({ name }) => name);
    // Those under way are still pending in the store. One more than there is room for tells when to look again.
    const limit = AT_ONCE + underWay.size + 1;
    const rows = await store.readDueDeliveries(Number.MAX_SAFE_INTEGER, limit, withoutChannels);
    let nextMs = Math.min(...notReady.map(({ readyMs }) => readyMs ?? Number.POSITIVE_INFINITY));
    for (const row of rows) {
      const { delivery_id, channel } = row.delivery;
      if (isClosed || underWay.size >= AT_ONCE) break;
      if (underWay.has(delivery_id) || settledMeanwhile.has(delivery_id)) continue;
      const readyMs = deskOf(channel)?.readyMs();
      const turnMs = readyMs === null ? Number.POSITIVE_INFINITY : Math.max(row.dueMs ?? 0, readyMs ?? 0);
      if (turnMs <= nowMs()) underWay.set(delivery_id, bring(row));
      else {
        nextMs = Math.min(nextMs, turnMs);
        // Its channel has just become busy: without it, others are seen.
        if ((row.dueMs ?? 0) <= nowMs()) isWoken = true;
      }
    }
    return nextMs;
  }

  /** Never rejects. */
  async function bring(row: DeliveryRow): Promise<void> {
    const { delivery_id } = row.delivery;
    try {
      const next = await attempt(row);
      if (next !== null) await store.putAlerts({ alerts: [], deliveries: [next], position: null });
      settledMeanwhile.add(delivery_id);
      underWay.delete(delivery_id);
      wake();
    } catch (error) {
      onError(error);
      // Not known to be sent any more: it is sent again, after a while.
      const cancel = after(OWN_FAILURE_MS, () => {
        underWay.delete(delivery_id);
        wake();
      });
      stopping.signal.addEventListener("abort", cancel, { once: true });
    }
  }

  /** @returns the delivery as it stands then; null when nothing has become of it */
  async function attempt(row: DeliveryRow): Promise<DeliveryRow | null> {
    const desk = deskOf(row.delivery.channel);
    if (desk === null) {
      return givenUp(row, `the channel ${row.delivery.channel} was removed from the configuration`, nowMs());
    }
    const closedReason = desk.closedReason();
    if (closedReason !== null) return givenUp(row, closedReason, nowMs());
    const atMs = nowMs();
    try {
      const sent = await desk.send(() => sendInTime(desk.channel, row.notification, ends));
      return sent && settle(row, { atMs, endedMs: nowMs(), outcome: sent }, random());
    } catch (error) {
      // Cut off by our own end, it counts for nothing.
      if (stopping.signal.aborted) return null;
      if (!(error instanceof ChannelRefusal)) throw error;
      desk.failed(error.answer === null ? error.message : `${error.message}: ${error.answer}`);
      if (error.retryAfterMs !== null) desk.rest(Math.min(LONGEST_MS, error.retryAfterMs));
      if (error.isGone) desk.close(error.message);
      return settle(row, { atMs, endedMs: nowMs(), outcome: error }, random());
    }
  }

  /**
   * Sends something to see at once, past everything that waits.
   *
   * @throws PlayheadError `not_found`, or `channel_failed` with what the receiver said
   */
  async function test(
    name: string,
    level: AlertLevel = "info",
  ): Promise<{ readonly answer: string; readonly latency_ms: number }> {
    const channel = deps.channels().get(name);
    if (channel === undefined) throw new PlayheadError("not_found", `expected the name of a channel, got ${name}`);
    const startedMs = nowMs();
    try {
      const { answer } = await sendInTime(channel, testNotification(newId(), startedMs, level), ends);
      return { answer, latency_ms: Math.max(0, nowMs() - startedMs) };
    } catch (error) {
      if (!(error instanceof ChannelRefusal)) throw error;
      const said = error.answer === null ? error.message : `${error.message}: ${error.answer}`;
      throw new PlayheadError("channel_failed", `the channel ${name} did not take a test: ${said}`, {
        detail: { channel: name, answer: error.answer },
        retryable: error.retryable,
      });
    }
  }

  /** The same through every channel, all at a time. */
  function testAll(level: AlertLevel): Promise<readonly AlertChannelTest[]> {
    const testOf = async (channel: string): Promise<AlertChannelTest> => {
      try {
        return { channel, ok: true, ...(await test(channel, level)), error: null };
      } catch (error) {
        if (!(error instanceof PlayheadError)) throw error;
        return { channel, ok: false, answer: null, latency_ms: null, error: error.message };
      }
    };
    return Promise.all([...deps.channels().keys()].map(testOf));
  }

  return {
    wake,
    channels: (): readonly AlertChannelInfo[] =>
      [...deps.channels().keys()].flatMap((name) => {
        const info = deskOf(name)?.info();
        return info === undefined ? [] : [{ channel: name, ...info, pending: pending[name] ?? 0 }];
      }),
    test,
    testAll,
    /**
     * Has a delivery that was given up tried once more.
     *
     * @throws PlayheadError `not_found`, or `conflict` for one that was not given up
     */
    async redeliver(tenantId: string, deliveryId: string): Promise<AlertDelivery> {
      const row = await store.readDelivery(tenantId, deliveryId);
      if (row === null) throw new PlayheadError("not_found", `no delivery ${deliveryId}`);
      const { state } = row.delivery;
      if (state !== "dead") {
        throw new PlayheadError("conflict", `expected a delivery that was given up (dead), got one that is ${state}`);
      }
      const next = revived(row, nowMs());
      await store.putAlerts({ alerts: [], deliveries: [next], position: null });
      wake();
      return next.delivery;
    },
    /** Begins nothing more, and gives what is under way a moment; what is cut off is sent again after the next start. */
    async close(): Promise<void> {
      isClosed = true;
      cancelTimer();
      const stopWaiting = after(LAST_ANSWERS_MS, () => stopping.abort());
      await Promise.all(underWay.values());
      stopWaiting();
      stopping.abort();
      await looking;
    },
  };
}
