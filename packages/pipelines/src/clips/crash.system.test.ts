import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { reapOrphans } from "@playhead/ffmpeg";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { lookAt } from "../../fixtures/look-at.ts";
import { createMediaFolder, TWO_SCENES } from "../../fixtures/media-folder.ts";
import { runIdsIn, runningFfmpegs } from "../../fixtures/running-ffmpegs.ts";
import { setupRun } from "../../fixtures/setup-run.ts";

const SCRIPT = fileURLToPath(new URL("../../fixtures/run-clips-process.ts", import.meta.url));
const STYLES = ["original", "split", "left_focus"];
const FACES = ["intelligent", "intelligent_split"];

const media = createMediaFolder();
const children: ChildProcess[] = [];

beforeAll(() => {
  media.make("two.mp4", ...TWO_SCENES);
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});
afterAll(() => media.remove());

/** Has another process run the pipeline, and kills it when it has reported this line for the n-th time. */
async function killAt(
  { line, times, styles = STYLES }: { line: string; times: number; styles?: readonly string[] },
  outDir: string,
  registryDir: string,
): Promise<ReadonlySet<string>> {
  const input = media.at("two.mp4");
  const child = spawn(
    process.execPath,
    ["--conditions=playhead-src", SCRIPT, input, outDir, registryDir, styles.join(",")],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  children.push(child);
  let seen = 0;
  for await (const each of createInterface({ input: child.stdout })) {
    if (each === line) seen += 1;
    if (seen === times) break;
  }
  const exited = child.exitCode === null && child.signalCode === null ? once(child, "exit") : Promise.resolve();
  const runIds = runIdsIn(registryDir);
  child.kill("SIGKILL");
  await exited;
  return runIds;
}

test.each([
  { name: "while scenes are looked for", line: "stage.started ", times: 1, finished: 0 },
  { name: "while the first clip renders", line: "clip.progress rendering", times: 1, finished: 0 },
  { name: "as the first clip is done", line: "clip.progress complete", times: 1, finished: 1 },
  { name: "while the third clip is rendered", line: "clip.progress rendering", times: 3, finished: 2 },
  { name: "while faces are looked for", line: "clip.progress detecting_faces", times: 1, finished: 0, styles: FACES },
  { name: "as a camera is planned", line: "clip.progress computing_camera_path", times: 2, finished: 1, styles: FACES },
  { name: "as the second clip is looked at", line: "clip.progress render_complete", times: 2, finished: 1 },
])("killed $name: cleaned up at the next start, and gone on from", async (given) => {
  const { finished, styles = STYLES } = given;
  const setup = setupRun(media);
  const { outDir, registryDir, files } = setup;
  const runIds = await killAt(given, outDir, registryDir);
  const report = await reapOrphans(registryDir);
  expect(report).toMatchObject({ aliveRunIds: [], failed: [] });
  expect(runningFfmpegs(runIds)).toEqual([]);
  expect(files().filter((name) => name.endsWith(".part"))).toEqual([]);
  // A name that was being written stays for a minute, in case that someone else is writing it.
  expect(setup.running().filter((name) => name.endsWith(".run.json"))).toEqual([]);

  const result = await setup.run({ input: media.at("two.mp4"), styles });
  // What was told is stored; between the file and the telling, more may have been finished.
  expect(result).toMatchObject({ state: "completed", failed: 0 });
  expect(result.skipped).toBeGreaterThanOrEqual(finished);
  expect(result.completed + result.skipped).toBe(styles.length);
  expect(files()).toHaveLength(2 * styles.length + 1);
  for (const { file } of result.clips) expect((await lookAt(`${outDir}/${file}`)).complaints).toBe("");
});
