import type { AlertNotification } from "@playhead/core";
import { vi } from "vitest";
import type { Channel } from "../src/alerts/channels/channel.ts";
import { createDispatcher, type DispatcherDeps } from "../src/alerts/dispatch/dispatcher.ts";
import type { AlertStore, DeliveryRow } from "../src/store/alert-store.ts";
import { notificationOf } from "./alert-notification.ts";

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

/** A delivery that is due at once. */
export function rowOf(tenantId: string, channel: string, more: Partial<AlertNotification>): DeliveryRow {
  const created_at = new Date().toISOString();
  const notification = notificationOf({ created_at, ...more });
  const { notification_id, kind, rule_id, rule_name, level, title } = notification;
  return {
    tenantId,
    notification,
    dueMs: Date.now(),
    delivery: {
      ...{ notification_id, kind, rule_id, rule_name, level, title, created_at, channel, channel_type: "test" },
      ...{ delivery_id: `${tenantId}-${channel}-${notification_id}`, state: "pending", reason: null },
      ...{ attempt_count: 0, attempts: [], next_attempt_at: created_at, settled_at: null },
    },
  };
}

/**
 * The dispatcher over a real store, with time that passes only when the test says so: `Date` is the test's, timers are
 * this world's. It can die at any point, and start again.
 */
export function dispatchWorld(store: AlertStore, startMs: number) {
  vi.useFakeTimers({ toFake: ["Date"], now: startMs });
  let channels: ReadonlyMap<string, Channel> = new Map();
  let timers = new Set<{ readonly atMs: number; readonly run: () => void }>();
  let busy = 0;
  let life = { isDead: false };
  const errors: unknown[] = [];
  const faults: Error[] = [];

  /** What a dead process asked for never comes back to it. */
  async function living<T>(mine: typeof life, run: () => Promise<T>): Promise<T> {
    if (mine.isDead) return new Promise<T>(() => undefined);
    busy += 1;
    try {
      return await run();
    } finally {
      busy -= 1;
      if (mine.isDead) await new Promise(() => undefined);
    }
  }

  function start() {
    const mine = life;
    const asked: DispatcherDeps["store"] = {
      readDueDeliveries: (...args) => living(mine, () => store.readDueDeliveries(...args)),
      countDeliveries: () => living(mine, () => store.countDeliveries()),
      readDelivery: (...args) => living(mine, () => store.readDelivery(...args)),
      putAlerts: (group) =>
        living(mine, async () => {
          const fault = faults.shift();
          if (fault !== undefined) throw fault;
          await store.putAlerts(group);
        }),
    };
    const dispatcher = createDispatcher({
      store: asked,
      channels: () => channels,
      nowMs: Date.now,
      random: () => 0,
      newId: () => "ntf_test",
      after(delayMs, run) {
        const timer = { atMs: Date.now() + delayMs, run };
        if (!mine.isDead) timers.add(timer);
        return () => timers.delete(timer);
      },
      onError: (error) => errors.push(error),
    });
    dispatcher.wake();
    return dispatcher;
  }

  let dispatcher = start();
  const world = {
    dispatcher: () => dispatcher,
    errors,
    /** The next writes fail. */
    failWrites: (...next: readonly Error[]) => faults.push(...next),
    /** From now on; counts as busy what they do, except while `hangs` says that it waits for time to pass. */
    setChannels(next: { readonly [name: string]: Channel }, hanging: () => number = () => 0) {
      const counted = Object.entries(next).map(([name, channel]) => {
        const send: Channel["send"] = async (...args) => {
          busy += 1;
          try {
            return await channel.send(...args);
          } finally {
            busy -= 1;
          }
        };
        return [name, { ...channel, send }] as const;
      });
      channels = new Map(counted);
      world.hanging = hanging;
    },
    hanging: () => 0,
    async put(...deliveries: readonly DeliveryRow[]) {
      await store.putAlerts({ alerts: [], deliveries, position: null });
      dispatcher.wake();
    },
    /** Until nothing happens any more unless time passes. */
    async idle() {
      for (let quiet = 0; quiet < 3; ) {
        await nextTurn();
        quiet = busy <= world.hanging() ? quiet + 1 : 0;
      }
    },
    timers: () => [...timers].map(({ atMs }) => atMs - Date.now()).toSorted((a, b) => a - b),
    /** Lets so much time pass, all at once, and whatever that sets going come to rest. */
    async pass(ms: number) {
      vi.setSystemTime(Date.now() + ms);
      const due = [...timers].filter(({ atMs }) => atMs <= Date.now());
      for (const timer of due) if (timers.delete(timer)) timer.run();
      await world.idle();
    },
    /** Until the next thing is due. @returns whether there is one */
    async passToNext(): Promise<boolean> {
      const [nextMs] = world.timers();
      if (nextMs !== undefined) await world.pass(Math.max(0, nextMs));
      return nextMs !== undefined;
    },
    /** As by SIGKILL. */
    die() {
      life.isDead = true;
      timers = new Set();
    },
    /** As by SIGKILL, and another process starts. */
    dieAndStart() {
      world.die();
      life = { isDead: false };
      dispatcher = start();
    },
  };
  return world;
}
