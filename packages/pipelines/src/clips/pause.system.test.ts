import { afterAll, beforeAll, expect, test } from "vitest";
import { writeFakeFfmpeg } from "../../fixtures/fake-ffmpeg.ts";
import { lookAt } from "../../fixtures/look-at.ts";
import { createMediaFolder, SCENES, TWO_SCENES } from "../../fixtures/media-folder.ts";
import { ownStyle } from "../../fixtures/own-styles.ts";
import { type RunningFfmpeg, runIdsIn, runningFfmpegs } from "../../fixtures/running-ffmpegs.ts";
import { setupRun } from "../../fixtures/setup-run.ts";
import { waitUntil } from "../../fixtures/wait-until.ts";

const media = createMediaFolder();
const input = () => media.at("two.mp4");

beforeAll(() => {
  media.make("two.mp4", ...TWO_SCENES);
});
afterAll(() => media.remove());

/** Works hard, and takes no less than the second that its scene lasts: time enough to step in on any machine. */
const BUSY = ownStyle("busy", `${"gblur=sigma=2,".repeat(12)}scale=640:360,realtime`, {
  size: () => ({ width: 640, height: 360 }),
});

test("a pause stops ffmpeg where it is, and after it the clips are made as if nothing had been", async () => {
  const setup = setupRun(media);
  const { transport, registryDir, outDir } = setup;
  let jobId = "";
  const running = setup.run({
    input: input(),
    scenes: SCENES,
    styles: ["busy"],
    extraStyles: [BUSY],
    maxParallel: 2,
    onJob: (id) => {
      jobId = id;
    },
  });
  const rendering = () => transport.facts().filter(({ data }) => data.step === "rendering").length;
  await waitUntil("both clips render", () => rendering() === 2);
  const runIds = runIdsIn(registryDir);
  transport.command(jobId, "pause");
  const isPaused = () => transport.facts().some(({ data }) => data.new_state === "paused");
  await waitUntil("the job is paused", isPaused);
  const look = () => runningFfmpegs(runIds);
  await waitUntil("all are stopped", () => look().length > 0 && look().every(({ state }) => state === "T"));

  const before = look();
  const toldBefore = transport.records.length;
  // Something else that takes its time on the same processor.
  await lookAt(input());
  await lookAt(input());
  expect(look()).toEqual(before satisfies readonly RunningFfmpeg[]);
  expect(transport.records.length).toBe(toldBefore);

  transport.command(jobId, "resume");
  const result = await running;
  expect(result).toMatchObject({ state: "completed", completed: 2, failed: 0 });
  const seen = await Promise.all(result.clips.map(({ file }) => lookAt(`${outDir}/${file}`)));
  expect(seen).toEqual([0, 1].map(() => expect.objectContaining({ videoSec: 1, width: 640, complaints: "" })));
  expect(setup.running()).toEqual([]);
  expect(look()).toEqual([]);
});

test("a job that is paused can be canceled", async () => {
  const setup = setupRun(media);
  const { transport, registryDir } = setup;
  let runIds: ReadonlySet<string> = new Set();
  transport.watch(({ job_id, data }) => {
    if (data.step === "rendering") {
      runIds = runIdsIn(registryDir);
      transport.command(job_id, "pause");
    } else if (data.new_state === "paused") {
      transport.command(job_id, "cancel");
    }
  });
  const options = { scenes: SCENES, styles: ["busy"], extraStyles: [BUSY], maxParallel: 1 };
  expect(await setup.run({ input: input(), ...options })).toMatchObject({ state: "canceled", canceled: 2 });
  expect(setup.files()).toEqual([]);
  expect(runningFfmpegs(runIds)).toEqual([]);
});

test("a pause while scenes are looked for is a pause", async () => {
  const setup = setupRun(media);
  const { transport } = setup;
  // Long enough to be met.
  const ffmpegPath = writeFakeFfmpeg(media.at("slow-ffmpeg"), 'case "$*" in *scdet*) sleep 0.5;; esac');
  const states: unknown[] = [];
  transport.watch(({ job_id, type, data }) => {
    if (type === "stage.started" && data.stage === "finding_scenes") transport.command(job_id, "pause");
    if (data.new_state === "paused") transport.command(job_id, "resume");
    if (type === "job.state_changed") states.push(data.new_state);
  });
  expect(await setup.run({ input: input(), styles: ["original"], ffmpegPath })).toMatchObject({
    state: "completed",
    completed: 1,
  });
  expect(states.slice(0, 2)).toEqual(["running", "paused"]);
});
