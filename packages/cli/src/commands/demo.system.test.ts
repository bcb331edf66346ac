import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { detectScenes, probe } from "@playhead/ffmpeg";
import { expect, test } from "vitest";
import { oddFolder, playhead, startPlayhead } from "../../test/playhead-process.ts";
import { sampleVideo } from "../../test/sample-video.ts";
import { ensureDemoVideo } from "../demo-video/demo-video.ts";

test("the demo video: a minute of 1280×720 with sound, six scenes that are found, made once", async () => {
  const dataFolder = oddFolder();
  const fractions: number[] = [];
  const options = { dataFolder, registryDir: join(dataFolder, "runs"), signal: new AbortController().signal };
  const path = await ensureDemoVideo({ ...options, onProgress: (fraction) => fractions.push(fraction) });
  expect(fractions.at(-1)).toBe(1);
  const info = await probe(path);
  expect(info).toMatchObject({ video: { width: 1280, height: 720 }, audio: [{}] });
  expect(info.durationSec).toBeCloseTo(60, 0);
  const scenes = await detectScenes(path, info);
  expect(scenes.map(({ startSec }) => Math.round(startSec))).toEqual([0, 10, 20, 30, 40, 50]);

  const { mtimeMs } = statSync(path);
  const never = () => expect.unreachable("it is made again");
  expect(await ensureDemoVideo({ ...options, onProgress: never })).toBe(path);
  expect(statSync(path).mtimeMs).toBe(mtimeMs);
});

test("a demo video that was interrupted is not there", async () => {
  const dataFolder = oddFolder();
  const interrupt = new AbortController();
  const options = { dataFolder, registryDir: join(dataFolder, "runs"), signal: interrupt.signal };
  const making = ensureDemoVideo({ ...options, onProgress: () => interrupt.abort() });
  await expect(making).rejects.toMatchObject({ code: "canceled" });
  expect(existsSync(join(dataFolder, "demo", "demo-1.mp4"))).toBe(false);
});

test("demo FILE: the link, the clips with addresses on the page, a summary; then it stays until Ctrl-C", async () => {
  const cwd = oddFolder();
  await sampleVideo(join(cwd, "tälk.mp4"), 2);
  const demo = startPlayhead(["demo", "tälk.mp4", "--port", "0"], { cwd });
  const [, link = ""] = await demo.line(/^ {2}Sign in {2}(http:\S+)$/);
  await demo.line(/^✓ tälk\.mp4: 8 clips done/);
  await demo.line(/^The page stays at http/);

  const { origin, searchParams } = new URL(link);
  const headers = { authorization: `Bearer ${searchParams.get("key")}` };
  const { jobs } = (await (await fetch(`${origin}/api/v1/jobs`, { headers })).json()) as {
    readonly jobs: readonly { readonly job_id: string }[];
  };
  const answer = await fetch(`${origin}/api/v1/jobs/${jobs[0]?.job_id}`, { headers });
  const { tasks } = (await answer.json()) as {
    readonly tasks: readonly { readonly artifacts: readonly { readonly type: string; readonly url?: string }[] }[];
  };
  const videos = tasks.flatMap(({ artifacts }) => artifacts.filter(({ type }) => type === "video"));
  expect(videos).toHaveLength(8);
  const video = await fetch(`${origin}${videos[0]?.url}`, { headers });
  expect(video).toMatchObject({ status: 200 });
  expect(video.headers.get("content-type")).toBe("video/mp4");
  await video.body?.cancel();

  demo.signal("SIGINT");
  expect(await demo.ended).toMatchObject({ code: 0, stderr: [] });
  const { stdout } = await playhead(["jobs", "--json"], { cwd });
  expect(JSON.parse(stdout.join("\n"))).toMatchObject({ jobs: [{ state: "completed" }] });
});

test("demo of a file that is not there is one line, and nothing is left running", async () => {
  const cwd = oddFolder();
  const { code, stderr } = await playhead(["demo", "none.mp4", "--port", "0"], { cwd });
  expect(code).toBe(2);
  expect(stderr).toEqual([expect.stringMatching(/^playhead: .+\.$/)]);
  expect(existsSync(join(cwd, "playhead-data", "server.json"))).toBe(false);
});
