import { expect, test } from "vitest";
import { alertOf, notificationOf } from "../../../../test/alert-notification.ts";
import { asSlack } from "../../../../test/alert-receivers.ts";
import { channelOf } from "../../../../test/channel-world.ts";
import { startReceiver } from "../../../../test/webhook-receiver.ts";
import { wordsOf } from "../words.ts";
import { slackMessage } from "./slack-message.ts";

const NEVER = new AbortController().signal;

test("posts a heading and sections that Slack takes, a message a second", async () => {
  const receiver = await startReceiver(asSlack);
  const channel = channelOf(
    { type: "slack", url: { env: "SLACK_URL" } },
    { SLACK_URL: `${receiver.url}/services/T0/B0/x` },
  );
  expect(channel).toMatchObject({ target: `${receiver.url}/…`, paceMs: 1_000 });
  expect(await channel.send(notificationOf(), NEVER)).toEqual({ answer: "200 ok" });
  const [got] = await receiver.got(1);
  const { text, blocks } = JSON.parse(got?.text ?? "");
  expect(text).toBe("[CRITICAL] 42 % of clips fail");
  expect(blocks.map((block: { text: { text: string } }) => block.text.text)).toEqual([
    "[CRITICAL] 42 % of clips fail",
    "Error rate of clips is 0.42 (threshold 0.1) over the last 10 minutes.",
    expect.stringContaining("*Since:* 2026-11-21 10:43:12 UTC"),
    "<https://wiki.example/runbooks/error-rate|What to do>\n<https://playhead.example/alerts/alr_91|Look at it in Playhead>",
    "*Most frequent causes:*\n• 1,150 × disk_full\n• 54 × encoder_failed: Conversion failed!",
    "*Where:*\n• kind clips: 0.42",
  ]);
});

test("is within Slack's bounds however long the texts are, and never cut within what stands for a character", () => {
  for (const character of ["&", "<", "日", "🎬", '"', "\n"]) {
    const long = character.repeat(5_000);
    const alerts = Array.from({ length: 15 }, () => alertOf({ labels: { kind: long } }));
    const causes = Array.from({ length: 9 }, () => ({ cause: long, count: 1 }));
    const message = slackMessage(wordsOf(notificationOf({ title: long, message: long, alerts, causes })));
    expect(JSON.stringify(message).length).toBeLessThanOrEqual(13_000);
    for (const { text } of message.blocks) {
      expect(text.text.length).toBeLessThanOrEqual(3_000);
      if (text.type === "mrkdwn") expect(text.text.replace(/&(amp|lt|gt);/g, "")).not.toMatch(/&/);
    }
  }
});

test.each([
  [400, "invalid_blocks", false],
  [403, "action_prohibited", false],
  [404, "no_service", false],
  [410, "channel_is_archived", false],
  [429, "rate_limited", true],
  [500, "rollup_error", true],
] as const)("%i %s", async (status, word, retryable) => {
  const receiver = await startReceiver((_, answer) => answer.writeHead(status, { "retry-after": "30" }).end(word));
  const channel = channelOf({ type: "slack", url: receiver.url });
  const refusal = { retryable, answer: `${status} ${word}`, retryAfterMs: 30_000 };
  await expect(channel.send(notificationOf(), NEVER)).rejects.toMatchObject(refusal);
});
