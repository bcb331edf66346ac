import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { oddFolder, playhead, startPlayhead } from "../../test/playhead-process.ts";
import { sampleVideo, slowVideo } from "../../test/sample-video.ts";

/** A folder with two videos, one of an odd name. */
async function setup() {
  const cwd = oddFolder();
  const second = `it's a "tést" $1.mp4`;
  await sampleVideo(join(cwd, "a.mp4"), 1);
  await sampleVideo(join(cwd, second), 2);
  return { cwd, second, merge: (...args: string[]) => playhead(["merge", ...args], { cwd }) };
}

const resultOf = (stdout: readonly string[]) => JSON.parse(stdout.at(-1) ?? "null");

test("videos into one: lines for what happens, then where it is and how it came together", async () => {
  const { cwd, second, merge } = await setup();
  const { code, stdout, stderr } = await merge("a.mp4", second, "--out", "öut/all.mp4");
  expect({ code, stderr }).toEqual({ code: 0, stderr: [] });
  expect(stdout).toEqual(expect.arrayContaining([expect.stringMatching(/^\d\d:\d\d:\d\d {2}Merge: done in /)]));
  expect(stdout.slice(-3)).toEqual([
    expect.stringMatching(/^✓ all\.mp4: /),
    `  Video     ${join(cwd, "öut", "all.mp4")}`,
    "  Joined    copied, since all 2 parts have the same streams (h264 and aac)",
  ]);
  expect(readdirSync(join(cwd, "öut"))).toEqual(["all.mp4", "all.segments.json"]);
  expect(JSON.parse(readFileSync(join(cwd, "öut", "all.segments.json"), "utf8"))).toMatchObject({
    segments: [
      { file: "a.mp4", start_sec: 0, end_sec: 1 },
      { file: second, start_sec: 1, end_sec: 3 },
    ],
  });

  const again = await merge("a.mp4", second, "--out", "öut/all.mp4");
  expect(again).toMatchObject({ code: 3, stderr: [expect.stringMatching(/there is a file "all\.mp4" already/)] });
  const small = ["--replace", "--size", "160x90", "--fps", "10", "--max-mb", "0.03", "--json"];
  const upload = ["--upload", "folder:störage", "--public-url", "https://cdn.example"];
  const replaced = await merge("a.mp4", second, "--out", "öut/all.mp4", ...small, ...upload);
  expect({ code: replaced.code, ...resultOf(replaced.stdout) }).toMatchObject({
    ...{ code: 0, type: "result", state: "completed", completed: 1 },
    summary: { width: 160, height: 90, frame_rate: 10, mode: "normalised", target_met: true },
  });
  const { job_id } = resultOf(replaced.stdout) as { job_id: string };
  expect(readdirSync(join(cwd, "störage", job_id)).toSorted()).toEqual(["all.mp4", "all.segments.json"]);
});

test("what cannot be merged is one line, with its code, and leaves nothing behind", async () => {
  const { cwd, merge } = await setup();
  writeFileSync(join(cwd, "text.mp4"), "this is no video");
  const out = ["--out", "new/all.mp4"];
  const table = [
    { args: ["a.mp4", ...out], code: 2 },
    { args: ["a.mp4", "none.mp4", ...out], code: 2 },
    { args: ["a.mp4", "a.mp4"], code: 2 },
    { args: ["a.mp4", "a.mp4", ...out, "--size", "big"], code: 2 },
    { args: ["a.mp4", "a.mp4", ...out, "--crf", "20", "--max-mb", "3"], code: 2 },
    { args: ["a.mp4", "a.mp4", "--out", "text.mp4/all.mp4"], code: 3 },
  ];
  for (const { args, code } of table) {
    const end = await merge(...args);
    expect({ args, ...end }).toEqual({ args, code, stdout: [], stderr: [expect.stringMatching(/^playhead: .+[.?]$/)] });
  }
  // This one is found out by looking at it, which is the job's first work.
  const { code, stdout } = await merge("a.mp4", "text.mp4", ...out, "--json");
  expect({ code, ...resultOf(stdout) }).toMatchObject({ state: "failed", error: { error_code: "input_not_media" } });
  expect(existsSync(join(cwd, "new"))).toBe(false);
});

test("Ctrl-C cancels the job and leaves nothing; after a kill, the next start cleans up", async () => {
  const { cwd, second } = await setup();
  await slowVideo(join(cwd, "slow.mp4"));
  const start = () => startPlayhead(["merge", "slow.mp4", second, "--out", "out/all.mp4", "--fps", "50"], { cwd });
  const merging = start();
  await merging.line(/Prepare the parts: started/);
  merging.signal("SIGINT");
  const { code, stdout } = await merging.ended;
  expect(code).toBe(130);
  expect(stdout.at(-1)).toBe("Nothing is left half written.");
  expect(existsSync(join(cwd, "out"))).toBe(false);
  expect(readdirSync(join(cwd, "playhead-data", "runs"))).toEqual([]);

  const killed = start();
  await killed.line(/Prepare the parts: started/);
  killed.signal("SIGKILL");
  await killed.ended;
  expect(readdirSync(join(cwd, "out"))).toEqual([expect.stringMatching(/^all\.mp4\.[0-9a-f]{8}\.part$/)]);
  const next = startPlayhead(["serve", "--port", "0"], { cwd });
  await next.line(/^Cleaned up after a Playhead that was killed: .*removed \d partial files?$/);
  expect(readdirSync(join(cwd, "out"))).toEqual([]);
});
