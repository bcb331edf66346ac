import { type NotificationKind, PlayheadError } from "@playhead/core";
import * as z from "zod";
import { post } from "../../../outbound/post.ts";
import { SECRET_PREFIX, signatureHeaders } from "../../../outbound/signature.ts";
import { boundedNotification } from "../bounded-notification.ts";
import type { ChannelType } from "../channel.ts";
import { secretSetting } from "../secret.ts";
import { ANSWER_BYTES, judge, timeoutSeconds, withoutPath } from "../web-settings.ts";

const headerName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9-]{0,99}$/)
  .refine((name) => !/^(webhook-.*|content-.*|host|connection|transfer-encoding|user-agent)$/i.test(name), {
    message: "is set by Playhead",
  });

const settings = z.strictObject({
  type: z.literal("webhook"),
  url: secretSetting.meta({ description: "http or https address that is posted to." }),
  secret: secretSetting.meta({ description: "`whsec_` and base64 of 24–64 bytes, by which the receiver knows us." }),
  previous_secret: secretSetting
    .meta({ description: "The secret before, while receivers change over: signed by both." })
    .optional(),
  headers: z
    .record(headerName, secretSetting)
    .refine((headers) => Object.keys(headers).length <= 20, { message: "expected at most 20 headers" })
    .default({})
    .meta({ description: "Sent beside ours." }),
  timeout_seconds: timeoutSeconds,
});

/** The bound of Standard Webhooks is 20 kB; some of it is for what surrounds the notification. */
const NOTIFICATION_BYTES = 19_500;

const TYPES: Readonly<Record<NotificationKind, string>> = {
  trigger: "alert.fired",
  repeat: "alert.repeated",
  acknowledge: "alert.acknowledged",
  resolve: "alert.resolved",
  test: "alert.test",
  report: "report.made",
};

/** Posts to an address, signed as Standard Webhooks has it. */
export const webhook = {
  settings,
  create({ url: urlSetting, secret, previous_secret, headers: more, timeout_seconds }, deps) {
    const url = deps.secret(urlSetting);
    deps.guard.read(url);
    const secrets = [secret, ...(previous_secret === undefined ? [] : [previous_secret])].map((each) =>
      checkedSecret(deps.secret(each)),
    );
    const ours = Object.fromEntries(Object.entries(more).map(([name, value]) => [name, deps.secret(value)]));
    const limitMs = timeout_seconds * 1_000;
    return {
      type: "webhook",
      target: withoutPath(url),
      limitMs,
      paceMs: 0,
      async send(notification, signal) {
        const { kind, created_at, notification_id } = notification;
        const data = boundedNotification(notification, NOTIFICATION_BYTES);
        const body = JSON.stringify({ type: TYPES[kind], timestamp: created_at, data });
        const timestampSec = Math.floor(deps.nowMs() / 1_000);
        const signed = signatureHeaders({ webhookId: notification_id, timestampSec, body }, secrets);
        const headers = { ...ours, ...signed, "user-agent": "Playhead" };
        const outcome = await post(deps.guard, { url, headers, body, limitMs, signal, answerBytes: ANSWER_BYTES });
        return judge(outcome, true);
      },
    };
  },
} satisfies ChannelType<z.infer<typeof settings>>;

function checkedSecret(secret: string): string {
  const bytes = Buffer.from(secret.slice(SECRET_PREFIX.length), "base64");
  if (secret.startsWith(SECRET_PREFIX) && bytes.length >= 24 && bytes.length <= 64) return secret;
  throw new PlayheadError("config_invalid", `expected secret to be ${SECRET_PREFIX} and base64 of 24–64 bytes`);
}
