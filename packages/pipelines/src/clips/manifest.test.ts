import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { type ClipEntry, openManifest } from "./manifest.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function setup() {
  const folder = mkdtempSync(join(tmpdir(), "playhead-manifest-"));
  folders.push(folder);
  /** A clip with its files. */
  const clip = (id: string, changes: Partial<ClipEntry> = {}): ClipEntry => {
    writeFileSync(join(folder, `${id}.mp4`), "clip");
    writeFileSync(join(folder, `${id}.jpg`), "picture");
    return {
      ...{ clip_id: id, source_id: "source_1", scene_id: "1", scene_title: "One", style: "split" },
      ...{
        file: `${id}.mp4`,
        thumbnail: `${id}.jpg`,
        start_sec: 0,
        duration_sec: 1,
        width: 2,
        height: 2,
        size_bytes: 4,
      },
      ...changes,
    };
  };
  const content = () =>
    JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as { readonly clips: ClipEntry[] };
  return { folder, clip, content };
}

test("what one run adds, the next one finds", async () => {
  const { folder, clip, content } = setup();
  const first = await openManifest(folder);
  expect(await first.find("a")).toBeNull();
  const entry = clip("a");
  await first.add(entry);
  expect(content()).toEqual({ version: 1, sources: [], clips: [entry] });
  expect(await (await openManifest(folder)).find("a")).toEqual(entry);
  expect(readdirSync(folder)).toEqual(["a.jpg", "a.mp4", "manifest.json"]);
});

test("a clip counts as finished while its file is as it was left", async () => {
  const { folder, clip } = setup();
  const manifest = await openManifest(folder);
  for (const id of ["gone", "grown", "unpictured"]) await manifest.add(clip(id));
  rmSync(join(folder, "gone.mp4"));
  writeFileSync(join(folder, "grown.mp4"), "clip and more");
  rmSync(join(folder, "unpictured.jpg"));
  const again = await openManifest(folder);
  expect(await again.find("gone")).toBeNull();
  expect(await again.find("grown")).toBeNull();
  expect(await again.find("unpictured")).toMatchObject({ clip_id: "unpictured", thumbnail: null });
});

test("many at a time, from two runs, and none is lost", async () => {
  const { folder, clip, content } = setup();
  const [one, two] = [await openManifest(folder), await openManifest(folder)];
  await Promise.all(Array.from({ length: 20 }, (_, i) => one.add(clip(`a${i}`))));
  await Promise.all(Array.from({ length: 20 }, (_, i) => two.add(clip(`b${i}`))));
  expect(content().clips).toHaveLength(40);
  expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
});

test("scenes that were found are kept with the first clip, and only then", async () => {
  const { folder, clip } = setup();
  const manifest = await openManifest(folder);
  const found_scenes = [{ scene_id: "1", title: "One", start_sec: 0, end_sec: 1 }];
  manifest.keepScenes({ source_id: "source_1", name: "a.mp4", duration_sec: 1, found_scenes });
  expect(readdirSync(folder)).toEqual([]);
  await manifest.add(clip("a"));
  const again = await openManifest(folder);
  expect(again.foundScenes("source_1")).toEqual(found_scenes);
  expect(again.foundScenes("source_2")).toBeNull();
});

test.each([
  { name: "no JSON", given: "{" },
  { name: "something else", given: '{"name":"my app","version":"1.0.0"}' },
  { name: "a later version", given: '{"version":2,"sources":[],"clips":[]}' },
])("refuses $name by that name, and leaves it alone", async ({ given }) => {
  const { folder } = setup();
  writeFileSync(join(folder, "manifest.json"), given);
  await expect(openManifest(folder)).rejects.toMatchObject({ code: "output_unwritable", hint: expect.any(String) });
  expect(readFileSync(join(folder, "manifest.json"), "utf8")).toBe(given);
});

test.each(["../up.mp4", "a/b.mp4", "..", ""])("refuses a clip that leads out of the folder: %j", async (file) => {
  const { folder, clip } = setup();
  const entry = { ...clip("a"), file };
  writeFileSync(join(folder, "manifest.json"), JSON.stringify({ version: 1, sources: [], clips: [entry] }));
  await expect(openManifest(folder)).rejects.toMatchObject({ code: "output_unwritable" });
});

test("a clip that could not be written down is not written down with the next", async () => {
  const { folder, clip, content } = setup();
  const manifest = await openManifest(folder);
  // A folder in its place, so that it cannot be written.
  mkdirSync(manifest.partPath);
  await expect(manifest.add(clip("a"))).rejects.toMatchObject({ code: "output_unwritable" });
  rmdirSync(manifest.partPath);
  await manifest.add(clip("b"));
  expect(content().clips.map(({ clip_id }) => clip_id)).toEqual(["b"]);
});

test("a folder that is not there yet has no clips; one that cannot be written is told", async () => {
  const { folder, clip } = setup();
  const manifest = await openManifest(join(folder, "later"));
  expect(await manifest.find("a")).toBeNull();
  await expect(manifest.add(clip("a"))).rejects.toMatchObject({ code: "output_unwritable" });
});
