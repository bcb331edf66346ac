import { expect, test } from "vitest";
import { alertOf, notificationOf } from "../../../../test/alert-notification.ts";
import { asPagerDuty, type Incident } from "../../../../test/alert-receivers.ts";
import { channelOf } from "../../../../test/channel-world.ts";
import { type ReceiverAnswer, startReceiver } from "../../../../test/webhook-receiver.ts";

const NEVER = new AbortController().signal;
const KEY = "0123456789abcdef0123456789abcdef";

async function setup(...answers: readonly ReceiverAnswer[]) {
  const incidents = new Map<string, Incident>();
  const receiver = await startReceiver(...answers, asPagerDuty(incidents));
  const settings = { type: "pagerduty", routing_key: KEY, url: `${receiver.url}/v2/enqueue` };
  return { incidents, receiver, channel: channelOf(settings) };
}

test("one incident for a group, from the trigger to the resolve", async () => {
  const { incidents, receiver, channel } = await setup();
  expect(channel.target).toBe(new URL(receiver.url).host);
  const states: unknown[] = [];
  for (const kind of ["trigger", "repeat", "acknowledge", "resolve"] as const) {
    expect((await channel.send(notificationOf({ kind }), NEVER)).answer).toBe('202 {"status":"success"}');
    states.push(...incidents.values().map(({ state }) => state));
  }
  expect(states).toEqual(["triggered", "triggered", "acknowledged", "resolved"]);
  expect([...incidents]).toMatchObject([["builtin-error-rate:4c1d", { summaries: ["[CRITICAL] 42 % of clips fail"] }]]);
  expect(JSON.parse(receiver.received[0]?.text ?? "")).toMatchObject({
    routing_key: KEY,
    links: [{ text: "What to do" }, { href: "https://playhead.example/alerts/alr_91" }],
    payload: { severity: "critical", source: "playhead", custom_details: { causes: [{ cause: "disk_full" }, {}] } },
  });
});

test("a test is an incident that is over at once", async () => {
  const { incidents, receiver, channel } = await setup();
  await channel.send(notificationOf({ kind: "test", level: "info" }), NEVER);
  expect(receiver.received).toHaveLength(2);
  expect([...incidents.values()]).toMatchObject([{ state: "resolved" }]);
});

test("long keys are hashed, the same each time; large notifications fit", async () => {
  const { incidents, channel } = await setup();
  const alerts = Array.from({ length: 2_000 }, () => alertOf({ message: "x".repeat(1_000) }));
  for (const kind of ["trigger", "resolve"] as const)
    await channel.send(notificationOf({ kind, group_key: "k".repeat(300), title: "日".repeat(9_000), alerts }), NEVER);
  expect([...incidents.values()]).toMatchObject([{ state: "resolved" }]);
});

test.each([
  [400, false],
  [403, false],
  [429, true],
  [500, true],
] as const)("%i is tried again: %s", async (status, retryable) => {
  const { channel } = await setup(status);
  await expect(channel.send(notificationOf(), NEVER)).rejects.toMatchObject({ retryable, isGone: false });
});

test("an event that PagerDuty calls wrong is given up, with its words and without our key", async () => {
  const receiver = await startReceiver(asPagerDuty(new Map()));
  const channel = channelOf({ type: "pagerduty", routing_key: "not-a-key", url: receiver.url });
  await expect(channel.send(notificationOf(), NEVER)).rejects.toMatchObject({
    retryable: false,
    answer: expect.stringContaining("'routing_key' is invalid"),
  });
});
