import * as z from "zod";
import { post } from "../../../outbound/post.ts";
import type { ChannelType } from "../channel.ts";
import { secretSetting } from "../secret.ts";
import { ANSWER_BYTES, judge, timeoutSeconds, withoutPath } from "../web-settings.ts";
import { wordsOf } from "../words.ts";
import { slackMessage } from "./slack-message.ts";

const settings = z.strictObject({
  type: z.literal("slack"),
  url: secretSetting.meta({ description: "Address of an incoming webhook." }),
  timeout_seconds: timeoutSeconds,
});

/** Slack takes a message a second from each webhook. */
const PACE_MS = 1_000;

/** Posts to an incoming webhook of Slack. */
export const slack = {
  settings,
  create({ url: urlSetting, timeout_seconds }, deps) {
    const url = deps.secret(urlSetting);
    deps.guard.read(url);
    const limitMs = timeout_seconds * 1_000;
    return {
      type: "slack",
      target: withoutPath(url),
      limitMs,
      paceMs: PACE_MS,
      async send(notification, signal) {
        const body = JSON.stringify(slackMessage(wordsOf(notification)));
        const headers = { "user-agent": "Playhead" };
        const outcome = await post(deps.guard, { url, headers, body, limitMs, signal, answerBytes: ANSWER_BYTES });
        return judge(outcome, false);
      },
    };
  },
} satisfies ChannelType<z.infer<typeof settings>>;
