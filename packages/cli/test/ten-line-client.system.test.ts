import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { EventFrame, SnapshotFrame } from "@playhead/core";
import { STYLES } from "@playhead/pipelines";
import { expect, onTestFinished, test } from "vitest";
import { oddFolder, startPlayhead } from "./playhead-process.ts";
import { makeSmallVideo } from "./small-video.ts";

type Frame = EventFrame | SnapshotFrame;
/** A fact as the server tells it of a job that has ended. */
type Stored = Pick<EventFrame, "seq" | "type" | "data">;

const CLIENT = join(import.meta.dirname, "..", "fixtures", "ten-line-client.mjs");

/** A demo on a small video, seen by one client at one go, by another with breaks, and as it is stored. */
async function followDemo() {
  const folder = oddFolder();
  const video = join(folder, "two scenes.mp4");
  await makeSmallVideo(video);
  const demo = startPlayhead(["demo", video, "--port", "0", "--data", join(folder, "data"), "--json"]);
  const [serving] = await demo.line(/^.*"type":"serving".*$/);
  const { url, sign_in_url } = JSON.parse(serving) as { url: string; sign_in_url: string };
  const [, jobId = ""] = await demo.line(/"job_id":"([^"]+)"/);
  const key = new URL(sign_in_url).searchParams.get("key") ?? "";
  const [whole, parts] = await Promise.all([follow(url, jobId, key), followWithBreaks(url, jobId, key)]);
  const answer = await fetch(`${url}/api/v1/jobs/${jobId}/events?limit=1000`, {
    headers: { authorization: `Bearer ${key}` },
  });
  const { events } = (await answer.json()) as { events: readonly Stored[] };
  demo.signal("SIGINT");
  await demo.ended;
  return { whole, parts, events };
}

/** Runs the ten-line client to its end. @returns the frames that it printed */
async function follow(url: string, jobId: string, key: string, after = "", stopAfter = ""): Promise<readonly Frame[]> {
  const child = spawn(process.execPath, [CLIENT, url.replace("http", "ws"), jobId, key, after, stopAfter], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const frames: Frame[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => frames.push(JSON.parse(line) as Frame));
  await once(child, "close");
  return frames;
}

/** Comes and goes: a few facts at a time, until the job has ended. */
async function followWithBreaks(url: string, jobId: string, key: string): Promise<readonly EventFrame[]> {
  const seen: EventFrame[] = [];
  let after = "";
  while (seen.at(-1)?.type !== "session.completed") {
    const frames = await follow(url, jobId, key, after, "7");
    if (after !== "") expect(frames.map(({ type }) => type)).not.toContain("snapshot");
    const first = frames.find((each) => each.type === "snapshot");
    seen.push(...frames.filter(isFact));
    after = String(seen.at(-1)?.seq ?? first?.seq ?? after);
  }
  return seen;
}

const isFact = (frame: Frame): frame is EventFrame => frame.type !== "snapshot" && "seq" in frame && !("tick" in frame);
const dataOf = (frames: readonly Frame[], type: string) =>
  frames.filter((each) => each.type === type).map(({ data }) => data as Record<string, unknown>);

/** The whole story, as a viewer who came at the job's start needs it. */
function expectStory(frames: readonly Frame[]): void {
  expect(frames[0]?.type).toBe("snapshot");
  expect(dataOf(frames, "job.state_changed").map(({ new_state }) => new_state)).toEqual(["completing", "completed"]);
  const progress = dataOf(frames, "job.progress");
  expect(progress.length).toBeGreaterThan(2);
  expect(
    progress.every(({ percent_complete, eta_ms }) => typeof percent_complete === "number" && eta_ms !== undefined),
  ).toBe(true);
  expect(progress.some(({ eta_ms }) => typeof eta_ms === "number" && eta_ms > 0)).toBe(true);
  const percents = progress.map(({ percent_complete }) => percent_complete as number);
  expect(percents).toEqual(percents.toSorted((a, b) => a - b));
  expect(percents.at(-1)).toBe(100);
  expect(dataOf(frames, "scene.started").at(-1)).toMatchObject({
    scene_id: "2",
    style_count: STYLES.length,
    start_sec: 6,
    duration_sec: 6,
  });
  const rendering = dataOf(frames, "clip.progress").find(({ step }) => step === "rendering");
  expect(rendering).toMatchObject({ scene_id: expect.any(String), style: expect.any(String) });
  expect(dataOf(frames, "clip.uploaded").at(-1)).toMatchObject({
    clip_count: 2 * STYLES.length,
    total_clips: 2 * STYLES.length,
    artifact: { type: "video" },
  });
  expect(dataOf(frames, "scene.completed").at(-1)).toMatchObject({ clips_completed: STYLES.length, clips_failed: 0 });
  expect(dataOf(frames, "job.completed")).toHaveLength(1);
}

test("a ten-line client in plain Node sees a job to its end; one that comes back with `after` gets exactly what it missed", async () => {
  const { whole, parts, events } = await followDemo();
  expectStory(whole);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  const firstSeq = parts[0]?.seq ?? 0;
  const stored = events.filter(({ seq }) => seq >= firstSeq).map(({ seq, type, data }) => ({ seq, type, data }));
  expect(parts.map(({ seq, type, data }) => ({ seq, type, data }))).toEqual(stored);
  expect(whole.filter(isFact).at(-1)?.seq).toBe(events.length);
});
