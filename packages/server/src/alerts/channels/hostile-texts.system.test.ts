import path from "node:path";
import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { expect, test } from "vitest";
import { asPagerDuty, asSlack } from "../../../test/alert-receivers.ts";
import { channelsOf } from "../../../test/channel-world.ts";
import { hostileNotification } from "../../../test/hostile-notification.ts";
import { startMailServer } from "../../../test/mail-receiver.ts";
import { tempFolder } from "../../../test/temp-folder.ts";
import { startReceiver } from "../../../test/webhook-receiver.ts";
import { textOf, wordsOf } from "./words.ts";

const NEVER = new AbortController().signal;
const SECRET = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;
/** All that a mail of ours has in its head. */
const MAIL_HEADERS = [
  ...["auto-submitted", "content-type", "date", "from", "message-id", "mime-version", "references", "subject", "to"],
  "x-playhead-notification",
];

test("no text harms a channel: each receiver takes each notification, and nothing of it but what it is", async () => {
  const mails = await startMailServer();
  const hook = await startReceiver(204);
  const slack = await startReceiver(asSlack);
  const pagerduty = await startReceiver(asPagerDuty(new Map()));
  const file = path.join(tempFolder(), "alerts.jsonl");
  const channels = channelsOf({
    mail: { type: "email", host: "127.0.0.1", port: mails.port, security: "none", from: "a@b.c", to: ["d@e.f"] },
    hook: { type: "webhook", url: hook.url, secret: SECRET },
    slack: { type: "slack", url: slack.url },
    pagerduty: { type: "pagerduty", routing_key: "0".repeat(32), url: pagerduty.url },
    file: { type: "file", path: file },
  });
  await fc.assert(
    fc.asyncProperty(hostileNotification, async (notification) => {
      await Promise.all([...channels.values()].map((channel) => channel.send(notification, NEVER)));
      const words = wordsOf(notification);
      const mail = mails.received.at(-1);
      expect(mail?.headers.map(([name]) => name).toSorted()).toEqual(MAIL_HEADERS);
      expect(mail?.to).toEqual(["d@e.f"]);
      expect(mail?.text).toBe(textOf(words).trimEnd());
      const { text, headers } = hook.received.at(-1) ?? { text: "", headers: {} };
      expect(new Webhook(SECRET).verify(text, headers)).toMatchObject({ data: { kind: notification.kind } });
    }),
    { numRuns: 60 },
  );
});
