import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PlayheadEvent } from "@playhead/core";
import { expect, test } from "vitest";
import { oddFolder, playhead, startPlayhead, startServer } from "../../test/playhead-process.ts";
import { readAccessKey } from "../running-server.ts";

const PAGE = readFileSync(new URL("../../../../docs/bulk.md", import.meta.url), "utf8");
const TINY = {
  video: { width: 64, height: 36, frame_rate: 10, preset: "ultrafast" },
  title: { text: "{{name}}", duration_sec: 0.2 },
};

const resultOf = (stdout: readonly string[]) => JSON.parse(stdout.at(-1) ?? "null");

/** The text of the first block of that language on the page. */
function block(language: string): string {
  return new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(PAGE)?.[1] ?? "";
}

test("the example of docs/bulk.md does what the page says", async () => {
  const cwd = oddFolder();
  writeFileSync(join(cwd, "people.csv"), block("csv"));
  writeFileSync(join(cwd, "card.json"), block("json"));
  const [, ...args] = block("sh").trim().split(" ");
  const { code, stdout, stderr } = await playhead(args, { cwd });
  expect({ code, stderr }).toEqual({ code: 0, stderr: [] });
  expect(readdirSync(join(cwd, "cards")).toSorted()).toEqual([
    ...["Ada.jpg", "Ada.mp4", "Grace, Rear Admiral.jpg", "Grace, Rear Admiral.mp4"],
    ...["Konrad.jpg", "Konrad.mp4", "manifest.ndjson"],
  ]);
  expect(stdout.slice(-2)).toEqual([
    `  Videos    ${join(cwd, "cards")}`,
    `  Manifest  ${join(cwd, "cards", "manifest.ndjson")}`,
  ]);
  const again = await playhead([...args, "--json"], { cwd });
  expect(resultOf(again.stdout)).toMatchObject({ state: "completed", completed: 0, skipped: 3, failed: 0 });
});

test("killed twice and started again: over all its jobs the server has each video completed once", async () => {
  const cwd = oddFolder();
  const data = join(cwd, "data");
  const items = 12;
  writeFileSync(join(cwd, "rows.csv"), `name\n${Array.from({ length: items }, (_, i) => `Row ${i}`).join("\n")}\n`);
  writeFileSync(join(cwd, "t.json"), JSON.stringify(TINY));
  const args = ["bulk", "rows.csv", "--template", "t.json", "--data", data, "--json", "--max-parallel", "2"];
  for (const _ of [1, 2]) {
    const running = startPlayhead(args, { cwd });
    await running.line(/"kind":"video".*"type":"task.completed"/);
    running.signal("SIGKILL");
    await running.ended;
  }
  const { code, stdout } = await playhead(args, { cwd });
  expect(code).toBe(0);
  const { completed, skipped, failed, videos } = resultOf(stdout);
  expect({ all: completed + skipped, failed, videos: videos.length }).toEqual({ all: items, failed: 0, videos: items });
  expect(skipped).toBeGreaterThanOrEqual(2);

  const server = await startServer(data);
  const headers = { authorization: `Bearer ${readAccessKey(data)}` };
  const read = async (path: string) => (await fetch(`${server.url}/api/v1${path}`, { headers })).json();
  const { jobs } = await read("/jobs?page_size=10");
  expect(jobs.map(({ state }: { state: string }) => state).toSorted()).toEqual(["completed", "failed", "failed"]);
  const ends = new Map<unknown, number>();
  for (const { job_id } of jobs) {
    const { events } = await read(`/jobs/${job_id}/events?limit=1000`);
    for (const { type, data } of events as readonly PlayheadEvent[])
      if (type === "video.completed") ends.set(data.task_id, (ends.get(data.task_id) ?? 0) + 1);
  }
  expect([...ends.values()].filter((times) => times > 1)).toEqual([]);
  // What was written down just before a kill is found by the next run, though no server heard that it was done.
  expect(ends.size).toBeGreaterThanOrEqual(items - 4);
  expect(readdirSync(join(cwd, "playhead-bulk", "rows")).filter((name) => name.endsWith(".part"))).toEqual([]);
});

test("a row that fails fails alone; viewers read its reason without folders, the log files have all of it", async () => {
  const cwd = oddFolder();
  const data = join(cwd, "data");
  writeFileSync(join(cwd, "rows.csv"), "name,a\none,\ntwo,gone.png\n");
  writeFileSync(join(cwd, "t.json"), JSON.stringify({ ...TINY, images: { from: ["{{a}}"], duration_sec: 0.2 } }));
  const { code, stdout } = await playhead(["bulk", "rows.csv", "--template", "t.json", "--data", data, "--json"], {
    cwd,
  });
  expect(code).toBe(1);
  expect(resultOf(stdout)).toMatchObject({ state: "completed", completed: 1, failed: 1 });
  expect(stdout.slice(0, -1).join("\n")).not.toContain(join(cwd, "gone.png"));
  const errors = readFileSync(join(data, "logs", "errors.log"), "utf8");
  expect(errors).toContain("gone.png");
  expect(errors).toContain(JSON.stringify(join(cwd, "gone.png")).slice(1, -1));
});

test("what cannot be worked with is one line, with its code, and leaves nothing behind", async () => {
  const cwd = oddFolder();
  writeFileSync(join(cwd, "rows.csv"), "name\none\n");
  writeFileSync(join(cwd, "t.json"), JSON.stringify(TINY));
  writeFileSync(join(cwd, "broken.json"), "{");
  writeFileSync(join(cwd, "wrong.json"), JSON.stringify({ title: { text: "{{nmae}}" } }));
  const table = [
    { args: ["rows.csv"], says: /required option '--template <file>'/ },
    { args: ["none.csv", "--template", "t.json"], says: /there is no file "none.csv"/ },
    { args: ["rows.csv", "--template", "broken.json"], says: /is not JSON/ },
    { args: ["rows.csv", "--template", "wrong.json"], says: /title.text: there is no column "nmae"/ },
    { args: ["rows.csv", "--template", "t.json", "--rate", "fast"], says: /expected a rate such as 30\/min/ },
  ];
  for (const { args, says } of table) {
    const { code, stdout, stderr } = await playhead(["bulk", ...args], { cwd });
    expect({ args, code, stdout, lines: stderr.length }).toEqual({ args, code: 2, stdout: [], lines: 1 });
    expect(stderr[0]).toMatch(says);
  }
  expect(readdirSync(cwd)).not.toContain("playhead-bulk");
}, 60_000);
