import { measureLoudness, probe } from "@playhead/ffmpeg";
import { afterAll, expect, test } from "vitest";
import { createMediaFolder, pictures, QUICK } from "../../fixtures/media-folder.ts";
import { setupRun } from "../../fixtures/setup-run.ts";

const media = createMediaFolder();
afterAll(() => media.remove());

/** A video of 2 s with a sound that is made by an expression. */
function video(name: string, sound: string | null): string {
  const heard = sound === null ? [] : ["-f", "lavfi", "-i", `aevalsrc='${sound}':d=2:c=stereo:s=48000`];
  return media.make(`${name}.mp4`, ...pictures("160x90", 25, 2), ...heard, ...QUICK);
}

const SCENES = [
  { scene_id: "1", title: "First", start_sec: 0, end_sec: 1 },
  { scene_id: "2", title: "Second", start_sec: 1, end_sec: 2 },
];

/** How loud each clip is, and what the log says of it. */
async function loudnessOf(input: string, options: object = {}) {
  const { run, outDir, transport } = setupRun(media);
  const { state, clips } = await run({ input, scenes: SCENES, styles: ["original", "split"], ...options });
  expect(state).toBe("completed");
  const measured = await Promise.all(
    clips.map(async ({ file }) => {
      const [sound] = (await probe(`${outDir}/${file}`)).audio;
      if (sound === undefined) return null;
      return (await measureLoudness({ kind: "file", path: `${outDir}/${file}` }, sound)).integratedLufs;
    }),
  );
  const said = transport.records.filter(({ type, data }) => type === "log" && String(data.message).includes("sound"));
  return { measured, said: said.map(({ data }) => data.message).toSorted(), transport };
}

/** Loud in the first scene, quiet in the second. */
const TWO = "0.5*sin(2*PI*400*t)*lt(t,1)+0.03*sin(2*PI*400*t)*gte(t,1)";

test.each([undefined, -20])("each scene is brought to the loudness that is wanted (%s)", async (loudnessLufs) => {
  const target = loudnessLufs ?? -14;
  const { measured, said } = await loudnessOf(video("two", TWO), loudnessLufs === undefined ? {} : { loudnessLufs });
  expect(measured).toHaveLength(4);
  for (const lufs of measured) expect(Math.abs((lufs ?? 0) - target), JSON.stringify(measured)).toBeLessThan(1);
  // Each is measured once for all its clips.
  expect(said).toEqual([
    expect.stringMatching(new RegExp(`^the sound of scene 1 is at -\\d\\.?\\d? LUFS and is brought to ${target}$`)),
    expect.stringMatching(new RegExp(`^the sound of scene 2 is at -3\\d(\\.\\d)? LUFS and is brought to ${target}$`)),
  ]);
});

test("who does not want it gets the sound as it is, and another clip", async () => {
  const input = video("left", TWO);
  const { measured, said } = await loudnessOf(input, { loudnessLufs: null });
  expect(said).toEqual([]);
  expect((measured[0] ?? 0) - (measured[2] ?? 0)).toBeGreaterThan(20);
});

test.each([
  { name: "silence", sound: "0", says: /silent, or too short to be measured: it is left/ },
  { name: "a whisper", sound: "0.0005*sin(2*PI*400*t)", says: /too quiet to be brought to -14: it is left/ },
])("$name is left as it is, and that is said", async ({ name, sound, says }) => {
  const { measured, said } = await loudnessOf(video(name.replace(" ", "-"), sound));
  expect(said).toEqual([expect.stringMatching(says), expect.stringMatching(says)]);
  for (const lufs of measured) expect(lufs ?? -99).toBeLessThan(-50);
});

test("where there is no sound nothing is measured, and nothing is said of it", async () => {
  const { measured, said, transport } = await loudnessOf(video("mute", null));
  expect([measured, said]).toEqual([[null, null, null, null], []]);
  expect(transport.records[0]?.data.metadata).not.toHaveProperty("loudness_lufs");
});

test.each([0, -60, Number.NaN])("a loudness of %d is refused", async (loudnessLufs) => {
  const { run, transport } = setupRun(media);
  await expect(run({ input: video("any", "0"), loudnessLufs })).rejects.toMatchObject({ code: "validation_error" });
  expect(transport.records).toEqual([]);
});
