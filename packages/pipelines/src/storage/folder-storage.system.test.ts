import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PlayheadError } from "@playhead/sdk";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createFolderStorage } from "./folder-storage.ts";

let root: string;
let file: string;
const content = Buffer.alloc(3_000_000, "playhead ");

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "playhead-storage-"));
  file = join(root, "clip.mp4");
  writeFileSync(file, content);
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

const open = (folder = join(root, "out")) =>
  createFolderStorage({ folder, publicUrl: "https://media.example/base/", registryDir: join(root, "runs") });

test("a file arrives whole, with its address, its checksum and progress in bytes", async () => {
  const sent: number[] = [];
  const stored = await open().put("job 1/clip.mp4", file, {
    signal: new AbortController().signal,
    onProgress: (bytes) => sent.push(bytes),
  });
  expect(stored).toEqual({
    key: "job 1/clip.mp4",
    url: "https://media.example/base/job%201/clip.mp4",
    size_bytes: content.length,
    sha256: createHash("sha256").update(content).digest("hex"),
  });
  expect(readFileSync(join(root, "out/job 1/clip.mp4")).equals(content)).toBe(true);
  expect(sent.at(-1)).toBe(content.length);
  expect(sent).toEqual(sent.toSorted((a, b) => a - b));
  expect(readdirSync(join(root, "out/job 1"))).toEqual(["clip.mp4"]);
});

test("one that is canceled midway leaves nothing, and what was there before stays", async () => {
  mkdirSync(join(root, "out"));
  writeFileSync(join(root, "out/clip.mp4"), "before");
  const canceling = new AbortController();
  const reason = new PlayheadError("canceled", "canceled: enough");
  const put = open().put("clip.mp4", file, {
    signal: canceling.signal,
    onProgress: () => canceling.abort(reason),
  });
  await expect(put).rejects.toBe(reason);
  expect(readdirSync(join(root, "out"))).toEqual(["clip.mp4"]);
  expect(readFileSync(join(root, "out/clip.mp4"), "utf8")).toBe("before");
});

test.each(["../clip.mp4", "a/../../clip.mp4", "", "a\\b"])("the key %j is refused", async (key) => {
  await expect(open().put(key, file, { signal: new AbortController().signal })).rejects.toMatchObject({
    code: "validation_error",
  });
});

test("a folder that cannot be made is said to be unwritable", async () => {
  await expect(
    open(join(file, "out")).put("clip.mp4", file, { signal: new AbortController().signal }),
  ).rejects.toMatchObject({
    code: "output_unwritable",
  });
});
