import { afterAll, beforeAll, expect, test } from "vitest";
import { lookAt } from "../../fixtures/look-at.ts";
import { createMediaFolder, SCENES, TWO_SCENES } from "../../fixtures/media-folder.ts";
import { PACED } from "../../fixtures/own-styles.ts";
import { runIdsIn, runningFfmpegs } from "../../fixtures/running-ffmpegs.ts";
import { setupRun } from "../../fixtures/setup-run.ts";

const media = createMediaFolder();
const input = () => media.at("two.mp4");

beforeAll(() => {
  media.make("two.mp4", ...TWO_SCENES);
});
afterAll(() => media.remove());

const STYLES = ["original", "split", "left_focus"];

/** After so many facts the job is canceled: anywhere from its announcement to the rendering of its last clip. */
const MOMENTS = [2, 6, 14, 18, 22, 26];

test.each(MOMENTS)("a cancel after %d facts leaves what is finished, and nothing else", async (moment) => {
  const setup = setupRun(media);
  const { transport, outDir, files, running } = setup;
  const seenRuns = new Set<string>();
  let count = 0;
  transport.watch(({ job_id, type, n }) => {
    if (n === undefined || type === "log") return;
    count += 1;
    for (const id of runIdsIn(setup.registryDir)) seenRuns.add(id);
    if (count === moment) transport.command(job_id, "cancel");
  });
  const result = await setup.run({ input: input(), styles: STYLES, maxParallel: 2 });
  // Settled means settled: nothing runs any more when the call returns.
  expect(runningFfmpegs(seenRuns)).toEqual([]);
  expect(running()).toEqual([]);
  expect(result).toMatchObject({ state: "canceled", failed: 0, skipped: 0, error: null });
  expect(result.completed).toBe(result.clips.length);
  const made = result.clips.flatMap(({ file, thumbnail }) => [file, thumbnail ?? "no thumbnail"]);
  expect(files()).toEqual([...made, ...(made.length === 0 ? [] : ["manifest.json"])].toSorted());
  for (const { file } of result.clips) expect((await lookAt(`${outDir}/${file}`)).complaints).toBe("");
  expect(transport.facts().at(-1)?.type).toBe("job.canceled");
  const failed = transport.facts().filter(({ data }) => data.state === "failed");
  expect(failed).toEqual([]);

  const again = await setupRun(media, outDir).run({ input: input(), styles: STYLES });
  expect(again).toMatchObject({ state: "completed", skipped: result.completed, failed: 0 });
  expect(again.completed + again.skipped).toBe(3);
});

test("the caller's signal cancels, too, and a rendering is ended at once", async () => {
  const setup = setupRun(media);
  const controller = new AbortController();
  setup.transport.watch(({ data }) => {
    if (data.step === "rendering") controller.abort();
  });
  const options = { styles: ["paced"], extraStyles: [PACED], scenes: SCENES, maxParallel: 1 };
  const result = await setup.run({ input: input(), ...options, signal: controller.signal });
  expect(result).toMatchObject({ state: "canceled", completed: 0, canceled: 2 });
  expect(setup.files()).toEqual([]);
  const ends = setup.transport.facts().filter(({ type }) => type === "task.canceled");
  expect(ends.length).toBeGreaterThanOrEqual(2);
  expect(new Set(ends.map(({ data }) => data.reason))).toEqual(new Set(["canceled by the program that runs it"]));
});
