import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { closeBrowser, openDashboard } from "./open-dashboard.ts";

afterAll(closeBrowser);

const sees = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();
const file = (page: Page) => page.getByLabel("Video", { exact: true });

/** Two pictures that a cut parts, with a tone. */
function makeVideo(path: string): void {
  const size = "size=160x90:rate=10:duration=3";
  const sources = [`testsrc2=${size}`, `color=red:${size}`, "sine=duration=6"].flatMap((each) => [
    "-f",
    "lavfi",
    "-i",
    each,
  ]);
  const output = ["-map", "[v]", "-map", "2:a", "-preset", "ultrafast", "-pix_fmt", "yuv420p", path];
  execFileSync("ffmpeg", ["-v", "error", ...sources, "-filter_complex", "[0:v][1:v]concat=n=2:v=1[v]", ...output]);
}

test("an uploaded video is cut into clips of two styles, by the server's own worker", async () => {
  const { page, server, complaints } = await openDashboard();
  const video = join(server.data, "talk.mp4");
  makeVideo(video);
  await page.getByRole("link", { name: "New job" }).click();
  await page.getByRole("heading", { level: 1, name: "New job" }).waitFor();
  await sees(page, /1 worker offers it/);

  // Without a file nothing is sent: it is said where, and that is where one goes on.
  await page.getByRole("button", { name: "Submit" }).click();
  await sees(page, "Choose a file first.");
  expect(await file(page).evaluate((field) => field === document.activeElement)).toBe(true);

  await file(page).setInputFiles(video);
  await sees(page, "Uploaded");
  await page.getByRole("checkbox", { name: "original", exact: true }).check();
  await page.getByRole("checkbox", { name: "split", exact: true }).check();
  await page.getByLabel("Title (optional)").fill("A talk");
  await page.getByLabel("Clips at a time").fill("99");
  await page.getByLabel("Priority").fill("5");
  await page.getByLabel("Priority").press("Enter");
  // What the kind cannot work with is said by the server, at its field.
  await sees(page, /Too big|<=16/);
  expect(await page.getByLabel("Clips at a time").getAttribute("aria-invalid")).toBe("true");
  await page.getByLabel("Clips at a time").fill("2");
  await page.getByRole("button", { name: "Submit" }).press("Enter");

  await page.waitForURL(/\/jobs\/job_/);
  await page.getByRole("heading", { level: 1, name: "A talk" }).waitFor();
  await page
    .getByText(/^Done in/)
    .first()
    .waitFor({ timeout: 60_000 });
  const jobId = new URL(page.url()).pathname.split("/").at(-1);
  const job = await (await page.request.get(`${server.origin}/api/v1/jobs/${jobId}`)).json();
  expect(job).toMatchObject({ state: "completed", priority: 5, counts: { deliverables: { failed: 0 } } });
  expect(job.counts.deliverables.completed % 2).toBe(0);
  expect(complaints).toEqual([]);
});

test("a file can be dropped, taken away while it is sent, and is gone from the server when it is removed", async () => {
  const { page, server } = await openDashboard();
  await page.goto(`${server.origin}/new`);
  await file(page).waitFor();
  const large = join(server.data, "large.bin");
  writeFileSync(large, Buffer.alloc(3_000_000, 7));

  // Held up on its way, it can be canceled.
  let letGo: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  await page.route("**/api/v1/uploads?*", async (route) => {
    await held;
    await route.abort().catch(() => undefined);
  });
  await file(page).setInputFiles(large);
  await page.getByRole("progressbar", { name: "Uploading large.bin" }).waitFor();
  await page.getByRole("button", { name: "Submit" }).and(page.getByTitle("A file is still on its way")).waitFor();
  await page.getByRole("button", { name: "Cancel large.bin" }).click();
  await page.getByRole("list", { name: "Video: files" }).waitFor({ state: "detached" });
  letGo();
  await page.unrouteAll({ behavior: "wait" });

  const dropped = await page.evaluateHandle(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(["a few bytes"], "dropped.mp4", { type: "video/mp4" }));
    return transfer;
  });
  const target = page.getByText("Or drop a file here.").first();
  await target.dispatchEvent("dragover", { dataTransfer: dropped });
  await target.dispatchEvent("drop", { dataTransfer: dropped });
  await sees(page, "Uploaded");
  const uploads = async () => (await (await page.request.get(`${server.origin}/api/v1/uploads`)).json()).uploads;
  expect(await uploads()).toEqual([expect.objectContaining({ name: "dropped.mp4", size_bytes: 11 })]);
  const removed = page.waitForResponse((answer) => answer.request().method() === "DELETE");
  await page.getByRole("button", { name: "Remove dropped.mp4" }).click();
  expect((await removed).status()).toBe(200);
  expect(await uploads()).toEqual([]);
});

test.each([
  { width: 1_440, theme: "dark" },
  { width: 1_440, theme: "light" },
  { width: 390, theme: "dark" },
  { width: 390, theme: "light" },
] as const)("the page is clean for axe at $width px, $theme, with files and faults", async ({ width, theme }) => {
  const { page, server } = await openDashboard({ width, theme });
  await page.goto(`${server.origin}/new`);
  await file(page).setInputFiles({
    name: "a long name of a video that somebody has made.mp4",
    mimeType: "video/mp4",
    buffer: Buffer.from("x"),
  });
  await sees(page, "Uploaded");
  await page.getByLabel("Clips at a time").fill("many");
  await page.getByRole("button", { name: "Submit" }).click();
  await sees(page, /Expected a number/);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  const shots = process.env.PLAYHEAD_TEST_SHOTS;
  if (shots !== undefined) await page.screenshot({ path: join(shots, `new-${width}-${theme}.png`), fullPage: true });
});
