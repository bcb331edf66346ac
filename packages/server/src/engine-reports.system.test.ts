import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { channelsOf } from "../test/channel-world.ts";
import { startMailServer } from "../test/mail-receiver.ts";
import { tempFolder } from "../test/temp-folder.ts";
import { createEngine } from "./engine.ts";
import { DEFAULT_ALERTS } from "./engine-alerts.ts";
import { DEFAULT_RETENTION } from "./engine-retention.ts";
import { REPORTS_FOLDER } from "./reports/report-shelf.ts";
import { DEFAULT_TENANT } from "./tenants.ts";

const DAY_MS = 24 * 3_600_000;
/** A Sunday evening. */
const SUNDAY_MS = Date.UTC(2026, 10, 22, 20);

/** A whole engine, whose mails arrive, and whose clock the test sets. */
async function setup() {
  const dataFolder = tempFolder();
  const mails = await startMailServer();
  const clock = { nowMs: SUNDAY_MS };
  const folder = path.join(dataFolder, REPORTS_FOLDER);
  const settings = {
    ops: {
      ...{ type: "email", host: "127.0.0.1", port: mails.port, security: "none" },
      ...{ from: "playhead@example.com", to: ["lead@example.com"] },
    },
  };
  const channels = channelsOf(settings, {}, (name) => readFile(path.join(folder, name)));
  const said: string[] = [];
  const engine = await createEngine({
    ...{ dataFolder, timeZone: "Europe/Rome", nowMs: () => clock.nowMs },
    log: (level, message) => said.push(`${level}: ${message}`),
    alerts: { ...DEFAULT_ALERTS, channels, publicUrl: "https://playhead.example/" },
  });
  onTestFinished(() => engine.close());
  return { engine, clock, folder, mails, said };
}

test("on Monday there is the week's report as a PDF, without anybody asking, and who wants it gets it by mail, once", async () => {
  const { engine, clock, mails, said } = await setup();
  const { reports } = engine;
  const { schedule_id } = await reports.schedules.create(DEFAULT_TENANT, { kind: "weekly", send_to: ["ops"] });
  await reports.runSchedules();
  expect(await reports.list(DEFAULT_TENANT, { limit: 10 })).toEqual([]);

  clock.nowMs += DAY_MS / 2;
  await reports.runSchedules();
  await reports.runSchedules();
  const made = await reports.list(DEFAULT_TENANT, { limit: 10 });
  expect(made.map(({ kind, status }) => `${kind} ${status}`).sort()).toEqual([
    "daily made",
    "weekly made",
    "weekly made",
  ]);
  const report = made.find((each) => each.schedule_id === schedule_id);
  expect(report).toMatchObject({ from: "2026-11-15T23:00:00.000Z", to: "2026-11-22T23:00:00.000Z" });
  const pdf = await reports.readFile(DEFAULT_TENANT, report?.report_id ?? "", "pdf");
  const text = execFileSync("pdftotext", ["-", "-"], { input: pdf ?? Buffer.alloc(0) }).toString();
  expect(text).toContain("Weekly report, 16–22 November 2026");

  await expect.poll(() => mails.received.length).toBe(1);
  const [mail] = mails.received;
  expect(Object.fromEntries(mail?.headers ?? []).subject).toMatch(/Weekly[ _]report/);
  const raw = mail?.raw ?? "";
  // Long lines are cut on the way.
  const hasLink = raw.replaceAll("=\r\n", "").includes(`https://playhead.example/reports/${report?.report_id}`);
  const hasPdf = raw.replaceAll(/\s/g, "").includes(pdf?.toString("base64") ?? "nothing");
  const hasName = raw.includes(`${report?.report_id}.pdf`);
  expect({ hasLink, hasPdf, hasName }).toEqual({ hasLink: true, hasPdf: true, hasName: true });
  expect(said).toEqual([]);
});

test("reports go when summaries do, with their files and those that a crash left", async () => {
  const { engine, clock, folder } = await setup();
  const { reports, retention } = engine;
  clock.nowMs += DAY_MS / 2;
  await reports.runSchedules();
  const [first] = await reports.list(DEFAULT_TENANT, { limit: 10 });
  const file = path.join(folder, `${first?.report_id}.pdf`);
  clock.nowMs += DEFAULT_RETENTION.summariesMs - 2 * DAY_MS;
  await retention.runNow();
  expect(existsSync(file)).toBe(true);
  clock.nowMs += 12 * DAY_MS;
  expect(await retention.runNow()).toMatchObject({ removed: { reports: 2 } });
  expect(existsSync(file)).toBe(false);
  expect(await reports.list(DEFAULT_TENANT, { limit: 10 })).toEqual([]);
});
