import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Artifact, Task } from "@playhead/core";
import { describe, expect, test } from "vitest";
import { oddFolder, playhead, startPlayhead, startServer } from "../../test/playhead-process.ts";
import { sampleVideo, slowVideo } from "../../test/sample-video.ts";
import { readAccessKey } from "../running-server.ts";

const SCENES = JSON.stringify([
  { start_sec: 0, end_sec: 0.8, title: "Intro" },
  { start_sec: 0.8, end_sec: 1.6, title: "Talk" },
]);

/** A folder with a video of an odd name, and scenes for it. */
async function setup(name = `it's a "tést" $1.mp4`) {
  const cwd = oddFolder();
  await sampleVideo(join(cwd, name), 2);
  writeFileSync(join(cwd, "scenes.json"), SCENES);
  return { cwd, name, clips: (...args: string[]) => playhead(["clips", ...args], { cwd }) };
}

const resultOf = (stdout: readonly string[]) => JSON.parse(stdout.at(-1) ?? "null");
/** The names in a folder; none when it is not there. */
const filesOf = (folder: string) => (existsSync(folder) ? readdirSync(folder) : []);

describe("a video that can be cut", () => {
  test("lines for what happens, then what came of it; a second run has nothing left to do", async () => {
    const { cwd, name, clips } = await setup();
    const args = [name, "--scenes", "scenes.json", "--styles", "original, split", "--out", "öut"];
    const { code, stdout, stderr } = await clips(...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: [] });
    expect(stdout).toEqual(
      expect.arrayContaining([expect.stringMatching(/^\d\d:\d\d:\d\d {2}Intro \/ Original: done in /)]),
    );
    const summary = stdout.slice(-3);
    expect(summary[0]).toMatch(/^✓ it's a "tést" \$1\.mp4: 4 clips done, /);
    expect(summary.slice(1)).toEqual([
      `  Clips     ${join(cwd, "öut")}`,
      `  Manifest  ${join(cwd, "öut", "manifest.json")}`,
    ]);
    expect(readdirSync(join(cwd, "öut")).filter((file) => file.endsWith(".mp4"))).toHaveLength(4);

    const again = await clips(...args, "--json");
    expect(again.code).toBe(0);
    expect(resultOf(again.stdout)).toMatchObject({
      type: "result",
      state: "completed",
      completed: 0,
      skipped: 4,
      failed: 0,
    });
    const { stdout: jobs } = await playhead(["jobs", "--json"], { cwd });
    expect(resultOf(jobs).jobs).toMatchObject([{ state: "completed" }, { state: "completed" }]);
  });

  test("a name that begins with a dash, after two dashes", async () => {
    const { clips } = await setup("-odd.mp4");
    const wrong = await clips("-odd.mp4");
    expect(wrong).toMatchObject({
      code: 2,
      stderr: ["playhead: unknown option '-odd.mp4'. Put -- before a name that begins with a dash."],
    });
    const { code, stdout } = await clips("--scenes", "scenes.json", "--styles", "original", "--json", "--", "-odd.mp4");
    expect({ code, ...resultOf(stdout) }).toMatchObject({
      code: 0,
      completed: 2,
      out: expect.stringMatching(/playhead-clips\/-odd$/),
    });
  });

  test("while a server has the data folder, it is told to the server", async () => {
    const { cwd, name } = await setup();
    const data = join(cwd, "data");
    const server = await startServer(data);
    const { code, stdout } = await playhead(
      ["clips", name, "--scenes", "scenes.json", "--styles", "original", "--data", data],
      { cwd },
    );
    expect(code).toBe(0);
    expect(stdout[0]).toBe(`Reporting to ${server.url}`);
    expect(stdout).toEqual(expect.arrayContaining([expect.stringMatching(/Intro \/ Original: done in /)]));
    const { stdout: jobs } = await playhead(["jobs", "--server", server.url, "--data", data, "--json"]);
    expect(resultOf(jobs).jobs).toMatchObject([{ state: "completed", title: name }]);

    const named = await playhead(["clips", name, "--styles", "original", "--out", "named", "--scenes", "scenes.json"], {
      cwd,
      environment: { PLAYHEAD_SERVER: server.url.replace("127.0.0.1", "localhost"), PLAYHEAD_DATA: data },
    });
    expect(named.code).toBe(0);
    // Both runs: what they made can be had of the server.
    const headers = { authorization: `Bearer ${readAccessKey(data)}` };
    const items = await (await fetch(`${server.url}/api/v1/jobs?page_size=10`, { headers })).json();
    for (const { job_id } of items.jobs) {
      const { tasks } = await (await fetch(`${server.url}/api/v1/jobs/${job_id}/tasks`, { headers })).json();
      const videos = tasks.flatMap(({ artifacts }: Task) => artifacts).filter(({ type }: Artifact) => type === "video");
      const urls = videos.map(({ url }: Artifact) => url);
      expect(urls).toHaveLength(2);
      for (const url of urls) expect((await fetch(new URL(url, server.url), { headers })).status).toBe(200);
    }
  });
});

test("what cannot be cut is one line, with its code, and leaves nothing behind", async () => {
  const { cwd, name } = await setup();
  writeFileSync(join(cwd, "empty.mp4"), "");
  writeFileSync(join(cwd, "text.mp4"), "this is no video");
  writeFileSync(join(cwd, "broken.json"), "[{");
  writeFileSync(join(cwd, "late.json"), JSON.stringify([{ start_sec: 1, end_sec: 9 }]));
  const table = [
    { args: ["none.mp4"], code: 2 },
    { args: ["empty.mp4"], code: 2 },
    { args: ["text.mp4"], code: 2 },
    { args: [name, "--styles", "oil_painting"], code: 2 },
    { args: [name, "--styles", ","], code: 2 },
    { args: [name, "--scenes", "none.json"], code: 2 },
    { args: [name, "--scenes", "broken.json"], code: 2 },
    { args: [name, "--scenes", "late.json"], code: 2 },
    { args: [name, "--max-parallel", "0"], code: 2 },
    { args: [name, "--out", "text.mp4"], code: 3 },
    { args: [name, "--server", "http://127.0.0.1:9", "--key", "k"], code: 4 },
  ];
  for (const { args, code } of table) {
    const end = await playhead(["clips", ...args], { cwd });
    expect({ args, ...end }).toEqual({ args, code, stdout: [], stderr: [expect.stringMatching(/^playhead: .+[.?]$/)] });
  }
  const missing = await playhead(["clips", name], { cwd, environment: { FFMPEG_PATH: join(cwd, "no-ffmpeg") } });
  expect(missing).toMatchObject({ code: 3, stdout: [], stderr: [expect.stringMatching(/^playhead: .*ffmpeg/)] });
  expect(existsSync(join(cwd, "playhead-clips", "none"))).toBe(false);
});

describe("Ctrl-C", () => {
  /** Clips that are being rendered, and would be for a while. */
  async function rendering(...args: string[]) {
    const cwd = oddFolder();
    await slowVideo(join(cwd, "slow.mp4"));
    writeFileSync(join(cwd, "scenes.json"), JSON.stringify([{ start_sec: 0, end_sec: 1_190, title: "All" }]));
    const clips = startPlayhead(
      ["clips", "slow.mp4", "--scenes", "scenes.json", "--styles", "original,split", "--out", "out", ...args],
      { cwd },
    );
    await clips.line(/rendering/);
    // A folder that stayed empty is removed with the run.
    const left = () => filesOf(join(cwd, "out")).filter((file) => file !== "manifest.json");
    return { cwd, clips, left };
  }

  test("cancels the job, records it, and leaves nothing half written", async () => {
    const { cwd, clips, left } = await rendering();
    clips.signal("SIGINT");
    const { code, stdout, stderr } = await clips.ended;
    expect({ code, stderr }).toEqual({ code: 130, stderr: [] });
    expect(stdout.slice(-2)).toEqual([
      expect.stringMatching(/^■ slow\.mp4: canceled: .*0 of 2 clips done, /),
      "Nothing is left half written.",
    ]);
    expect(left()).toEqual([]);
    expect(readdirSync(join(cwd, "playhead-data", "runs"))).toEqual([]);
    const { stdout: jobs } = await playhead(["jobs", "--json"], { cwd });
    expect(resultOf(jobs).jobs).toMatchObject([{ state: "canceled", reason: "canceled with Ctrl-C" }]);
  });

  test("with --json the result says so", async () => {
    const { clips } = await rendering("--json");
    clips.signal("SIGTERM");
    const { code, stdout } = await clips.ended;
    expect({ code, ...resultOf(stdout) }).toMatchObject({ code: 130, type: "result", state: "canceled", completed: 0 });
  });

  test("after a kill, the next start ends its ffmpeg, and says what it cleaned up", async () => {
    const { cwd, clips, left } = await rendering();
    clips.signal("SIGKILL");
    await clips.ended;
    expect(left()).not.toEqual([]);
    const next = startPlayhead(["serve", "--port", "0"], { cwd });
    await next.line(/^Cleaned up after a Playhead that was killed: .*removed \d partial files?$/);
    expect(left()).toEqual([]);
    const { stdout: jobs } = await playhead(["jobs", "--json"], { cwd });
    expect(resultOf(jobs).jobs).toMatchObject([{ state: "failed", error: { error_code: "worker_lost" } }]);
  });
});

test("the manifest of a run is what --json tells of it", async () => {
  const { clips, name } = await setup();
  const { stdout } = await clips(name, "--scenes", "scenes.json", "--styles", "original", "--json");
  for (const line of stdout) expect(() => JSON.parse(line)).not.toThrow();
  const { manifest, clips: made } = resultOf(stdout);
  expect(JSON.parse(readFileSync(manifest, "utf8")).clips).toHaveLength(made.length);
});
