import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createMediaFolder } from "../../fixtures/media-folder.ts";
import { setupMerge } from "../../fixtures/setup-merge.ts";
import type { Fit, MergeOptions } from "./merge-options.ts";

const media = createMediaFolder();
const at = (name: string) => media.at(name);
const two = () => [at("a.mp4"), at("a.mp4")];

beforeAll(() => {
  // What is refused here is refused before anybody opens it.
  writeFileSync(at("a.mp4"), "a");
  writeFileSync(at("empty.mp4"), "");
  mkdirSync(at("folder.mp4"));
  symlinkSync(at("a.mp4"), at("link.mp4"));
});
afterAll(() => media.remove());

test.each<readonly [name: string, code: string, message: RegExp, options: () => Partial<MergeOptions>]>([
  ["one input", "invalid_request", /at least 2 videos to merge, got 1/, () => ({ inputs: [at("a.mp4")] })],
  [
    "a missing input",
    "input_missing",
    /there is no file "none.mp4"/,
    () => ({ inputs: [at("a.mp4"), at("none.mp4")] }),
  ],
  ["an empty input", "input_empty", /"empty.mp4" is empty/, () => ({ inputs: [at("a.mp4"), at("empty.mp4")] })],
  ["a folder", "input_refused", /is a folder/, () => ({ inputs: [at("a.mp4"), at("folder.mp4")] })],
  ["another container", "invalid_request", /to end with .mp4, got "all.avi"/, () => ({ output: at("all.avi") })],
  [
    "an input as output",
    "invalid_request",
    /is one of the inputs itself/,
    () => ({ output: at("a.mp4"), replace: true }),
  ],
  ["… by a link", "invalid_request", /is one of the inputs itself/, () => ({ output: at("link.mp4"), replace: true })],
  [
    "an output that is there",
    "output_unwritable",
    /there is a file "empty.mp4" already/,
    () => ({ output: at("empty.mp4") }),
  ],
  [
    "a folder as output",
    "output_unwritable",
    /a folder has that name/,
    () => ({ output: at("folder.mp4"), replace: true }),
  ],
  ["an output below a file", "output_unwritable", /a\.mp4|cannot write/, () => ({ output: at("a.mp4/all.mp4") })],
  ["odd sides", "invalid_request", /even numbers .*, got 161 × 90/, () => ({ size: { width: 161, height: 90 } })],
  ["no rate", "invalid_request", /fps to be 1 to 120, got 0/, () => ({ fps: 0 })],
  ["an unknown fit", "invalid_request", /fit to be pad, crop, blur/, () => ({ fit: "stretch" as Fit })],
  ["no quality", "invalid_request", /crf of 0 to 51, got 52/, () => ({ target: { kind: "quality", crf: 52 } })],
  ["no size", "invalid_request", /bytes over 0, got 0/, () => ({ target: { kind: "size", maxBytes: 0 } })],
])("refused before there is a job: %s", async (_name, code, message, options) => {
  const { run, files, running, transport } = setupMerge(media);
  const refused = run({ inputs: two(), ...options() });
  await expect(refused).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  expect([files(), running(), transport.records]).toEqual([[], [], []]);
});
