import type { Alert, AlertDelivery, AlertRuleDraft } from "@playhead/core";
import { expect, vi } from "vitest";
import { createChannels } from "../src/alerts/channels/all.ts";
import { type AlertSettings, DEFAULT_THRESHOLDS } from "../src/engine-alerts.ts";
import { createAddressGuard } from "../src/outbound/address-guard.ts";
import { bodyOf, line, ofNow } from "./api.ts";
import { asHolder } from "./credentials.ts";
import { startTestServer } from "./start-server.ts";
import { type ReceiverAnswer, startReceiver } from "./webhook-receiver.ts";

/** What this machine is doing meanwhile is no matter of the tests. */
const THRESHOLDS = {
  ...DEFAULT_THRESHOLDS,
  cpu_percent: 100,
  memory_percent: 100,
  memory_critical_percent: 100,
  disk_percent: 100,
};
const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

/** Fires once for each job in which a video failed. */
export const VIDEO_FAILED: AlertRuleDraft = {
  name: "A video failed",
  condition: 'events("video.failed") > 0',
  time_window: 60,
  level: "critical",
  group_by: ["job_id"],
  notification_channels: ["ops"],
};

/** A server whose alerts are told to a real receiver, by the channel `ops`; it gives these answers in turn. */
export async function startAlerting(...answers: readonly ReceiverAnswer[]) {
  const receiver = await startReceiver(...answers);
  const guard = createAddressGuard({ allowPrivate: true, words: { field: "url", setting: "channels" } });
  const settings = {
    ops: { type: "webhook", url: receiver.url, secret: SECRET, headers: {}, timeout_seconds: 5 },
  } as const;
  const configured = (): AlertSettings => ({
    thresholds: THRESHOLDS,
    channels: createChannels(settings, { guard, nowMs: Date.now, env: {} }),
    publicUrl: null,
  });
  const server = await startTestServer({ alerts: configured() });
  const mine = asHolder(server, server.server.accessKey);

  /** Waits until something of the API is as it is wanted. */
  async function until<Answer>(path: string, isThere: (answer: Answer) => boolean): Promise<Answer> {
    return vi.waitFor(
      async () => {
        const answer = (await bodyOf(mine.ask(path))) as Answer;
        expect(isThere(answer), JSON.stringify(answer)).toBe(true);
        return answer;
      },
      { timeout: 60_000, interval: 20 },
    );
  }

  return {
    server,
    receiver,
    mine,
    until,
    /** Sets the channel up anew, as somebody does whose receiver was gone. */
    reconfigure: () => server.server.alerts.setSettings(configured()),
    /** A job in which a video fails, of the tenant of the key. */
    async failVideo(jobId: string, credential = server.server.accessKey): Promise<void> {
      const source = `w-${jobId}`;
      const lines = ofNow([
        line(1, "job.created", jobId, { kind: "bulk", title: jobId, user_id: "u_7" }, source),
        line(2, "job.state_changed", jobId, { new_state: "running" }, source),
        line(3, "video.created", jobId, { task_id: "v", id: "v", title: "Row 1" }, source),
        line(4, "video.failed", jobId, { task_id: "v", error_code: "disk_full", error_message: "full" }, source),
      ]);
      const answer = await asHolder(server, credential).report(lines);
      expect(await answer.json()).toEqual({ accepted: 4, refused: [], followed: expect.any(Boolean) });
    },
    /** The alerts that fire by a rule, once there are so many. */
    firing: async (ruleId: string, count: number): Promise<readonly Alert[]> =>
      (
        await until<{ alerts: readonly Alert[] }>(
          `/api/v1/alerts?state=firing&rule_id=${ruleId}`,
          ({ alerts }) => alerts.length === count,
        )
      ).alerts,
    /** The deliveries of a rule, once the newest of them is as it is wanted. */
    delivered: async (ruleId: string, state: AlertDelivery["state"]): Promise<readonly AlertDelivery[]> =>
      (
        await until<{ deliveries: readonly AlertDelivery[] }>(
          `/api/v1/alert-deliveries?rule_id=${ruleId}`,
          ({ deliveries }) => deliveries[0]?.state === state,
        )
      ).deliveries,
  };
}
