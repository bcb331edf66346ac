import { expect, test } from "vitest";
import { startAlerting, VIDEO_FAILED } from "../../test/alerting.ts";
import { bodyOf, expectError } from "../../test/api.ts";

test("what was told is kept with its tries; what was given up is sent again when somebody asks for it", async () => {
  const { mine, receiver, failVideo, delivered, reconfigure } = await startAlerting(410, 204);
  const { rule_id } = await bodyOf(mine.post("/api/v1/alert-rules", VIDEO_FAILED));
  await failVideo("j");
  const [given] = await delivered(rule_id, "dead");
  expect(given).toMatchObject({ channel: "ops", channel_type: "webhook", kind: "trigger", attempt_count: 1 });
  expect(given?.attempts).toMatchObject([{ error: expect.stringContaining("410") }]);
  expect((await bodyOf(mine.ask("/api/v1/alert-deliveries?state=dead&channel=ops"))).deliveries).toHaveLength(1);
  expect((await bodyOf(mine.ask("/api/v1/alert-deliveries?state=sent"))).deliveries).toEqual([]);

  reconfigure();
  const again = await mine.post(`/api/v1/alert-deliveries/${given?.delivery_id}/redeliver`);
  expect(again.status).toBe(202);
  await expectError(await mine.post("/api/v1/alert-deliveries/none/redeliver"), 404, "not_found");
  const [sent] = await delivered(rule_id, "sent");
  expect(sent).toMatchObject({ delivery_id: given?.delivery_id, attempt_count: 2 });
  // The receiver can tell that it is the same one.
  const ids = receiver.received.map(({ headers }) => headers["webhook-id"]);
  expect([ids.length, new Set(ids).size]).toEqual([2, 1]);
  const { entries } = await bodyOf(mine.ask("/api/v1/audit"));
  expect(entries[0]).toMatchObject({ action: "alert_delivery.resent", target: given?.delivery_id });
});

test("all channels are tested at a level, and each says what came of it", async () => {
  const { mine, receiver } = await startAlerting(204, 403);
  const test = (query: string) => bodyOf(mine.post(`/api/v1/monitoring/test/alert${query}`));
  expect(await test("?level=critical")).toEqual({
    level: "critical",
    channels: [
      { channel: "ops", ok: true, answer: expect.stringContaining("204"), latency_ms: expect.any(Number), error: null },
    ],
  });
  expect(await test("")).toEqual({
    level: "info",
    channels: [{ channel: "ops", ok: false, answer: null, latency_ms: null, error: expect.stringContaining("403") }],
  });
  const told = receiver.received.map(({ text }) => JSON.parse(text).data);
  expect(told).toMatchObject([
    { kind: "test", level: "critical" },
    { kind: "test", level: "info" },
  ]);
});

test("a channel is shown without its secret, and tested; what the receiver says is said", async () => {
  const { server, mine } = await startAlerting(204, 403);
  const listed = await mine.ask("/api/v1/alert-channels");
  expect(await listed.clone().text()).not.toContain("whsec_");
  expect((await bodyOf(listed)).channels).toMatchObject([{ channel: "ops", type: "webhook", breaker: "closed" }]);
  const test = (name: string) => mine.post(`/api/v1/alert-channels/${name}/test`);
  expect(await bodyOf(test("ops"))).toEqual({ answer: expect.stringContaining("204"), latency_ms: expect.any(Number) });
  const refused = await bodyOf(test("ops"));
  expect(JSON.stringify(refused)).toContain("403");
  await expectError(await test("none"), 404, "not_found");
  expect(server.complaints).toEqual([]);
});
