import { expect, test } from "vitest";
import { checkScenes, parseScenes } from "./scenes.ts";

const one = { scene_id: "1", title: "Scene 1", start_sec: 0, end_sec: 12.5 };

test.each([
  { name: "a list", given: [{ start_sec: 0, end_sec: 12.5 }] },
  { name: "an object with scenes", given: { scenes: [{ start_sec: 0, end_sec: 12.5 }] } },
  { name: "shorter names", given: [{ start: 0, end: 12.5 }] },
  { name: "timecodes", given: [{ start: "0", end: "00:00:12.5" }] },
  { name: "minutes", given: [{ start: "0:00", end: "0:12.5" }] },
  { name: "a number as its id", given: [{ id: 1, start: 0, end: 12.5 }] },
  { name: "what it does not know beside it", given: [{ start: 0, end: 12.5, mood: "calm" }] },
  { name: "what it gave", given: [one] },
])("reads $name", ({ given }) => {
  expect(parseScenes(given)).toEqual([one]);
});

test("ids are counted, titles are taken, hours are read", () => {
  expect(parseScenes([one, { title: "End", start: "1:00:00", end: "1:00:05" }])[1]).toEqual({
    scene_id: "2",
    title: "End",
    start_sec: 3_600,
    end_sec: 3_605,
  });
});

test.each([
  { given: null, says: "scenes: expected a list of scenes" },
  { given: "0-12", says: "scenes: expected a list of scenes" },
  { given: { scenes: {} }, says: "scenes: expected a list of scenes" },
  { given: [], says: "scenes: expected at least one scene, got none" },
  { given: [{}], says: "scenes[0]: expected start_sec" },
  { given: [{ start_sec: 0 }], says: "scenes[0]: expected end_sec" },
  { given: [{ start: "soon", end: 1 }], says: 'scenes[0].start: expected seconds, or a timecode such as "00:01:02.5"' },
  { given: [{ start: 0, end: Number.NaN }], says: "scenes[0].end: expected seconds" },
  { given: [{ start: 0, end: Number.POSITIVE_INFINITY }], says: "scenes[0].end: expected seconds" },
  { given: [{ ...one, scene_id: "a/b" }], says: "scenes[0].scene_id: expected 1 to 40 letters" },
  { given: [{ ...one, title: "x".repeat(201) }], says: "scenes[0].title: " },
])("refuses $given", ({ given, says }) => {
  expect(() => parseScenes(given)).toThrow(
    expect.objectContaining({
      code: "scenes_invalid",
      message: expect.stringContaining(`the scenes are wrong: ${says}`),
    }),
  );
});

const scene = (scene_id: string, start_sec: number, end_sec: number) => ({ scene_id, title: "", start_sec, end_sec });

test("a rounding over the end, or into the next scene, is none", () => {
  const list = [scene("1", 0, 5.0004), scene("2", 5, 10.4)];
  expect(checkScenes(list, 10)).toEqual([list[0], { ...list[1], end_sec: 10 }]);
});

test("a video that is shorter than the shortest scene is one", () => {
  expect(checkScenes([scene("1", 0, 0.04)], 0.04)).toHaveLength(1);
});

test.each([
  { name: "before the video", given: [scene("1", -1, 1)], says: "scene 1 starts at -1 s, before the video" },
  { name: "no length", given: [scene("1", 1, 1)], says: "scene 1 is 0 s long; at least 0.1 s are needed" },
  { name: "hardly any", given: [scene("1", 9.97, 10.3)], says: "scene 1 is 0.03 s long; at least 0.1 s are needed" },
  { name: "behind the end", given: [scene("1", 10, 11)], says: "scene 1 starts at 10 s, but the video ends at 10 s" },
  { name: "over the end", given: [scene("1", 9, 10.6)], says: "scene 1 ends at 10.6 s, but the video ends at 10 s" },
  { name: "the same id", given: [scene("1", 0, 1), scene("1", 1, 2)], says: "scene 1 is there twice" },
  {
    name: "inside another",
    given: [scene("1", 0, 4), scene("2", 1, 2)],
    says: "scene 2 starts at 1 s, inside scene 1",
  },
])("refuses $name", ({ given, says }) => {
  expect(() => checkScenes(given, 10)).toThrow(
    expect.objectContaining({ code: "scenes_invalid", message: `the scenes are wrong: ${says}` }),
  );
});

test("all faults are kept, the first are told", () => {
  const given = [scene("1", -1, 0.5), scene("2", 3, 2), scene("3", 1, 99), scene("4", 100, 101)];
  expect(() => checkScenes(given, 10)).toThrow(
    expect.objectContaining({
      message: expect.stringMatching(/^[^;]+;[^;]+;[^;]+; and \d more$/),
      detail: { faults: expect.arrayContaining([expect.stringContaining("scene 4")]) },
    }),
  );
});
