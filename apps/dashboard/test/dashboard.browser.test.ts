import type { Page } from "playwright-core";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { withoutBuiltInRules } from "./alert-rules.ts";
import { startDashboardServer } from "./dashboard-server.ts";
import { closeBrowser, openDashboard } from "./open-dashboard.ts";
import { finishClip as finish } from "./story-worker.ts";

afterAll(closeBrowser);

/** Waits until a text is to be seen. */
const sees = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

describe("signing in", () => {
  test("without the link the page asks for the key, says when it is wrong, and lets in with the right one", async () => {
    const { page, server } = await openDashboard({ signedIn: false });
    await page.getByRole("heading", { name: "This page needs an access key" }).waitFor();
    await page.getByLabel("Access key").fill("wrong");
    await button(page, "Sign in").click();
    await page.getByRole("alert").waitFor();
    await page.getByLabel("Access key").fill(server.key);
    await button(page, "Sign in").click();
    await page.getByRole("heading", { name: "Nothing has run here yet" }).waitFor();
  });

  test("the link signs in, and the key leaves the address", async () => {
    const { page, complaints } = await openDashboard();
    await page.getByRole("heading", { name: "Nothing has run here yet" }).waitFor();
    expect(page.url()).not.toContain("key=");
    expect(complaints).toEqual([]);
  });

  test("whoever signs out sees nothing any more", async () => {
    const { page } = await openDashboard();
    await button(page, "Sign out").click();
    await page.getByRole("heading", { name: "This page needs an access key" }).waitFor();
  });
});

test("the overview shows a new job by itself, how far it is, and what became of it", async () => {
  const { page, server, story, complaints } = await openDashboard();
  await withoutBuiltInRules(server);
  await sees(page, "Nothing has run here yet");
  const worker = await story("Episode 12");
  await page.getByRole("link", { name: /Episode 12/ }).waitFor();
  await page.getByRole("heading", { level: 1, name: /^1 running/ }).waitFor();
  await finish(worker, "original");
  await page.getByRole("progressbar", { name: "Episode 12" }).and(page.locator("[aria-valuenow='50']")).waitFor();
  await finish(worker, "split");
  await worker.fact("job.completed", { summary: {} });
  await page.getByRole("heading", { level: 1, name: "Nothing running, nothing needs you" }).waitFor();
  expect(complaints).toEqual([]);
});

test("a job's page follows its clips, steps, log and errors to the end", async () => {
  const { page, goTo, story, complaints } = await openDashboard();
  const worker = await story("Episode 12", ["original", "split", "left_focus"]);
  await goTo(`/jobs/${worker.jobId}`);
  await page.getByRole("heading", { level: 1, name: "Episode 12" }).waitFor();

  await worker.fact("clip.progress", { task_id: "original", scene_id: "1", style: "original", step: "rendering" });
  await worker.tick("clip.progress", {
    task_id: "original",
    scene_id: "1",
    style: "original",
    step: "rendering",
    percent_complete: 40,
  });
  await page.getByRole("button", { name: /^Original 40 %/ }).waitFor();
  await worker.log("warning", "the picture is very dark", "original");
  await page.getByRole("log").getByText("the picture is very dark").waitFor();

  await worker.fact("clip.progress", {
    task_id: "split",
    scene_id: "1",
    style: "split",
    step: "failed",
    state: "failed",
    failed_step: "rendering",
    error_code: "encoder_failed",
    error_class: "environment",
    error_message: "the encoder stopped",
    hint: "install a font",
  });
  await sees(page, "The encoder stopped.");
  await sees(page, "Install a font.");

  await finish(worker, "original");
  await finish(worker, "left_focus");
  await worker.fact("job.completed", { summary: {} });
  await sees(page, /^Done in /);
  await sees(page, "2 made, 1 failed");
  expect(await page.title()).toBe("Done · Episode 12 · Playhead");
  expect(complaints).toEqual([]);
});

test("a job's trace shows what called what, in which piece of work, and why it failed", async () => {
  const { page, goTo, story, complaints } = await openDashboard();
  const worker = await story("Episode 12");
  const outer = { span_id: "00f067aa0ba902b7", parent_span_id: null, task_id: "split" };
  const inner = { span_id: "00f067aa0ba902b8", parent_span_id: outer.span_id, task_id: "split" };
  const error = {
    class: "SpawnError",
    message: "ffmpeg is not there",
    causes: [{ class: "Error", message: "ENOENT" }],
  };
  await worker.call({ ...inner, name: "ffmpeg.run", parameters: { path: "a.mov" }, duration_ms: 38.4, error });
  await worker.call({ ...outer, name: "renderClip", duration_ms: 41 });

  await goTo(`/jobs/${worker.jobId}?show=trace`);
  const calls = page.getByRole("list", { name: "Calls" }).getByRole("button");
  await calls.nth(3).waitFor();
  expect(await calls.allInnerTexts().then((texts) => texts.map((text) => text.split("\n")[0]))).toEqual([
    "Harbour at dawn",
    "Split",
    "renderClip",
    "ffmpeg.run",
  ]);
  await calls.nth(3).click();
  await sees(page, "SpawnError: ffmpeg is not there");
  await sees(page, "because of Error: ENOENT");
  await sees(page, "a.mov");
  await calls.nth(0).click();
  expect(await calls.count()).toBe(1);
  expect(complaints).toEqual([]);
});

test("what a job made is listed, and a video plays", async () => {
  const { page, goTo, story } = await openDashboard();
  const worker = await story("Episode 12");
  const artifact = {
    type: "video",
    name: "01-original.mp4",
    url: "/media/none/01-original.mp4",
    size_bytes: 3_611_397,
    mime_type: "video/mp4",
  };
  await worker.fact("clip.uploaded", { task_id: "original", scene_id: "1", style: "original", artifact });
  await goTo(`/jobs/${worker.jobId}?show=results`);
  await sees(page, "3.6 MB");
  await page.getByRole("button", { name: /^Play Original/ }).click();
  const video = page.getByRole("dialog").locator("video");
  expect(await video.getAttribute("src")).toBe(artifact.url);
  await page.keyboard.press("Escape");
  await video.waitFor({ state: "detached" });
});

test("pause, resume and cancel, with what they lead to", async () => {
  const { page, goTo, story } = await openDashboard();
  const worker = await story("Episode 12");
  worker.obey();
  await goTo(`/jobs/${worker.jobId}`);
  await button(page, "Pause").click();
  await sees(page, /^Paused for /);
  await button(page, "Resume").click();
  await button(page, "Pause").waitFor();

  await button(page, "Cancel").click();
  await button(page, "Keep it running").click();
  await page.getByRole("alertdialog").waitFor({ state: "detached" });
  await button(page, "Cancel").click();
  await button(page, "Cancel the job").click();
  await sees(page, /^Canceled at /);
  expect(await button(page, "Pause").count()).toBe(0);
});

test("when the server is gone the page says so, keeps what it shows, and comes back by itself", async () => {
  const { page, goTo, server, story } = await openDashboard();
  const worker = await story("Episode 12");
  await finish(worker, "original");
  await goTo(`/jobs/${worker.jobId}`);
  await page.getByRole("button", { name: /^Original .* Done/ }).waitFor();

  await server.kill();
  await sees(page, /What you see is as of \d\d:\d\d:\d\d, \d+ s ago/);
  await sees(page, /The server cannot be reached\. (Next try in \d+ s|Trying now)\./);
  await page
    .getByRole("banner")
    .getByText(/^Reconnecting · as of \d\d:\d\d:\d\d$/)
    .waitFor();
  await page.getByRole("button", { name: /^Original .* Done/ }).waitFor();
  expect(await button(page, "Pause").getAttribute("aria-disabled")).toBe("true");

  await button(page, "Try now").click();
  await sees(page, /Next try in \d+ s/);
  await server.restart();
  await page.getByRole("banner").getByText("Live", { exact: true }).waitFor();
  await finish(worker, "split");
  await page.getByRole("button", { name: /^Split .* Done/ }).waitFor();
});

test("whom the server no longer knows is asked to sign in again, and is back on the same page", async () => {
  const { page, goTo, server, story } = await openDashboard();
  const worker = await story("Episode 12");
  await goTo(`/jobs/${worker.jobId}`);
  await page.getByRole("banner").getByText("Live", { exact: true }).waitFor();
  await page.context().clearCookies();
  await server.restart();
  await page.getByRole("heading", { level: 1, name: "Sign in again" }).waitFor();
  await page.getByText("no longer takes the session of this browser").waitFor();
  await page.getByLabel("Access key").fill(server.key);
  await button(page, "Sign in").click();
  await page.getByRole("heading", { level: 1, name: "Episode 12" }).waitFor();
  await page.getByRole("banner").getByText("Live", { exact: true }).waitFor();
});

describe("finding one's way", () => {
  test("jobs are searched and sifted, and the address restores it", async () => {
    const { page, goTo, story } = await openDashboard();
    const done = await story("Harbour");
    await story("Market");
    await finish(done, "original");
    await finish(done, "split");
    await done.fact("job.completed", { summary: {} });
    await goTo("/jobs");
    await page.getByRole("heading", { level: 1, name: "2 jobs, 1 running" }).waitFor();
    await page.getByRole("button", { name: /^Done/ }).click();
    await page.getByRole("link", { name: "Market" }).waitFor({ state: "detached" });
    expect(new URL(page.url()).search).toBe("?state=completed");
    await page.reload();
    await page.getByRole("link", { name: "Harbour" }).waitFor();
    expect(await page.getByRole("link", { name: "Market" }).count()).toBe(0);
    await page.getByRole("searchbox").fill("nothing like it");
    await sees(page, /^No job is like that/);
  });

  test("a job that does not exist, and a page that does not", async () => {
    const { page, goTo } = await openDashboard();
    await goTo("/jobs/nope");
    await page.getByRole("heading", { name: "There is no such job" }).waitFor();
    await goTo("/nowhere/at/all");
    await page.getByRole("heading", { name: "There is no such page" }).waitFor();
  });

  test("by keyboard: past the bar, along the tracks, and the heading takes the focus of a new page", async () => {
    const { page, goTo, story } = await openDashboard();
    const worker = await story("Episode 12");
    await finish(worker, "original");
    await goTo("/");
    await page.getByRole("link", { name: /Episode 12/ }).waitFor();
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Skip to content");
    await page.getByRole("link", { name: /Episode 12/ }).click();
    await page.locator("h1:focus", { hasText: "Episode 12" }).waitFor();

    await page.getByRole("button", { name: /^Original/ }).focus();
    await page.keyboard.press("ArrowRight");
    await page.locator(".seg[data-chosen]").waitFor();
    await page.keyboard.press("ArrowDown");
    await page.locator("button:focus", { hasText: "Split" }).waitFor();
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowLeft");
    await page.getByRole("button", { name: /^Split/ }).waitFor({ state: "detached" });
  });

  test("the theme that one chose stays", async () => {
    const { page } = await openDashboard({ theme: "light" });
    const scheme = () => page.evaluate(() => getComputedStyle(document.documentElement).colorScheme);
    expect(await scheme()).toBe("light");
    await page.getByRole("button", { name: /^Theme/ }).click();
    await page.getByRole("button", { name: /^Theme: light/ }).click();
    expect(await scheme()).toBe("dark");
    await page.reload();
    await page.getByRole("button", { name: /^Theme: dark/ }).waitFor();
    expect(await scheme()).toBe("dark");
  });
});

describe("a job that does not go on by itself", () => {
  test("is told from one that failed, with what to do, here and on the overview; and is well again", async () => {
    const server = await startDashboardServer({ PLAYHEAD_STALL_AFTER_MS: "1000" });
    onTestFinished(() => server.close());
    const { page, goTo, story, complaints } = await openDashboard({}, server);
    const worker = await story("Episode 12");
    await goTo("/");
    await page.getByRole("heading", { level: 1, name: /^1 running, (1 alert, )?1 stalled$/ }).waitFor();
    await page
      .getByRole("region", { name: "Needs you" })
      .getByRole("link", { name: /Episode 12\s*Stalled/ })
      .click();
    const note = page.getByRole("status").filter({ hasText: /^Stalled since \d\d:\d\d/ });
    await note.getByText("it has not failed").waitFor();
    await note.getByText("cancel it and retry it").waitFor();
    await worker.fact("clip.progress", { task_id: "original", scene_id: "1", style: "original", step: "rendering" });
    await note.waitFor({ state: "detached" });
    expect(complaints).toEqual([]);
  });

  test("when it has failed it is retried, and the new one says of what", async () => {
    const { page, goTo, story, complaints } = await openDashboard();
    const worker = await story("Episode 12");
    await worker.fact("job.failed", { error_code: "task_failed", error_message: "it broke" });
    await goTo(`/jobs/${worker.jobId}`);
    await button(page, "Retry").click();
    await sees(page, "attempt 2, retry of");
    await sees(page, "Waiting for a worker to start it");
    expect(new URL(page.url()).pathname).not.toContain(worker.jobId);
    await page.getByRole("link", { name: worker.jobId }).click();
    await sees(page, "It broke.");
    expect(complaints).toEqual([]);
  });
});
