import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { notificationOf } from "../../../test/alert-notification.ts";
import { channelsOf } from "../../../test/channel-world.ts";
import { startReceiver } from "../../../test/webhook-receiver.ts";
import { CHANNEL_TYPES, channelsSettings } from "./all.ts";
import { pagerDutyEvent } from "./pagerduty/pagerduty-event.ts";
import { textOf, wordsOf } from "./words.ts";

const PAGE = readFileSync(new URL("../../../../../docs/alert-channels.md", import.meta.url), "utf8");
const [example = "", webhookBody = "", pagerDutyBody = ""] = PAGE.matchAll(/```json\n([\s\S]*?)```/g).map(
  ([, code]) => code ?? "",
);
const SECRET = `whsec_${Buffer.alloc(24).toString("base64")}`;

test("its example is a configuration", () => {
  const { channels } = JSON.parse(example);
  const parsed = channelsSettings.parse(channels);
  expect(Object.values(parsed).map(({ type }) => type)).toEqual(Object.keys(CHANNEL_TYPES));
});

test("each type has a section, which names each of its settings and its default", () => {
  for (const [name, { settings }] of Object.entries(CHANNEL_TYPES)) {
    const [, section = ""] = PAGE.split(`\n## ${name}\n`);
    for (const [key, field] of Object.entries(settings.shape).filter(([each]) => each !== "type")) {
      const row = section
        .split("\n")
        .find((line) => line.startsWith("| `") && line.split("|")[1]?.includes(`\`${key}\``));
      expect(row ?? `no row for ${name}.${key}`).toContain(`\`${key}\``);
      const preset = field.safeParse(undefined).data;
      if (typeof preset === "string" || typeof preset === "number") expect(row).toContain(String(preset));
    }
  }
});

test("the words are those that are sent", () => {
  const words = wordsOf(notificationOf());
  expect(PAGE).toContain(`\`\`\`text\n${words.subject}\n\n${textOf(words)}\n\`\`\``);
});

test("a webhook's body is what is posted", async () => {
  const receiver = await startReceiver(204);
  const channel = channelsOf({ hook: { type: "webhook", url: receiver.url, secret: SECRET } }).get("hook");
  await channel?.send(notificationOf(), new AbortController().signal);
  expect(JSON.parse(receiver.received[0]?.text ?? "")).toEqual(JSON.parse(webhookBody));
});

test("so is PagerDuty's, but for what is the same as a webhook's", () => {
  const { routing_key, payload, ...rest } = JSON.parse(pagerDutyBody);
  const event = pagerDutyEvent(notificationOf(), { action: "trigger", routingKey: routing_key, source: "playhead" });
  const custom_details = JSON.parse(webhookBody).data;
  expect(event).toEqual({ routing_key, ...rest, payload: { ...payload, custom_details } });
});
