import type { AlertNotification } from "@playhead/core";
import * as z from "zod";
import { post } from "../../../outbound/post.ts";
import type { ChannelType } from "../channel.ts";
import { secretSetting } from "../secret.ts";
import { ANSWER_BYTES, judge, timeoutSeconds } from "../web-settings.ts";
import { type PagerDutyAction, pagerDutyEvent } from "./pagerduty-event.ts";

const settings = z.strictObject({
  type: z.literal("pagerduty"),
  routing_key: secretSetting.meta({ description: "Integration key of a service (Events API v2)." }),
  url: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .default("https://events.pagerduty.com/v2/enqueue")
    .meta({ description: "Where events go; another one in the EU." }),
  source: z
    .string()
    .min(1)
    .max(255)
    .default("playhead")
    .meta({ description: "What PagerDuty shows as the place where it happened." }),
  timeout_seconds: timeoutSeconds,
});

/** A test is an incident that is over at once; a report is none: nobody is woken for it. */
const ACTIONS: Readonly<Record<AlertNotification["kind"], readonly PagerDutyAction[]>> = {
  trigger: ["trigger"],
  repeat: ["trigger"],
  acknowledge: ["acknowledge"],
  resolve: ["resolve"],
  test: ["trigger", "resolve"],
  report: [],
};

/** Opens, acknowledges and resolves one incident for each group of alerts. */
export const pagerduty = {
  settings,
  create({ routing_key, url, source, timeout_seconds }, deps) {
    const routingKey = deps.secret(routing_key);
    deps.guard.read(url);
    const limitMs = timeout_seconds * 1_000;
    return {
      type: "pagerduty",
      target: new URL(url).host,
      limitMs,
      paceMs: 0,
      async send(notification, signal) {
        const answers: string[] = [];
        for (const action of ACTIONS[notification.kind]) {
          const body = JSON.stringify(pagerDutyEvent(notification, { action, routingKey, source }));
          const headers = { "user-agent": "Playhead" };
          const outcome = await post(deps.guard, { url, headers, body, limitMs, signal, answerBytes: ANSWER_BYTES });
          answers.push(judge(outcome, false).answer);
        }
        return { answer: answers.join("; ") || "reports are no incidents: nothing was sent" };
      },
    };
  },
} satisfies ChannelType<z.infer<typeof settings>>;
