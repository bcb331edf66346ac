import { writeFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { writeFakeFfmpeg } from "../../fixtures/fake-ffmpeg.ts";
import { createMediaFolder } from "../../fixtures/media-folder.ts";
import { setupBulk, TINY, TINY_VIDEO } from "../../fixtures/setup-bulk.ts";
import { waitUntil } from "../../fixtures/wait-until.ts";

const media = createMediaFolder();
afterAll(() => media.remove());

const ROWS = "name\none\ntwo\nthree\n";
/** Takes a minute, unless it is stopped. */
const LONG = {
  video: { ...TINY_VIDEO, width: 1280, height: 720, frame_rate: 60 },
  title: { text: "{{name}}", duration_sec: 600 },
};

function start(template: object) {
  const setup = setupBulk(media);
  const ids: string[] = [];
  const running = setup.run(ROWS, template, { maxParallel: 1, onJob: (id) => ids.push(id) });
  const facts = () => setup.transport.facts();
  const stateIs = (state: string) => facts().some(({ data }) => data.new_state === state);
  return {
    ...setup,
    running,
    facts,
    stateIs,
    command: (verb: "pause" | "resume" | "cancel") => setup.transport.command(ids[0] ?? "", verb),
  };
}

test("paused, resumed: it goes on where it was, and all is made", async () => {
  const { facts, stateIs, command, running } = start(TINY);
  await waitUntil("it works", () => facts().some(({ data }) => data.step === "gathering"));
  command("pause");
  await waitUntil("paused", () => stateIs("paused"));
  const before = facts().filter(({ type }) => type === "video.completed").length;
  expect(before).toBeLessThan(3);
  command("resume");
  expect(await running).toMatchObject({ state: "completed", completed: 3 });
});

test("canceled in the middle of a video: nothing of it is left, what waits is canceled", async () => {
  const { facts, command, running, files } = start(LONG);
  await waitUntil("it renders", () => facts().some(({ data }) => data.step === "rendering"));
  command("cancel");
  expect(await running).toMatchObject({ state: "canceled", completed: 0, canceled: 3, failed: 0 });
  expect(files()).toEqual([]);
  expect(facts().filter(({ type }) => type === "video.canceled")).toHaveLength(3);
});

test("a killed ffmpeg is tried again, with what was gathered before", async () => {
  const setup = setupBulk(media);
  const seen = media.at("seen");
  const ffmpegPath = writeFakeFfmpeg(
    media.at("ffmpeg"),
    // The first that writes a video is killed, as by the system when memory runs out.
    `case "$*" in *libx264*) if [ ! -e "${seen}" ]; then touch "${seen}"; kill -9 $$; fi;; esac`,
  );
  const result = await setup.run("name\none\n", TINY, { ffmpegPath });
  expect(result).toMatchObject({ state: "completed", completed: 1 });
  const retried = setup.transport.facts().filter(({ type }) => type === "task.retried");
  expect(retried.map(({ data }) => data.error_code)).toEqual(["ffmpeg_killed"]);
  expect(setup.files()).toHaveLength(3);
});

test("a folder that goes away ends the job, for no other video could be made", async () => {
  const setup = setupBulk(media);
  const ffmpegPath = writeFakeFfmpeg(
    media.at("ffmpeg-full"),
    'case "$*" in *libx264*) echo "[error] av_interleaved_write_frame(): No space left on device" >&2; exit 1;; esac',
  );
  const result = await setup.run(ROWS, TINY, { ffmpegPath, maxParallel: 1 });
  expect(result).toMatchObject({ state: "failed", failed: 1, canceled: 2, error: { code: "disk_full" } });
  expect(setup.files()).toEqual([]);
});

test("a folder with a journal of somebody else's, and a machine without fonts, are refused before there is a job", async () => {
  const setup = setupBulk(media);
  writeFileSync(`${setup.outDir}/manifest.ndjson`, "mine\n");
  await expect(setup.run(ROWS, TINY)).rejects.toMatchObject({ code: "output_unwritable" });
  const before = process.env.FONTCONFIG_FILE;
  writeFileSync(media.at("fonts.conf"), "<fontconfig></fontconfig>");
  process.env.FONTCONFIG_FILE = media.at("fonts.conf");
  try {
    await expect(setup.run(ROWS, TINY)).rejects.toMatchObject({ code: "ffmpeg_unsuitable" });
  } finally {
    if (before === undefined) delete process.env.FONTCONFIG_FILE;
    else process.env.FONTCONFIG_FILE = before;
  }
  expect(setup.transport.facts()).toEqual([]);
});
