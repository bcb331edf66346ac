import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { AlertNotification } from "@playhead/core";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { asPagerDuty, type Incident } from "../../../test/alert-receivers.ts";
import { channelsOf } from "../../../test/channel-world.ts";
import { dispatchWorld, rowOf } from "../../../test/dispatch-world.ts";
import { tempFolder } from "../../../test/temp-folder.ts";
import { type ReceiverAnswer, startReceiver } from "../../../test/webhook-receiver.ts";
import type { AlertStore } from "../../store/alert-store.ts";
import { createSqliteStore } from "../../store/sqlite/open-store.ts";
import type { Channel } from "../channels/channel.ts";

const TENANT = "default";
const T0 = Date.parse("2026-11-21T12:00:00.000Z");

/** What a receiver does with what arrives. The last two have taken it, but their answer never comes. */
const FATES = ["500", "429", "hang", "hang up", "take, hang up", "take, and Playhead dies"] as const;
type Fate = (typeof FATES)[number];
const fates = fc.array(fc.constantFrom(...FATES), { maxLength: 9 });

/** What happens, in this order: alerts are told of, time passes until something is due, Playhead dies. */
const step = fc.oneof(
  { weight: 3, arbitrary: fc.constant("tell" as const) },
  { weight: 4, arbitrary: fc.constant("pass" as const) },
  { weight: 1, arbitrary: fc.constant("die" as const) },
);
const KINDS = ["trigger", "repeat", "acknowledge", "resolve"] as const;
const incident = fc
  .subarray([...KINDS], { minLength: 1 })
  .map((kinds) => (kinds.includes("trigger") ? kinds : (["trigger", ...kinds] as const)));

const scenarios = fc.record({
  incidents: fc.array(incident, { minLength: 1, maxLength: 4 }),
  steps: fc.array(step, { maxLength: 25 }),
  webhookFates: fates,
  pagerdutyFates: fates,
});
type Scenario = typeof scenarios extends fc.Arbitrary<infer Value> ? Value : never;

test("property 8: every notification that is due reaches every channel, exactly once where the channel takes a key", async () => {
  const parent = tempFolder();
  /** Sends under way, and those of them that are never answered; by channel and group. */
  const underWay = new Set<string>();
  const hanging = new Set<string>();
  let mortal = new AbortController();
  let fatesOfRun: Record<string, Fate[]> = {};
  let taken: { readonly name: string; readonly text: string; readonly atMs: number }[] = [];
  let die = () => {};
  let incidents = new Map<string, Incident>();
  let runs = 0;

  /** A receiver with its moods. What it takes, it takes as the one behind it does. */
  const moody =
    (name: string, take: ReceiverAnswer): ReceiverAnswer =>
    (request, answer, received) => {
      const fate = fatesOfRun[name]?.shift();
      if (fate === undefined || fate.startsWith("take")) taken.push({ name, text: received.text, atMs: Date.now() });
      if (fate === undefined && typeof take === "function") return take(request, answer, received);
      if (fate === "500") return void answer.writeHead(500).end();
      if (fate === "429") return void answer.writeHead(429, { "retry-after": "40" }).end();
      if (fate === "hang") {
        const { data, dedup_key } = JSON.parse(received.text);
        const lane = `${name} ${data?.group_key ?? dedup_key}`;
        if (underWay.has(lane)) hanging.add(lane);
        return;
      }
      if (fate === "take, hang up" || fate === "take, and Playhead dies")
        if (typeof take === "function") take(request, nobody(answer), received);
      if (fate === "take, and Playhead dies") die();
      request.socket.destroy();
    };

  /** A channel whose connections end with the process that made them. */
  const watched = (name: string, channel: Channel): Channel => ({
    ...channel,
    async send(notification, signal) {
      const lane = `${name} ${notification.group_key}`;
      underWay.add(lane);
      try {
        return await channel.send(notification, AbortSignal.any([signal, mortal.signal]));
      } finally {
        underWay.delete(lane);
        hanging.delete(lane);
      }
    },
  });

  const hook = await startReceiver(moody("hook", (_, answer) => answer.writeHead(204).end()));
  const pager = await startReceiver(moody("pager", (...got) => (asPagerDuty(incidents) as Taker)(...got)));

  async function run(store: AlertStore, folder: string, scenario: Scenario): Promise<void> {
    const { incidents: plans, steps, webhookFates, pagerdutyFates } = scenario;
    const file = path.join(folder, "alerts.jsonl");
    const world = dispatchWorld(store, T0);
    const makeChannels = () =>
      world.setChannels(
        Object.fromEntries(
          channelsOf({
            hook: { type: "webhook", url: hook.url, secret: `whsec_${"A".repeat(32)}` },
            pager: { type: "pagerduty", routing_key: "0".repeat(32), url: pager.url },
            file: { type: "file", path: file },
          })
            .entries()
            .map(([name, channel]) => [name, watched(name, channel)]),
        ),
        () => hanging.size,
      );
    makeChannels();
    taken = [];
    incidents = new Map();
    fatesOfRun = { hook: [...webhookFates], pager: [...pagerdutyFates] };
    let isDying = false;
    die = () => {
      world.die();
      mortal.abort();
      mortal = new AbortController();
      isDying = true;
    };
    const live = async () => {
      await world.idle();
      while (isDying) {
        isDying = false;
        makeChannels();
        world.dieAndStart();
        await world.idle();
      }
    };

    const told: { readonly id: string; readonly group: string; readonly dueMs: number }[] = [];
    const groups = plans.map((kinds, no) => ({ group: `g${no}`, kinds: [...kinds] }));
    const tell = async () => {
      const next = groups.find(({ kinds }) => kinds.length > 0);
      const kind = next?.kinds.shift();
      if (next === undefined || kind === undefined) return;
      // Another incident has its turn next.
      groups.push(...groups.splice(groups.indexOf(next), 1));
      const id = `${next.group}-${kind}`;
      const more: Partial<AlertNotification> = { notification_id: id, group_key: next.group, kind };
      told.push({ id, group: next.group, dueMs: Date.now() });
      await world.put(...["hook", "pager", "file"].map((channel) => rowOf(TENANT, channel, more)));
    };

    for (const each of steps) {
      if (each === "tell") await tell();
      if (each === "pass") await world.passToNext();
      if (each === "die") die();
      await live();
    }
    while (groups.some(({ kinds }) => kinds.length > 0)) await tell();
    await live();
    const unsent = async () =>
      (await store.listDeliveries({ tenantId: TENANT, limit: 100 })).items.filter(({ state }) => state !== "sent");
    for (let rounds = 0; rounds < 200 && (await unsent()).length > 0; rounds += 1) {
      await world.passToNext();
      await live();
    }

    expect(await unsent()).toEqual([]);
    expect(world.errors).toEqual([]);
    const orderOf = (ids: readonly string[], group: string) => ids.filter((id) => id.startsWith(`${group}-`));
    const wanted = told.map(({ id }) => id);
    // A webhook may come twice, with the same id; never out of its group's order.
    const hooked = taken.filter(({ name }) => name === "hook").map(({ text }) => JSON.parse(text).data.notification_id);
    const lines = readFileSync(file, "utf8").trimEnd().split("\n");
    const written = lines.map((line) => JSON.parse(line).notification_id);
    expect([...new Set(hooked)].toSorted()).toEqual(wanted.toSorted());
    expect(written.toSorted()).toEqual(wanted.toSorted());
    for (const { group } of groups) {
      const inOrder = orderOf(wanted, group);
      expect(orderOf(written, group)).toEqual(inOrder);
      const seen = orderOf(hooked, group).map((id) => inOrder.indexOf(id));
      expect(seen).toEqual(seen.toSorted((a, b) => a - b));
      // One incident, however often its trigger came, and over when it was told to be.
      expect(incidents.get(group)?.summaries).toHaveLength(1);
      expect(incidents.get(group)?.state).toBe(stateAfter(inOrder));
    }
    for (const { text, atMs } of taken) {
      const { data, dedup_key } = JSON.parse(text);
      const due = told.find(({ id, group }) =>
        data === undefined ? group === dedup_key : id === data.notification_id,
      );
      expect(atMs).toBeGreaterThanOrEqual(due?.dueMs ?? Number.POSITIVE_INFINITY);
    }
    world.die();
  }

  await fc.assert(
    fc.asyncProperty(scenarios, async (scenario) => {
      runs += 1;
      const folder = path.join(parent, String(runs));
      mkdirSync(folder);
      const store = await createSqliteStore({ folder, nowMs: Date.now, newEpoch: () => "e1" });
      try {
        await run(store, folder, scenario);
      } finally {
        await store.close();
      }
    }),
    { numRuns: 12 },
  );
  vi.useRealTimers();
});

type Taker = Exclude<ReceiverAnswer, number>;

/** An answer that is written, and never sent. */
function nobody(answer: Parameters<Taker>[1]): typeof answer {
  const written = { writeHead: () => written, end: () => written };
  return written as unknown as typeof answer;
}

function stateAfter(ids: readonly string[]): Incident["state"] {
  const kinds = ids.map((id) => id.slice(id.lastIndexOf("-") + 1));
  if (kinds.includes("resolve")) return "resolved";
  return kinds.includes("acknowledge") ? "acknowledged" : "triggered";
}
