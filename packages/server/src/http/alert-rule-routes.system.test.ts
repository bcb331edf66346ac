import { describe, expect, test } from "vitest";
import { startAlerting, VIDEO_FAILED } from "../../test/alerting.ts";
import { bodyOf, expectError } from "../../test/api.ts";

const json = (
  server: Awaited<ReturnType<typeof startAlerting>>["server"],
  method: string,
  path: string,
  body?: unknown,
) =>
  server.ask(path, {
    method,
    headers: {
      authorization: server.authorization,
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });

describe("rules", () => {
  test("every fault is told at once, with its place; nothing is kept of a check", async () => {
    const { mine } = await startAlerting();
    const wrong = { name: "", condition: "eror_rate > 1", time_window: 0, level: "loud", colour: "red" };
    for (const path of ["/api/v1/alert-rules/check", "/api/v1/alert-rules"]) {
      const answer = await mine.post(path, wrong);
      const { faults } = (await bodyOf(answer.clone())).detail;
      await expectError(answer, 422, "validation_error");
      expect(faults.map(({ path }: { path: string }) => path).sort()).toEqual([
        "colour",
        "level",
        "name",
        "time_window",
      ]);
    }
    const unknown = await mine.post("/api/v1/alert-rules/check", { ...VIDEO_FAILED, condition: "eror_rate > 1" });
    expect((await bodyOf(unknown.clone())).detail.faults).toMatchObject([{ path: "condition" }]);
    const before = (await bodyOf(mine.ask("/api/v1/alert-rules"))).rules.length;
    expect(await bodyOf(mine.post("/api/v1/alert-rules/check", VIDEO_FAILED))).toMatchObject({
      ...VIDEO_FAILED,
      for: 0,
    });
    expect((await bodyOf(mine.ask("/api/v1/alert-rules"))).rules.length).toBe(before);
  });

  test("are made, replaced, tried and removed, and each change is in the audit log", async () => {
    const { server, mine, failVideo, firing } = await startAlerting();
    const made = await mine.post("/api/v1/alert-rules", VIDEO_FAILED);
    const { rule_id } = await bodyOf(made);
    expect([made.status, made.headers.get("location")]).toEqual([201, `/api/v1/alert-rules/${rule_id}`]);
    await expectError(await mine.post("/api/v1/alert-rules", VIDEO_FAILED), 409, "conflict");
    await failVideo("j");
    await firing(rule_id, 1);
    const past = await bodyOf(mine.post("/api/v1/alert-rules/backtest", { rule: VIDEO_FAILED, days: 1 }));
    expect(past).toMatchObject({ fired: 1, firings: [{ labels: { job_id: "j" } }] });

    const path = `/api/v1/alert-rules/${rule_id}`;
    const changed = await bodyOf(json(server, "PUT", path, { ...VIDEO_FAILED, level: "info" }));
    expect(changed).toMatchObject({ rule_id, level: "info" });
    expect((await json(server, "DELETE", path)).status).toBe(204);
    await expectError(await mine.ask(path), 404, "not_found");
    const { entries } = await bodyOf(mine.ask("/api/v1/audit"));
    expect(
      entries
        .filter(({ target }: { target: string }) => target === rule_id)
        .map(({ action }: { action: string }) => action),
    ).toEqual(["alert_rule.removed", "alert_rule.changed", "alert_rule.created"]);
  });

  test("that are built in can be switched off, and go back to what they come with", async () => {
    const { server, mine } = await startAlerting();
    const { rules } = await bodyOf(mine.ask("/api/v1/alert-rules"));
    const rule = rules.find(({ built_in }: { built_in: boolean }) => built_in);
    const { rule_id, built_in, created_at, updated_at, ...draft } = rule;
    const path = `/api/v1/alert-rules/${rule_id}`;
    expect(await bodyOf(json(server, "PUT", path, { ...draft, enabled: false }))).toMatchObject({
      built_in,
      enabled: false,
    });
    expect((await json(server, "DELETE", path)).status).toBe(204);
    expect(await bodyOf(mine.ask(path))).toMatchObject({ ...draft, enabled: true });
  });

  test("may name what the list of measurements names", async () => {
    const { mine } = await startAlerting();
    const { measurements } = await bodyOf(mine.ask("/api/v1/alert-rules/measurements"));
    expect(measurements).toContainEqual(expect.objectContaining({ name: "error_rate" }));
  });
});

test("what is silenced fires, and is told to nobody until the silence ends", async () => {
  const { server, mine, receiver, failVideo, firing, delivered } = await startAlerting();
  const { rule_id } = await bodyOf(mine.post("/api/v1/alert-rules", VIDEO_FAILED));
  const draft = { matchers: { rule: VIDEO_FAILED.name }, minutes: 60, reason: "upgrade" };
  const { silence_id } = await bodyOf(mine.post("/api/v1/alert-silences", draft));
  expect((await bodyOf(mine.ask("/api/v1/alert-silences"))).silences).toMatchObject([
    { silence_id, reason: "upgrade", created_by: "access key" },
  ]);
  await failVideo("j");
  expect(await firing(rule_id, 1)).toMatchObject([{ silence_id }]);
  expect((await json(server, "DELETE", `/api/v1/alert-silences/${silence_id}`)).status).toBe(204);
  expect(await delivered(rule_id, "sent")).not.toEqual([]);
  expect(receiver.received.length).toBe(1);
  expect((await bodyOf(mine.ask("/api/v1/alert-silences"))).silences).toEqual([]);
});
