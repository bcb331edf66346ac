import { afterAll, expect, test, vi } from "vitest";
import { axeFaults } from "./axe-faults.ts";
import { closeBrowser, openDashboard } from "./open-dashboard.ts";
import type { StoryWorker } from "./story-worker.ts";

afterAll(closeBrowser);

/** Renders a clip to its end, with a call for it. */
async function render(worker: StoryWorker, style: string, span: string): Promise<void> {
  const clip = { task_id: style, scene_id: "1", style };
  await worker.fact("clip.progress", { ...clip, step: "rendering", percent_complete: 10 });
  await worker.log("info", `renders ${style}`, style);
  await worker.call({ span_id: span, parent_span_id: null, task_id: style, name: "renderClip", duration_ms: 20 });
  await worker.fact("clip.progress", { ...clip, step: "complete", state: "completed" });
}

test("the whole page shows a moment of the job: stepped to, in the address, and live again at its end", async () => {
  const { page, goTo, story, complaints } = await openDashboard();
  const worker = await story("Episode 12", ["original", "split"]);
  await render(worker, "original", "00f067aa0ba902b1");
  await goTo(`/jobs/${worker.jobId}`);
  const bar = page.getByRole("progressbar", { name: "Episode 12" });
  const log = page.getByRole("log");
  await log.getByText("renders original").waitFor();
  await render(worker, "split", "00f067aa0ba902b2");
  await bar.and(page.locator("[aria-valuenow='99']")).waitFor();

  // Back over the end of the second clip: it is at work, and the bar, the counts and the track say so.
  await page.getByRole("slider", { name: "Playhead" }).focus();
  await page.keyboard.press("ArrowLeft");
  await page.getByText(/^At \d\d:\d\d:\d\d, /).waitFor();
  const split = page.getByRole("button", { name: /^Split 10 %/ });
  // Before what happened was read, the first step leads to the end, and the second to what was last: then a third is due.
  await vi.waitFor(async () => {
    await page.keyboard.press("ArrowLeft");
    await split.waitFor({ timeout: 3_000 });
  }, 30_000);
  // As far as the job is by what is known here, then as far as the server had told by then, a second before perhaps.
  await bar.and(page.locator("[aria-valuenow='55'], [aria-valuenow='50']")).waitFor();

  // And over its beginning: nothing was said of it yet.
  await page.keyboard.press("ArrowLeft");
  await page.getByRole("button", { name: /^Split .*Waiting/ }).waitFor();
  await log.getByText("renders split").waitFor({ state: "detached" });
  await log.getByText("renders original").waitFor();
  expect(await axeFaults(page)).toEqual([]);

  // A link restores it, while the job goes on beneath.
  await page.waitForURL(/[?&]at=\d{4}-/);
  const link = page.url();
  await worker.fact("job.completed", { summary: {} });
  await page.goto(link);
  await page.getByRole("button", { name: /^Split .*Waiting/ }).waitFor();
  await page.keyboard.press("End");
  await page.getByText("As it ended").waitFor();
  await page.getByText(/^Done in /).waitFor();
  await page.waitForURL((url) => !url.searchParams.has("at"));
  expect(complaints).toEqual([]);
});

test("the timeline is dragged, zoomed and panned, and a track opens its calls", async () => {
  const { page, goTo, story, complaints } = await openDashboard();
  const worker = await story("Episode 12", ["original", "split"]);
  await render(worker, "original", "00f067aa0ba902b1");
  await worker.fact("job.completed", { summary: {} });
  await goTo(`/jobs/${worker.jobId}`);
  const ruler = page.locator(".tl-ruler");
  await ruler.waitFor();
  const { x, y, width, height } = (await ruler.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };

  await page.mouse.move(x + width * 0.9, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + 4, y + height / 2, { steps: 5 });
  await page.mouse.up();
  await page.getByText(/^At \d\d:\d\d:\d\d, /).waitFor();
  await page.getByRole("button", { name: /^To the end/ }).click();
  await page.getByText("As it ended").waitFor();

  // The wheel zooms towards the pointer, and 0 shows all again.
  await page.mouse.move(x + width * 0.5, y + height / 2);
  await page.mouse.wheel(0, -600);
  await page.getByRole("button", { name: "Show all (0)" }).waitFor();
  await page.keyboard.press("0");
  await page.getByRole("button", { name: "Show all (0)" }).waitFor({ state: "detached" });

  await page.getByRole("button", { name: /^Original/ }).click();
  const calls = page.getByRole("slider", { name: "Calls" });
  await calls.focus();
  await page.keyboard.press("ArrowRight");
  await page.getByText("renderClip 20 ms").waitFor();
  expect(await calls.getAttribute("aria-valuetext")).toBe("renderClip took 20 ms");
  expect(await axeFaults(page)).toEqual([]);
  expect(complaints).toEqual([]);
});

test("charts and calls stand under the timeline to the pixel, at any width", async () => {
  const { page, goTo, story } = await openDashboard();
  const worker = await story("Episode 12", ["original", "split"]);
  await render(worker, "original", "00f067aa0ba902b1");
  await worker.fact("job.completed", { summary: {} });
  await goTo(`/jobs/${worker.jobId}`);
  await page.getByRole("button", { name: /^Original/ }).click();
  await page.getByRole("slider", { name: "Calls" }).waitFor();
  await page.getByRole("slider", { name: "Throughput" }).waitFor();
  const edgesOf = (selector: string) =>
    page
      .locator(selector)
      .first()
      .evaluate((element) => {
        const { left, right } = element.getBoundingClientRect();
        return [Math.round(left), Math.round(right)];
      });
  for (const width of [1_440, 1_283, 900]) {
    await page.setViewportSize({ width, height: 900 });
    const below = async (selector: string) => {
      const [lanes, own] = [await edgesOf(".tl-body > .tl-lane"), await edgesOf(selector)];
      return [(own[0] ?? 0) - (lanes[0] ?? 0), (own[1] ?? 0) - (lanes[1] ?? 0)];
    };
    await expect.poll(() => below(".resources .u-over")).toEqual([0, 0]);
    await expect.poll(() => below(".flame canvas")).toEqual([0, 0]);
  }
});

test("on a phone the scrubber stays at the bottom, and moves the cards", async () => {
  const { page, goTo, story, complaints } = await openDashboard({ width: 390 });
  const worker = await story("Episode 12", ["original", "split"]);
  await render(worker, "original", "00f067aa0ba902b1");
  await worker.fact("job.completed", { summary: {} });
  await goTo(`/jobs/${worker.jobId}?show=scenes`);
  const scrubber = page.getByRole("slider", { name: "Moment that is shown" });
  await scrubber.fill("0");
  await page.getByText(/^At \d\d:\d\d:\d\d, /).waitFor();
  await page.getByText("The job has not been divided into parts yet.").waitFor();
  expect(await axeFaults(page)).toEqual([]);
  expect(complaints).toEqual([]);
});
