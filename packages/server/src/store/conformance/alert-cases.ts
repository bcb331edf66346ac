import type { AlertsQuery, DeliveriesQuery } from "../alert-store.ts";
import type { Page, PageCursor } from "../store.ts";
import { alertRow, deliveryRow, minute, minuteMs, NO_ALERTS } from "./alert-rows.ts";
import type { OwnSetup, StoreCase } from "./store-case.ts";

/** All pages of a list. */
async function listAll<Item>(list: (after: PageCursor | undefined) => Promise<Page<Item>>) {
  const items: Item[] = [];
  for (let after: PageCursor | undefined; ; ) {
    const page = await list(after);
    items.push(...page.items);
    if (page.next === null) return items;
    after = page.next;
  }
}

const SETTLED = { state: "sent", next_attempt_at: null, settled_at: minute(5) } as const;

/** Alerts, what people are told of them, and how far the log was read: stored together or not at all. */
export const ALERT_CASES: readonly StoreCase<OwnSetup>[] = [
  {
    name: "gives back what was put last, after a restart, and to its tenant only",
    async run({ store, expect, tenantId, reopen }) {
      const before = alertRow(tenantId, "a");
      const after = { ...alertRow(tenantId, "a", { state: "resolved", resolved_at: minute(3) }), memory: { n: 2 } };
      const delivery = deliveryRow(tenantId, "d");
      await store.putAlerts({ ...NO_ALERTS, alerts: [before], deliveries: [delivery] });
      await store.putAlerts({ ...NO_ALERTS, alerts: [after] });
      const again = await reopen();
      expect(await again.readAlert(tenantId, "a")).toEqual(after);
      expect(await again.readDelivery(tenantId, "d")).toEqual(delivery);
      expect(await again.readAlert("other", "a")).toBeNull();
      expect(await again.readDelivery("other", "d")).toBeNull();
    },
  },
  {
    name: "stores all of a group or nothing of it",
    async run({ store, expect, tenantId }) {
      const broken = { ...alertRow(tenantId, "b"), fingerprint: null as unknown as string };
      const position = { factId: 7, atMs: 1, windows: null };
      const group = { alerts: [alertRow(tenantId, "a"), broken], deliveries: [deliveryRow(tenantId, "d")], position };
      await expect(store.putAlerts(group)).rejects.toThrow();
      expect(await store.readAlert(tenantId, "a")).toBeNull();
      expect(await store.readDelivery(tenantId, "d")).toBeNull();
      expect(await store.readAlertPosition()).toBeNull();
    },
  },
  {
    name: "keeps the position, and the windows as of an earlier one",
    async run({ store, expect, reopen }) {
      expect(await store.readAlertPosition()).toBeNull();
      const windows = { factId: 5, atMs: 50, snapshot: { rules: [1, "日本"] } };
      await store.putAlerts({ ...NO_ALERTS, position: { factId: 5, atMs: 50, windows } });
      await store.putAlerts({ ...NO_ALERTS, position: { factId: 9, atMs: 90, windows: null } });
      await store.putAlerts(NO_ALERTS);
      const again = await reopen();
      expect(await again.readAlertPosition()).toEqual({ factId: 9, atMs: 90, windows });
    },
  },
  {
    name: "has empty windows where there were none yet",
    async run({ store, expect }) {
      await store.putAlerts({ ...NO_ALERTS, position: { factId: 9, atMs: 90, windows: null } });
      const windows = { factId: 9, atMs: 90, snapshot: {} };
      expect(await store.readAlertPosition()).toEqual({ factId: 9, atMs: 90, windows });
    },
  },
  {
    name: "keeps incidents until they are over",
    async run({ store, expect, tenantId, reopen }) {
      const [a, b] = ["a", "b"].map((groupKey) => ({ groupKey, tenantId, incident: { told: 1 } as object | null }));
      await store.putAlerts({ ...NO_ALERTS, incidents: [a, b] as never });
      await store.putAlerts({ ...NO_ALERTS, incidents: [{ ...a, incident: null } as never] });
      expect(await (await reopen()).readIncidents()).toEqual([b]);
    },
  },
  {
    name: "finds live alerts, and those that were resolved not long ago",
    async run({ store, expect, tenantId }) {
      const ended = (id: string, at: number) => alertRow(tenantId, id, { state: "resolved", resolved_at: minute(at) });
      const alerts = [
        alertRow(tenantId, "p", { state: "pending" }),
        alertRow("other", "f"),
        ended("r1", 1),
        ended("r9", 9),
      ];
      await store.putAlerts({ ...NO_ALERTS, alerts });
      const ids = (await store.readLiveAlerts(minuteMs(5))).map(({ alert }) => alert.alert_id);
      expect(ids.toSorted()).toEqual(["f", "p", "r9"]);
    },
  },
  {
    name: "lists alerts newest first, in pages, by all that a query may say",
    async run({ store, expect, tenantId }) {
      const alerts = [
        alertRow(tenantId, "a", { pending_at: minute(1), level: "info" }),
        alertRow(tenantId, "b", { pending_at: minute(2), job_id: "j" }),
        alertRow(tenantId, "c", { pending_at: minute(2), state: "resolved", resolved_at: minute(3) }),
        alertRow(tenantId, "d", { pending_at: minute(4), rule_id: "other" }),
        alertRow("other", "e"),
      ];
      await store.putAlerts({ ...NO_ALERTS, alerts });
      const ids = async (query: Partial<AlertsQuery> = {}) =>
        (await listAll((after) => store.listAlerts({ tenantId, limit: 2, ...query, ...(after && { after }) })))
          .map(({ alert_id }) => alert_id)
          .join("");
      expect(await ids()).toBe("dcba");
      expect(await ids({ limit: 100 })).toBe("dcba");
      expect(await ids({ states: ["firing", "pending"] })).toBe("dba");
      expect(await ids({ states: ["resolved"] })).toBe("c");
      expect(await ids({ levels: ["info", "warning"] })).toBe("a");
      expect(await ids({ ruleId: "other" })).toBe("d");
      expect(await ids({ jobId: "j" })).toBe("b");
      expect(await ids({ fromMs: minuteMs(2), toMs: minuteMs(4) })).toBe("cb");
      expect(await store.listAlerts({ tenantId, ruleId: "rule", limit: 1 })).toEqual({
        items: [alerts[2]?.alert],
        next: { value: minuteMs(2), id: "c" },
      });
    },
  },
  {
    name: "finds the deliveries that are due, the longest due first, and when the next one is",
    async run({ store, expect, tenantId }) {
      expect(await store.nextDueMs()).toBeNull();
      const deliveries = [
        deliveryRow(tenantId, "later", { next_attempt_at: minute(9) }),
        deliveryRow(tenantId, "second", { next_attempt_at: minute(3) }),
        deliveryRow("other", "first", { next_attempt_at: minute(1) }),
        deliveryRow(tenantId, "sent", SETTLED),
        deliveryRow(tenantId, "dead", { ...SETTLED, state: "dead" }),
      ];
      await store.putAlerts({ ...NO_ALERTS, deliveries });
      const due = async (limit: number) =>
        (await store.readDueDeliveries(minuteMs(3), limit)).map(({ delivery }) => delivery.delivery_id);
      expect(await due(10)).toEqual(["first", "second"]);
      expect(await due(1)).toEqual(["first"]);
      expect(await store.nextDueMs()).toBe(minuteMs(1));
      expect(await store.countDeliveries()).toEqual({ pending: 3, pendingByChannel: { ops: 3 }, dead: 1 });
      await store.putAlerts({ ...NO_ALERTS, deliveries: [deliveryRow("other", "first", SETTLED)] });
      expect(await due(10)).toEqual(["second"]);
    },
  },
  {
    name: "hands out what is due of a channel and group in its order, and leaves channels out",
    async run({ store, expect, tenantId }) {
      const rows = [
        deliveryRow(tenantId, "trigger", { next_attempt_at: minute(5) }, "g"),
        deliveryRow(tenantId, "resolve", { next_attempt_at: minute(1) }, "g"),
        deliveryRow(tenantId, "mail", { next_attempt_at: minute(2), channel: "mail" }, "g"),
        deliveryRow("other", "foreign", { next_attempt_at: minute(3) }, "g"),
        deliveryRow(tenantId, "elsewhere", { next_attempt_at: minute(4) }, "h"),
      ];
      await store.putAlerts({ ...NO_ALERTS, deliveries: rows });
      const due = async (minutes: number, ...without: string[]) =>
        (await store.readDueDeliveries(minuteMs(minutes), 9, without)).map(({ delivery }) => delivery.delivery_id);
      expect(await due(4)).toEqual(["mail", "foreign", "elsewhere"]);
      expect(await due(9, "mail", "none")).toEqual(["foreign", "elsewhere", "trigger"]);
      expect(await due(9, "mail", "ops")).toEqual([]);
      expect(await store.countDeliveries()).toMatchObject({ pending: 5, pendingByChannel: { ops: 4, mail: 1 } });
      await store.putAlerts({ ...NO_ALERTS, deliveries: [deliveryRow(tenantId, "trigger", SETTLED, "g")] });
      expect(await due(1)).toEqual(["resolve"]);
      // What is given up, and taken up again, comes before what was stored after it.
      await store.putAlerts({ ...NO_ALERTS, deliveries: rows.slice(0, 1) });
      expect(await due(1)).toEqual([]);
    },
  },
  {
    name: "lists deliveries newest first, in pages, by all that a query may say",
    async run({ store, expect, tenantId }) {
      const deliveries = [
        deliveryRow(tenantId, "a", { created_at: minute(1), channel: "mail" }),
        deliveryRow(tenantId, "b", { created_at: minute(2), ...SETTLED }),
        deliveryRow(tenantId, "c", { created_at: minute(2), rule_id: "other" }),
        deliveryRow("other", "d"),
      ];
      await store.putAlerts({ ...NO_ALERTS, deliveries });
      const ids = async (query: Partial<DeliveriesQuery> = {}) =>
        (await listAll((after) => store.listDeliveries({ tenantId, limit: 2, ...query, ...(after && { after }) })))
          .map(({ delivery_id }) => delivery_id)
          .join("");
      expect(await ids()).toBe("cba");
      expect(await ids({ channel: "mail" })).toBe("a");
      expect(await ids({ states: ["sent", "dead"] })).toBe("b");
      expect(await ids({ alertRuleId: "other" })).toBe("c");
    },
  },
  {
    name: "lets go of what is over and old, in steps, and of nothing else",
    async run({ store, expect, tenantId }) {
      const old = Array.from({ length: 7 }, (_, no) =>
        alertRow(tenantId, `old${no}`, { state: "resolved", resolved_at: minute(1) }),
      );
      const young = alertRow(tenantId, "young", { state: "resolved", resolved_at: minute(9) });
      const alerts = [...old, young, alertRow(tenantId, "live")];
      const deliveries = [deliveryRow(tenantId, "sent", SETTLED), deliveryRow(tenantId, "pending")];
      await store.putAlerts({ ...NO_ALERTS, alerts, deliveries });
      let steps = 1;
      while (await store.pruneAlerts(minuteMs(9), 3)) steps += 1;
      expect(steps).toBe(3);
      const left = await store.listAlerts({ tenantId, limit: 100 });
      expect(left.items.map(({ alert_id }) => alert_id).toSorted()).toEqual(["live", "young"]);
      const told = await store.listDeliveries({ tenantId, limit: 100 });
      expect(told.items.map(({ delivery_id }) => delivery_id)).toEqual(["pending"]);
    },
  },
];
