import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { axeFaults } from "./axe-faults.ts";
import { type DashboardServer, startDashboardServer } from "./dashboard-server.ts";
import { closeBrowser, openDashboard } from "./open-dashboard.ts";
import { startStory } from "./story-worker.ts";
import { tellPast } from "./tell-calls.ts";

let server: DashboardServer;
let jobId = "";
const NOW_MS = Date.now();
const STOPPED_MS = NOW_MS - 3_600_000;

beforeAll(async () => {
  server = await startDashboardServer();
  const worker = await startStory(server, { title: "A job that talks" });
  jobId = worker.jobId;
  const frames = Array.from({ length: 300 }, (_, at) => ({
    atMs: NOW_MS - 7_200_000 + at * 1_000,
    level: "info" as const,
    message: `decoded frame ${at}`,
  }));
  const stopped = { atMs: STOPPED_MS, level: "error" as const, message: "the encoder stopped", jobId };
  const slot = { atMs: STOPPED_MS + 1_000, level: "warning" as const, message: "waited long for a slot", jobId };
  await tellPast(server, { lines: [...frames, stopped, slot] });
});
afterAll(async () => {
  await closeBrowser();
  await server.close();
});

test("what comes is shown as it comes; it is searched, folded, and leads to its job at that moment", async () => {
  const { page, goTo, complaints } = await openDashboard({}, server);
  await page.getByRole("link", { name: "Logs" }).click();
  await page.getByRole("heading", { level: 1, name: /^Last error 1 h ago: The encoder stopped/ }).waitFor();
  const log = page.getByRole("log", { name: "Log lines" });
  await log.getByText("waited long for a slot").waitFor();

  await tellPast(server, { lines: [{ atMs: Date.now(), level: "warning", message: "it just happened" }] });
  await log.getByText("it just happened").waitFor();

  // A page is read; the older ones follow as one goes there.
  const fold = log.getByRole("button", { name: /^× \d+ lines like this, show each$/ });
  await expect.poll(() => fold.innerText()).toMatch(/^× 300/);
  await fold.click();
  await log.getByText("decoded frame 299").waitFor();

  await page.getByRole("searchbox", { name: "Search the log" }).fill("encoder stop*");
  await page.waitForURL(/q=encoder/);
  await log.getByText("decoded frame 299").waitFor({ state: "detached" });
  expect(await log.getByRole("link").first().getAttribute("href")).toBe(
    `/jobs/${jobId}?at=${encodeURIComponent(new Date(STOPPED_MS).toISOString())}`,
  );
  await log.getByRole("button", { name: /the encoder stopped/ }).click();
  await log.getByText(new Date(STOPPED_MS).toISOString()).waitFor();

  const address = await page.getByRole("link", { name: "NDJSON" }).getAttribute("href");
  const saved = await (await page.request.get(`${server.origin}${address}`)).text();
  const messages = saved
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).message);
  expect(messages).toEqual(["the encoder stopped"]);

  await goTo(`/logs?job=${jobId}&level=error`);
  await log.getByText("the encoder stopped").waitFor();
  expect(await log.getByText("waited long for a slot").count()).toBe(0);
  await page.getByRole("button", { name: "Clear filters" }).click();
  await log.getByText("waited long for a slot").waitFor();
  expect(complaints).toEqual([]);
});

test("while the server is away the page says so, keeps what it showed, and goes on by itself", async () => {
  const { page, goTo } = await openDashboard({}, server);
  await page.getByRole("link", { name: "Logs" }).waitFor();
  await goTo("/logs");
  const log = page.getByRole("log", { name: "Log lines" });
  await log.getByText("the encoder stopped").waitFor();
  await server.kill();
  await page.getByText("the log could not be read again").waitFor();
  await log.getByText("the encoder stopped").waitFor();
  await server.restart();
  await tellPast(server, { lines: [{ atMs: Date.now(), level: "info", message: "here again" }] });
  await log.getByText("here again").waitFor();
  await page.getByText("the log could not be read again").waitFor({ state: "detached" });
});

describe.each([
  { theme: "dark", width: 1_440 },
  { theme: "light", width: 390 },
] as const)("axe finds nothing wrong, and nothing sticks out, $width px wide in $theme, on", ({ theme, width }) => {
  test.each([
    { name: "the log", path: "/logs?what=all&level=debug", ready: "the encoder stopped" },
    { name: "a search that finds nothing", path: "/logs?q=zzz&last=1h", ready: "No line is like that" },
  ])("$name", async ({ path, ready }) => {
    const { page, goTo } = await openDashboard({ theme, width }, server);
    await goTo(path);
    await page.getByText(ready).first().waitFor();
    expect(await axeFaults(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
  });
});
