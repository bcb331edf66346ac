import { expect, test } from "vitest";
import { startAlerting, VIDEO_FAILED } from "../../test/alerting.ts";
import { bodyOf, expectError, line } from "../../test/api.ts";
import { asHolder, makeKey, makeKeys } from "../../test/credentials.ts";

test("an alert fires, is read in the words of alerts and of sessions, and somebody looks after it", async () => {
  const { server, mine, firing, failVideo } = await startAlerting();
  const { rule_id } = await bodyOf(mine.post("/api/v1/alert-rules", VIDEO_FAILED));
  await failVideo("j");
  const [alert] = await firing(rule_id, 1);
  expect(alert).toMatchObject({ rule_name: "A video failed", level: "critical", job_id: "j", acknowledged_at: null });
  expect(await bodyOf(mine.ask(`/api/v1/alerts/${alert?.alert_id}`))).toMatchObject({ alert_id: alert?.alert_id });
  const { alerts } = await bodyOf(mine.ask("/api/v1/monitoring/alerts?level=CRITICAL&limit=5"));
  expect(alerts).toMatchObject([
    { timestamp: alert?.fired_at, level: "critical", session_id: "j", title: "A video failed", resolved: false },
  ]);
  expect((await bodyOf(mine.ask("/api/v1/monitoring/alerts?level=warning"))).alerts).toEqual([]);

  const { key, key_id } = await makeKey(server, "operator", "default");
  const acknowledge = () =>
    asHolder(server, key).post(`/api/v1/alerts/${alert?.alert_id}/acknowledge`, { note: "on it" });
  const first = await bodyOf(acknowledge());
  expect(first).toMatchObject({ state: "firing", acknowledged_by: "operator of default" });
  expect((await bodyOf(acknowledge())).acknowledged_at).toBe(first.acknowledged_at);
  const { entries } = await bodyOf(mine.ask("/api/v1/audit"));
  expect(entries).toContainEqual(
    expect.objectContaining({ action: "alert.acknowledged", target: alert?.alert_id, credential_id: key_id }),
  );
  expect(server.complaints).toEqual([]);
});

test("all that fire are acknowledged at once, each once", async () => {
  const { mine, firing, failVideo } = await startAlerting();
  const { rule_id } = await bodyOf(mine.post("/api/v1/alert-rules", VIDEO_FAILED));
  for (const jobId of ["a", "b", "c"]) await failVideo(jobId);
  await firing(rule_id, 3);
  const clear = async () => bodyOf(mine.ask("/api/v1/monitoring/alerts", { method: "DELETE" }));
  expect((await clear()).acknowledged).toBeGreaterThanOrEqual(3);
  expect(await clear()).toEqual({ acknowledged: 0 });
  expect(await firing(rule_id, 3)).toMatchObject(Array(3).fill({ acknowledged_by: "access key" }));
});

test("alerts come by pages, newest first; a page's token is of its query", async () => {
  const { mine, firing, failVideo } = await startAlerting();
  const { rule_id } = await bodyOf(mine.post("/api/v1/alert-rules", VIDEO_FAILED));
  for (let at = 0; at < 12; at++) await failVideo(`job-${at}`);
  await firing(rule_id, 12);
  const path = `/api/v1/alerts?rule_id=${rule_id}&page_size=10`;
  const first = await bodyOf(mine.ask(path));
  const second = await bodyOf(mine.ask(`${path}&page_token=${first.next_page_token}`));
  expect([first.alerts.length, second.alerts.length, second.next_page_token]).toEqual([10, 2, null]);
  const jobs = [...first.alerts, ...second.alerts].map(({ job_id }) => job_id);
  expect(new Set(jobs).size).toBe(12);
  const other = await mine.ask(`/api/v1/alerts?page_size=10&page_token=${first.next_page_token}`);
  await expectError(other, 400, "invalid_request");
  expect((await bodyOf(mine.ask(`/api/v1/alerts?rule_id=${rule_id}&job_id=job-3`))).alerts).toMatchObject([
    { job_id: "job-3" },
  ]);
  expect((await bodyOf(mine.ask(`/api/v1/alerts?rule_id=${rule_id}&to=2020-01-01T00:00:00Z`))).alerts).toEqual([]);
});

test("another tenant's alerts, rules, silences and deliveries are as if they were not there", async () => {
  const { server, failVideo } = await startAlerting();
  const [acme, globex] = [await makeKeys(server, "acme"), await makeKeys(server, "globex")];
  const theirs = asHolder(server, acme.admin);
  const { rule_id } = await bodyOf(theirs.post("/api/v1/alert-rules", VIDEO_FAILED));
  const silence = { matchers: { level: "info" }, minutes: 5, reason: "acme-only" };
  const { silence_id } = await bodyOf(theirs.post("/api/v1/alert-silences", silence));
  await failVideo("acme-job", acme.worker);
  const alertOf = async () => (await bodyOf(theirs.ask(`/api/v1/alerts?rule_id=${rule_id}`))).alerts[0];
  const deliveryOf = async () => (await bodyOf(theirs.ask("/api/v1/alert-deliveries?state=sent"))).deliveries[0];
  await expect.poll(alertOf).toBeDefined();
  await expect.poll(deliveryOf).toBeDefined();
  const [{ alert_id }, { delivery_id }] = [await alertOf(), await deliveryOf()];

  const ours = asHolder(server, globex.admin);
  const put = (path: string) =>
    server.ask(path, {
      method: "PUT",
      headers: { authorization: `Bearer ${globex.admin}`, "content-type": "application/json" },
      body: JSON.stringify(VIDEO_FAILED),
    });
  const remove = (path: string) =>
    server.ask(path, { method: "DELETE", headers: { authorization: `Bearer ${globex.admin}` } });
  const table = [
    { id: alert_id, ask: (id: string) => ours.ask(`/api/v1/alerts/${id}`) },
    { id: alert_id, ask: (id: string) => ours.post(`/api/v1/alerts/${id}/acknowledge`) },
    { id: rule_id, ask: (id: string) => ours.ask(`/api/v1/alert-rules/${id}`) },
    { id: rule_id, ask: (id: string) => put(`/api/v1/alert-rules/${id}`) },
    { id: rule_id, ask: (id: string) => remove(`/api/v1/alert-rules/${id}`) },
    { id: silence_id, ask: (id: string) => remove(`/api/v1/alert-silences/${id}`) },
    { id: delivery_id, ask: (id: string) => ours.post(`/api/v1/alert-deliveries/${id}/redeliver`) },
    // The server's own, and who runs it is another tenant.
    { id: "ops", ask: (id: string) => ours.post(`/api/v1/alert-channels/${id}/test`) },
  ];
  for (const { id, ask } of table) {
    const [known, absent] = [await ask(id), await ask("none")];
    const message = await expectError(known, 404, "not_found");
    expect(message.replaceAll(id, "none")).toBe(await expectError(absent, 404, "not_found"));
  }
  const lists = [
    "alerts",
    "alert-rules",
    "alert-silences",
    "alert-deliveries",
    "alert-channels",
    "monitoring/alerts",
    "audit",
  ];
  for (const path of lists) {
    const told = await (await ours.ask(`/api/v1/${path}`)).text();
    for (const id of ["acme", "A video failed", alert_id, rule_id, silence_id, delivery_id])
      expect(told).not.toContain(id);
  }
  expect(await alertOf()).toMatchObject({ state: "firing", acknowledged_at: null });
});

test("sessions that go on, in the seed's words, and none that has ended", async () => {
  const { server, mine, failVideo } = await startAlerting();
  await failVideo("over");
  await failVideo("open");
  await server.report([line(5, "job.failed", "over", { error_code: "disk_full", error_message: "full" })]);
  const answer = await bodyOf(mine.ask("/api/v1/monitoring/sessions/active"));
  expect(answer).toMatchObject({
    active_sessions: 1,
    sessions: [{ session_id: "open", user_id: "u_7", kind: "bulk", state: "running", liveness: "ok" }],
  });
  expect(answer.sessions[0].duration_ms).toBeGreaterThan(0);
});
