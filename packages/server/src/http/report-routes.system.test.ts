import { execFileSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { bodyOf, expectError, line } from "../../test/api.ts";
import { channelsOf } from "../../test/channel-world.ts";
import { asHolder, makeKeys } from "../../test/credentials.ts";
import { atFileEnd } from "../../test/file-end.ts";
import { startTestServer, type TestServer } from "../../test/start-server.ts";
import { tempFolder } from "../../test/temp-folder.ts";
import { DEFAULT_ALERTS } from "../engine-alerts.ts";

const DAY = { from: "2026-11-21T00:00:00Z", to: "2026-11-22T00:00:00Z" };
const REPORTS = "/api/v1/reports";

let server: TestServer;
let keys: Awaited<ReturnType<typeof makeKeys>>;
const atEnd = atFileEnd();
beforeAll(async () => {
  const channels = channelsOf({ log: { type: "file", path: path.join(tempFolder(atEnd), "log.jsonl") } });
  server = await startTestServer({
    ...{ atEnd, config: { time_zone: "Europe/Rome" } },
    alerts: { ...DEFAULT_ALERTS, channels },
  });
  keys = await makeKeys(server, "default");
  await server.report([
    line(1, "job.created", "j", { kind: "clips", title: "Episode 12" }),
    line(2, "job.state_changed", "j", { new_state: "running" }),
    line(3, "task.created", "j", { task_id: "c1", kind: "clip" }),
    line(4, "task.started", "j", { task_id: "c1" }),
    line(5, "task.completed", "j", { task_id: "c1" }),
    line(6, "job.completed", "j", {}),
  ]);
});
afterEach(() => expect(server.complaints).toEqual([]));

const make = async (body: object, of = server.server.accessKey) => bodyOf(asHolder(server, of).post(REPORTS, body));

test("a report is made, listed, and read in each of its forms", async () => {
  const info = await make({ ...DAY, title: 'The day of "Episode 12"' });
  expect(info).toMatchObject({ kind: "custom", status: "made", formats: ["html", "pdf", "csv", "json"], error: null });
  expect(info.headline).toBe("1 clip processed in 1 job. None failed.");
  const { reports, next_page_token } = await bodyOf(server.ask(REPORTS));
  expect(reports).toContainEqual(info);
  expect(next_page_token).toBeNull();

  const data = await bodyOf(server.ask(`${REPORTS}/${info.report_id}`));
  expect(data).toMatchObject({ report_id: info.report_id, title: info.title, time_zone: "Europe/Rome" });
  const types = { html: "text/html", pdf: "application/pdf", csv: "text/csv", json: "application/json" };
  for (const [format, type] of Object.entries(types)) {
    const answer = await server.ask(`${REPORTS}/${info.report_id}.${format}`);
    expect([format, answer.status]).toEqual([format, 200]);
    expect(answer.headers.get("content-type")).toContain(type);
    expect(answer.headers.get("content-disposition")).toContain(`filename="${info.report_id}.${format}"`);
    expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (format === "json") expect(JSON.parse(bytes.toString())).toEqual(data);
    else if (format === "pdf")
      expect(execFileSync("pdftotext", ["-", "-"], { input: bytes }).toString()).toContain(info.title);
    else expect(bytes.toString()).toContain("Episode 12");
  }
  // For its owner's eyes.
  const folder = path.join(server.data, "reports");
  for (const name of readdirSync(folder)) expect(statSync(path.join(folder, name)).mode & 0o777).toBe(0o600);
});

test("a daily and a weekly one are of the last whole day and week of the zone, unless a range is said", async () => {
  const lengths = { daily: [23, 24, 25], weekly: [167, 168, 169] };
  for (const [kind, hours] of Object.entries(lengths)) {
    const { from, to } = await make({ kind });
    expect(hours).toContain((Date.parse(to) - Date.parse(from)) / 3_600_000);
    expect(Temporal.Instant.from(to).toZonedDateTimeISO("Europe/Rome").toPlainTime().toString()).toBe("00:00:00");
    expect(Date.parse(to)).toBeLessThanOrEqual(Date.now());
  }
});

test.each([
  ["no range", { kind: "custom" }, /from and to/],
  ["half a range", { kind: "daily", from: DAY.from }, /or neither/],
  ["a range that ends before it begins", { from: DAY.to, to: DAY.from }, /before/],
  ["a range of twenty years", { from: "2006-01-01T00:00:00Z", to: DAY.to }, /at most/],
  ["a zone that is none", { ...DAY, time_zone: "Mars/Base" }, /IANA/],
  ["a metric that is none", { ...DAY, metrics: ["luck"] }, /metrics/],
  ["a setting that is none", { ...DAY, colour: "red" }, /colour/i],
])("%s is refused, and nothing is kept", async (_, body, says) => {
  const before = (await bodyOf(server.ask(REPORTS))).reports.length;
  expect(await expectError(await server.post(REPORTS, body), 422, "validation_error")).toMatch(says);
  expect((await bodyOf(server.ask(REPORTS))).reports).toHaveLength(before);
});

test("what asks for files outside of reports gets nothing", async () => {
  for (const id of ["..%2Fkeys.json", "%2e%2e%2fplayhead.db", "rpt_1.pdf", "rpt_8204999999999-0123456789ab.pdf"]) {
    await expectError(await server.ask(`${REPORTS}/${id}`), 404, "not_found");
  }
});

describe("tenants", () => {
  test("another tenant's reports and schedules are not there, and its work is in no report", async () => {
    const acme = await makeKeys(server, "acme");
    const ours = await make(DAY);
    const schedule = await bodyOf(server.post(`${REPORTS}/schedules`, { kind: "daily" }));
    const theirs = asHolder(server, acme.admin);
    expect((await bodyOf(theirs.ask(REPORTS))).reports).toEqual([]);
    expect((await bodyOf(theirs.ask(`${REPORTS}/schedules`))).schedules).toEqual([]);
    for (const end of ["", ".pdf", ".csv"]) {
      await expectError(await theirs.ask(`${REPORTS}/${ours.report_id}${end}`), 404, "not_found");
    }
    const remove = await theirs.ask(`${REPORTS}/schedules/${schedule.schedule_id}`, { method: "DELETE" });
    await expectError(remove, 404, "not_found");
    expect((await make(DAY, acme.operator)).headline).toBe("No job ended.");
  });

  test("viewers read what operators make; admins say what is made by itself", async () => {
    await expectError(await asHolder(server, keys.viewer).post(REPORTS, DAY), 403, "forbidden");
    const schedules = `${REPORTS}/schedules`;
    await expectError(await asHolder(server, keys.operator).post(schedules, { kind: "daily" }), 403, "forbidden");
    const { report_id } = await make(DAY, keys.operator);
    expect((await asHolder(server, keys.viewer).ask(`${REPORTS}/${report_id}.pdf`)).status).toBe(200);
  });
});

test("there is a weekly and a daily schedule from the start; more can be had, and each can be removed", async () => {
  const schedules = `${REPORTS}/schedules`;
  const list = async () => (await bodyOf(server.ask(schedules))).schedules;
  const given = (await list()).filter(({ cron }: { cron: string }) => /^0 6 \* \* [*1]$/.test(cron));
  expect(given).toContainEqual(
    expect.objectContaining({ kind: "weekly", cron: "0 6 * * 1", time_zone: "Europe/Rome", send_to: [] }),
  );
  expect(given).toContainEqual(expect.objectContaining({ kind: "daily", cron: "0 6 * * *" }));
  const made = await bodyOf(
    server.post(schedules, { kind: "weekly", cron: "30 7 * * 5", time_zone: "Asia/Tokyo", send_to: ["log"] }),
  );
  expect(made).toMatchObject({ cron: "30 7 * * 5", time_zone: "Asia/Tokyo", send_to: ["log"] });
  const next = Temporal.Instant.from(made.next_at).toZonedDateTimeISO("Asia/Tokyo");
  expect([next.dayOfWeek, next.toPlainTime().toString()]).toEqual([5, "07:30:00"]);
  expect((await server.ask(`${schedules}/${made.schedule_id}`, { method: "DELETE" })).status).toBe(204);
  expect(await list()).not.toContainEqual(made);
});

test.each([
  ["a cron that is none", { cron: "every day" }, /five fields/],
  ["seconds", { cron: "0 0 6 * * 1" }, /five fields/],
  ["a day that never comes", { cron: "0 6 31 2 *" }, /that comes/],
  ["a channel that is not there", { send_to: ["log", "nobody"] }, /\(log\), got nobody/],
  ["a kind that is not of a period", { kind: "custom" }, /kind/],
])("a schedule with %s is refused", async (_, more, says) => {
  const answer = await server.post(`${REPORTS}/schedules`, { kind: "weekly", ...more });
  expect(await expectError(answer, 422, "validation_error")).toMatch(says);
});
