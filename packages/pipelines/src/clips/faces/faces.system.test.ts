import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { insideShare, makeFaceScene, type Person, shownIn, standing, walking } from "../../../fixtures/face-scenes.ts";
import { lookAt } from "../../../fixtures/look-at.ts";
import { createMediaFolder, QUICK } from "../../../fixtures/media-folder.ts";
import { runIdsIn, runningFfmpegs } from "../../../fixtures/running-ffmpegs.ts";
import { linesOf, type RunSetup, setupRun } from "../../../fixtures/setup-run.ts";
import { prepare } from "../prepare.ts";
import { original } from "../styles/original.ts";
import { STYLES } from "../styles/registry.ts";
import type { StyleProcessor } from "../styles/style.ts";
import { DETECTOR_FRAME, missingFaceParts, openFaceDetector } from "./face-detector.ts";

const media = createMediaFolder();
const WALKER = walking(110, 530, 1, 3.4);
const WALK_SEC = 4.4;

beforeAll(() => {
  makeFaceScene(media, "walk.mp4", WALK_SEC, [WALKER]);
});
afterAll(() => media.remove());

const sceneOf = (start_sec: number, end_sec: number) => [{ scene_id: "1", title: "Part", start_sec, end_sec }];

/** The details of a step of a style's clip. */
function detailsOf({ transport }: RunSetup, style: string, step: string): Readonly<Record<string, unknown>> {
  const clip = transport.facts().find(({ type, data }) => type === "task.created" && data.style === style);
  const fact = transport.facts().find(({ data }) => data.task_id === clip?.data.task_id && data.step === step);
  return (fact?.data.details ?? {}) as Readonly<Record<string, unknown>>;
}

const warnings = ({ transport }: RunSetup) =>
  transport.records
    .filter(({ type, data }) => type === "log" && data.level === "warning")
    .map(({ data }) => data.message);

/** The threads that find faces in this process. */
function detectorThreads(): number {
  const threads = readdirSync("/proc/self/task");
  return threads.filter((id) => readFileSync(`/proc/self/task/${id}/comm`, "utf8").startsWith("playhead faces")).length;
}

test("the window follows a face: all of it is seen in 95 % of the frames, and every step is told as it happens", async () => {
  const setup = setupRun(media);
  const scenes = sceneOf(0.4, WALK_SEC);
  const result = await setup.run({ input: media.at("walk.mp4"), scenes, styles: ["intelligent", "center_focus"] });
  expect(result).toMatchObject({ state: "completed", completed: 2 });
  const [clip, still] = result.clips;
  // The test knows where the face is; where the window is, the ruler in the clip tells.
  const person: Person = { ...WALKER, at: (timeSec) => WALKER.at(timeSec + 0.4) };
  const frames = shownIn(`${setup.outDir}/${clip?.file}`);
  expect(frames).toHaveLength(100);
  expect(insideShare(frames, person)).toBeGreaterThanOrEqual(0.95);
  expect(insideShare(shownIn(`${setup.outDir}/${still?.file}`), person)).toBeLessThan(0.6);
  expect(await lookAt(`${setup.outDir}/${clip?.file}`)).toMatchObject({ width: 360, height: 640, complaints: "" });

  expect(linesOf(setup.transport, clip?.clip_id ?? "").filter((line) => line.startsWith("clip.progress"))).toEqual(
    [
      ...["extracting_segment", "detecting_faces", "face_detection_complete", "computing_camera_path"],
      ...["camera_path_complete", "computing_crop_windows", "rendering", "render_complete", "complete"],
    ].map((step) => `clip.progress ${step}`),
  );
  expect(detailsOf(setup, "intelligent", "face_detection_complete")).toMatchObject({
    ...{ faces: 1, frames: 8, frames_with_faces: 8, shots: 1 },
    ...{ confidence: expect.any(Number), confidence_min: expect.any(Number) },
  });
  const path = detailsOf(setup, "intelligent", "camera_path_complete");
  expect(path).toMatchObject({ keyframes: 9, shots: 1, moving_cameras: 1, shots_centered: 0, shots_whole: 0 });
  expect(path).not.toHaveProperty("fallback");
  expect(detailsOf(setup, "intelligent", "computing_crop_windows")).toMatchObject({
    ...{ window_width: 202, window_height: 360, windows: 1, width: 360, height: 640 },
  });
  expect(warnings(setup)).toEqual([]);
  expect(detectorThreads()).toBe(0);

  // The same again is there already.
  const again = await setupRun(media, setup.outDir).run({
    input: media.at("walk.mp4"),
    scenes,
    styles: ["intelligent"],
  });
  expect(again).toMatchObject({ state: "completed", completed: 0, skipped: 1 });
});

test("two speakers get a window each, found once for both styles; in one window they do not fit, which is said", async () => {
  const people = [standing(150, 66), standing(490, 66, true)];
  const input = makeFaceScene(media, "two.mp4", 2, people);
  const setup = setupRun(media);
  const styles = ["intelligent", "intelligent_split"];
  expect(await setup.run({ input, scenes: sceneOf(0, 2), styles })).toMatchObject({ state: "completed", completed: 2 });
  const found = styles.map((style) => detailsOf(setup, style, "face_detection_complete"));
  expect(found).toEqual([
    expect.objectContaining({ faces: 2, frames: 4 }),
    expect.objectContaining({ faces: 2, frames: 4 }),
  ]);
  expect(found.filter(({ shared }) => shared)).toHaveLength(1);
  expect(detailsOf(setup, "intelligent", "camera_path_complete")).toMatchObject({
    ...{ shots_whole: 1, fallback: "faces_do_not_fit" },
  });
  expect(detailsOf(setup, "intelligent_split", "camera_path_complete")).toMatchObject({ shots_of_two: 1 });
  expect(detailsOf(setup, "intelligent_split", "computing_crop_windows")).toMatchObject({ windows: 2 });
  expect(warnings(setup)).toEqual(["the faces do not fit into the window: the whole picture is shown"]);
  // Each of the panels has a face in it, and one only.
  const split = setup.files().find((name) => name.includes("split") && name.endsWith(".mp4"));
  const detector = await openFaceDetector();
  const counts = [0, 320].map(async (y) => {
    const picture = pictureOf(`${setup.outDir}/${split}`, `crop=360:320:0:${y}`);
    return (await detector.detect({ ...DETECTOR_FRAME, pixels: picture })).length;
  });
  expect(await Promise.all(counts)).toEqual([1, 1]);
  await detector.close();
  expect(detector.hasEnded()).toBe(true);
  await expect(detector.detect({ ...DETECTOR_FRAME, pixels: new Uint8Array(0) })).rejects.toMatchObject({
    ...{ code: "task_failed", message: "the face detector has ended: it was closed" },
  });
});

/** The first picture of a video, as the detector takes it. */
function pictureOf(path: string, filters: string): Uint8Array<ArrayBuffer> {
  const { width, height } = DETECTOR_FRAME;
  const shape = ["-vf", `${filters},scale=${width}:${height}`, "-pix_fmt", "rgb24", "-f", "rawvideo", "pipe:1"];
  const args = ["-nostdin", "-v", "error", "-i", `file:${path}`, "-frames:v", "1", ...shape];
  return Uint8Array.from(execFileSync("ffmpeg", args));
}

test("without faces the middle is shown, and with one speaker one window; both say so", async () => {
  const setup = setupRun(media);
  const nobody = makeFaceScene(media, "nobody.mp4", 1, []);
  const one = makeFaceScene(media, "one.mp4", 1, [standing(450)]);
  const input = media.make("both.mp4", "-i", nobody, "-i", one, "-filter_complex", "[0][1]concat=n=2", ...QUICK);
  const scenes = [...sceneOf(0, 1), { scene_id: "2", title: "One", start_sec: 1, end_sec: 2 }];
  const { clips } = await setup.run({ input, scenes, styles: ["intelligent_split"] });
  const told = setup.transport.facts().filter(({ data }) => data.step === "camera_path_complete");
  expect(new Set(told.map(({ data }) => (data.details as { fallback?: string }).fallback))).toEqual(
    new Set(["no_faces", "one_speaker"]),
  );
  expect(new Set(warnings(setup))).toEqual(
    new Set([
      "no faces were found: the middle of the picture is shown",
      "two people were not seen together: one window is shown",
    ]),
  );
  const [middle, window] = clips.map(({ file }) => shownIn(`${setup.outDir}/${file}`)[12]);
  expect([middle?.left, middle?.right]).toEqual([expect.closeTo(219, -1), expect.closeTo(421, -1)]);
  expect(((window?.left ?? 0) + (window?.right ?? 0)) / 2).toBeGreaterThan(400);
});

test.each(["cut.mp4", "cut.ts"])(
  "a cut inside of a scene (%s): the window is elsewhere in the very frame",
  async (name) => {
    const people = [standing(120), standing(500)];
    const shots = people.map((person, i) => {
      const filters = `drawbox=y=260:h=100:t=fill:c=${i === 0 ? "navy" : "yellow"}`;
      return makeFaceScene(media, `shot-${i}.mp4`, 1.2, [person], { filters });
    });
    const inputs = shots.flatMap((shot) => ["-i", shot]);
    const input = media.make(name, ...inputs, "-filter_complex", "[0][1]concat=n=2", ...QUICK);
    const setup = setupRun(media);
    const { clips } = await setup.run({ input, scenes: sceneOf(0.4, 2.2), styles: ["intelligent"] });
    const frames = shownIn(`${setup.outDir}/${clips[0]?.file}`);
    expect(frames).toHaveLength(45);
    const [before, after] = people.map(
      (person) => (shown: (typeof frames)[number]) => insideShare([shown], person) === 1,
    );
    expect(frames.map((frame) => [before?.(frame), after?.(frame)])).toEqual(frames.map((_, i) => [i < 20, i >= 20]));
    expect(detailsOf(setup, "intelligent", "camera_path_complete")).toMatchObject({ shots: 2, still_cameras: 2 });
  },
);

test("pictures that are turned and have oblong pixels are looked at as they are shown", async () => {
  const person = standing(480);
  const flat = makeFaceScene(media, "flat.mp4", 1, [person], { filters: "scale=320:360,setsar=2,transpose=1" });
  const input = media.make("turned.mp4", "-i", flat, "-metadata:s:v", "rotate=90", "-c", "copy");
  const setup = setupRun(media);
  const { clips } = await setup.run({ input, scenes: sceneOf(0, 1), styles: ["intelligent"] });
  expect(insideShare(shownIn(`${setup.outDir}/${clips[0]?.file}`), person)).toBe(1);
});

test.each([
  { step: "detecting_faces", when: "while faces are looked for" },
  { step: "computing_crop_windows", when: "as the rendering begins" },
])("a cancel $when leaves nothing: no file, no ffmpeg, no thread", async ({ step }) => {
  const setup = setupRun(media);
  let runIds: ReadonlySet<string> = new Set();
  setup.transport.watch(({ job_id, data }) => {
    if (data.step !== step) return;
    runIds = new Set([...runIds, ...runIdsIn(setup.registryDir)]);
    setup.transport.command(job_id, "cancel");
  });
  const styles = ["intelligent", "intelligent_split"];
  const result = await setup.run({ input: media.at("walk.mp4"), scenes: sceneOf(0, WALK_SEC), styles });
  expect(result).toMatchObject({ state: "canceled", completed: 0, failed: 0 });
  expect(setup.files()).toEqual([]);
  expect(setup.running()).toEqual([]);
  expect(runningFfmpegs(runIds)).toEqual([]);
  expect(detectorThreads()).toBe(0);
});

test("a job that is paused while faces are looked for stands still, and goes on", async () => {
  const setup = setupRun(media);
  const states: unknown[] = [];
  let hasPaused = false;
  setup.transport.watch(({ job_id, type, data }) => {
    if (data.step === "detecting_faces" && !hasPaused) {
      hasPaused = true;
      setup.transport.command(job_id, "pause");
    }
    if (type === "job.state_changed") states.push(data.new_state);
    if (data.new_state === "paused") setup.transport.command(job_id, "resume");
  });
  const styles = ["intelligent", "intelligent_split"];
  const result = await setup.run({ input: media.at("walk.mp4"), scenes: sceneOf(0, WALK_SEC), styles });
  expect(result).toMatchObject({ state: "completed", completed: 2 });
  expect(states.slice(0, 2)).toEqual(["running", "paused"]);
});

test("a detector that breaks says so, and may be tried again", async () => {
  const detector = await openFaceDetector();
  const whole = detector.detect({ ...DETECTOR_FRAME, pixels: new Uint8Array(3 * 256 * 256) });
  expect(await whole).toEqual([]);
  const broken = detector.detect({ ...DETECTOR_FRAME, pixels: new Uint8Array(7) });
  await expect(broken).rejects.toMatchObject({ code: "task_failed", retryable: true });
  expect(detector.hasEnded()).toBe(true);
  await detector.close();
});

test("a style that lacks something here is left out, unless it was asked for: then it is refused", async () => {
  const lacking: StyleProcessor = {
    ...{ name: "lacking", title: "Lacking", cost: 1, size: original.size, filters: original.filters },
    director: { version: 1, missing: () => missingFaceParts(null), direct: async () => "null" },
  };
  const folders = { outDir: media.folder("out"), registryDir: media.folder("runs") };
  const options = { input: media.at("walk.mp4"), extraStyles: [lacking], ...folders };
  const prepared = await prepare(options);
  expect(prepared.leftOut).toEqual([lacking]);
  expect(prepared.styles.map(({ processor }) => processor)).toEqual(STYLES);
  await expect(prepare({ ...options, styles: ["lacking"] })).rejects.toMatchObject({ code: "part_missing" });
});

test("while faces are looked for, this thread is free: the work is the detector's own", async () => {
  const detector = await openFaceDetector();
  const { width, height } = DETECTOR_FRAME;
  const look = () => detector.detect({ width, height, pixels: new Uint8Array(width * height * 3).fill(128) });
  await look();
  // Time of the processor, not of the clock: how busy the machine is otherwise does not count.
  const sum = ({ user, system }: NodeJS.CpuUsage) => user + system;
  const [all, ours] = [process.cpuUsage(), process.threadCpuUsage()];
  for (let looks = 0; looks < 20; looks += 1) await look();
  const share = sum(process.threadCpuUsage(ours)) / sum(process.cpuUsage(all));
  await detector.close();
  expect(share).toBeLessThan(0.2);
});
