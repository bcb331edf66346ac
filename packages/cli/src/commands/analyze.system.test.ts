import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { oddFolder, playhead } from "../../test/playhead-process.ts";
import { sampleVideo } from "../../test/sample-video.ts";

/** A folder with a folder of two videos and a broken one. */
async function setup() {
  const cwd = oddFolder();
  const folder = join(cwd, "tälks");
  mkdirSync(folder);
  await sampleVideo(join(folder, "one.mp4"), 1);
  copyFileSync(join(folder, "one.mp4"), join(folder, "two.mp4"));
  return {
    cwd,
    folder,
    analyze: (...args: string[]) => playhead(["analyze", "tälks", "--out", "öut", ...args], { cwd }),
  };
}

const resultsOf = (stdout: readonly string[]) =>
  stdout.map((line) => JSON.parse(line)).filter(({ type }) => type === "result");

test("names the best, with why, and where the report lies; what fails is told, and is no reason to fail", async () => {
  const { cwd, folder, analyze } = await setup();
  writeFileSync(join(folder, "broken.mp4"), "text\n".repeat(99));
  const { code, stdout } = await analyze();
  expect(code).toBe(1);
  const said = stdout.join("\n");
  expect(said).toMatch(/folder tälks: 2 of 3 videos done, 1 failed/);
  expect(said).toMatch(/ {2} 1\. +[\d.]+ {2}(?:one|two) {2}\(.+\)\n {2} 2\. +[\d.]+ {2}(?:one|two)/);
  expect(stdout.slice(-2)).toEqual([
    `  Report    ${join(cwd, "öut/report.json")}`,
    `  Table     ${join(cwd, "öut/report.csv")}`,
  ]);
});

test("--then clips: a job of clips for each of the best, in the trace of the analysis", async () => {
  const { cwd, analyze } = await setup();
  const { code, stdout, stderr } = await analyze("--top", "1", "--then", "clips", "--styles", "original", "--json");
  expect({ code, stderr }).toEqual({ code: 0, stderr: [] });
  const [analysis, clips] = resultsOf(stdout);
  expect(analysis).toMatchObject({ state: "completed", completed: 2, top: [{ rank: 1 }] });
  expect(clips).toMatchObject({ state: "completed", failed: 0, out: expect.stringContaining("01-") });
  expect(existsSync(join(clips.out, "manifest.json"))).toBe(true);
  expect(readdirSync(clips.out).filter((name) => name.endsWith(".mp4"))).toHaveLength(clips.completed);
  const { stdout: listed } = await playhead(["jobs", "--json"], { cwd });
  const { jobs } = JSON.parse(listed.at(-1) ?? "");
  expect(jobs).toHaveLength(2);
  const [made, found] = jobs;
  expect(found.kind).toBe("analyze");
  expect(made).toMatchObject({
    kind: "clips",
    correlation_id: found.correlation_id,
    metadata: { analyzed_by: found.job_id, rank: 1, score: analysis.top[0].score },
  });
  expect(JSON.parse(readFileSync(analysis.report, "utf8")).clips).toHaveLength(2);
});

test.each([
  [["nowhere", "--weights", "motion"], 2, /Expected parts with their weights/],
  [["youtube:channel:@x"], 3, /YouTube needs an API key/],
  [["http://127.0.0.1:1/feed"], 3, /leads to this machine/],
])("%j is refused: exit code %i", async (args, code, message) => {
  const end = await playhead(["analyze", ...args], { cwd: oddFolder(), environment: { YOUTUBE_API_KEY: "" } });
  expect(end).toMatchObject({ code, stderr: [expect.stringMatching(message)] });
});
