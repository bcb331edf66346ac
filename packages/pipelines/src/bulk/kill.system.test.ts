import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, expect, test } from "vitest";
import { createMediaFolder, filesIn } from "../../fixtures/media-folder.ts";
import { runIdsIn, runningFfmpegs } from "../../fixtures/running-ffmpegs.ts";
import { TINY } from "../../fixtures/setup-bulk.ts";

const SCRIPT = fileURLToPath(new URL("../../fixtures/run-bulk-process.ts", import.meta.url));
/** More of them, for an hour that is quiet. */
const ITEMS = Number(process.env.PLAYHEAD_KILL_ITEMS ?? 200);
/** A video that is made tells its start, three steps and its end: this is every few seconds, at any moment of its life. */
const FACTS_BEFORE_KILL = [113, 87, 151, 64, 133, 97, 121, 142];
const OF_WHAT_IS_MADE: ReadonlySet<string> = new Set(["video.updated", "video.completed"]);
/** What hangs ends here; a machine that is busy takes its time. */
const LIMIT_MS = 60_000 + ITEMS * 6_000;
const DECODED_AT_ONCE = 50;

interface Told {
  readonly type: string;
  readonly job_id?: string;
  readonly task_id?: string;
  readonly [name: string]: unknown;
}

const media = createMediaFolder();
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});
afterAll(() => media.remove());

/** Runs the pipeline in another process. @returns what it told until it ended, or was killed after so many facts of videos */
async function runUntil(facts: number, args: readonly string[]): Promise<readonly Told[]> {
  const child = spawn(process.execPath, ["--conditions=playhead-src", SCRIPT, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  const exited = once(child, "exit");
  const told: Told[] = [];
  let left = facts;
  // What was written before the kill is read to its end.
  for await (const line of createInterface({ input: child.stdout })) {
    // One that was cut off by the kill was not told.
    if (!line.endsWith("}")) continue;
    const each: Told = JSON.parse(line);
    told.push(each);
    if (OF_WHAT_IS_MADE.has(each.type)) left -= 1;
    if (left === 0) child.kill("SIGKILL");
  }
  await exited;
  return told;
}

/** Plays videos to their ends, and looks whether there is anything to complain of. */
function decode(paths: readonly string[]): void {
  const inputs = paths.flatMap((path) => ["-i", `file:${path}`]);
  const maps = paths.flatMap((_path, i) => ["-map", `${i}:v`]);
  const args = ["-nostdin", "-v", "warning", "-xerror", ...inputs, ...maps, "-f", "null", "-"];
  const { status, stderr } = spawnSync("ffmpeg", args, { encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
}

test(
  `${ITEMS} videos, the worker killed again and again: each is finished once, none is doubled, none is lost`,
  async () => {
    const [outDir, registryDir] = [media.folder("out"), media.folder("runs")];
    const [rows, template] = [media.at("rows.csv"), media.at("template.json")];
    writeFileSync(rows, `name\n${Array.from({ length: ITEMS }, (_, i) => `Row ${i + 1}`).join("\n")}\n`);
    writeFileSync(template, JSON.stringify(TINY));
    const runIds = new Set<string>();
    const all: Told[] = [];
    let kills = 0;
    for (;;) {
      const facts = FACTS_BEFORE_KILL[kills % FACTS_BEFORE_KILL.length] ?? 100;
      const told = await runUntil(facts, [rows, template, outDir, registryDir]);
      all.push(...told);
      for (const id of runIdsIn(registryDir)) runIds.add(id);
      if (told.at(-1)?.type === "result") break;
      kills += 1;
    }
    // A few kills, or it was no test.
    expect(kills).toBeGreaterThanOrEqual(Math.min(4, Math.floor(ITEMS / 40)));
    const last = all.at(-1);
    expect(last).toMatchObject({ state: "completed", failed: 0 });
    expect(Number(last?.completed) + Number(last?.skipped)).toBe(ITEMS);

    // Over all jobs each video was completed once at most, and never after it was there already.
    const ends = all.filter(({ type }) => type === "video.completed" || type === "video.skipped");
    const byVideo = Map.groupBy(ends, ({ task_id }) => task_id);
    expect(byVideo.size).toBe(ITEMS);
    for (const each of byVideo.values()) {
      const types = each.map(({ type }) => type);
      expect(types.lastIndexOf("video.completed")).toBeLessThanOrEqual(0);
    }

    // The journal has each once, and the folder has what the journal says, and nothing else.
    const [head, ...lines] = readFileSync(`${outDir}/manifest.ndjson`, "utf8").trimEnd().split("\n");
    const entries = lines.map((line) => JSON.parse(line));
    expect(JSON.parse(head ?? "")).toEqual({ playhead: "bulk", version: 1 });
    expect(entries.map(({ row }) => row).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: ITEMS }, (_, i) => i + 1),
    );
    const named = entries.flatMap(({ file, thumbnail }) => [file, thumbnail]);
    expect(filesIn(outDir)).toEqual([...named, "manifest.ndjson"].toSorted());
    // A name that was being written stays for a minute, in case that someone else is writing it.
    expect(filesIn(registryDir).filter((name) => !name.endsWith(".tmp"))).toEqual([]);
    expect(runningFfmpegs(runIds)).toEqual([]);
    const files = entries.map(({ file }) => `${outDir}/${file}`);
    for (let at = 0; at < files.length; at += DECODED_AT_ONCE) decode(files.slice(at, at + DECODED_AT_ONCE));
  },
  LIMIT_MS,
);
