import { createPlayhead } from "@playhead/sdk";
import { expect, test } from "vitest";
import { createRecordingTransport } from "../../fixtures/recording-transport.ts";
import { inputSchemaOf, parseInput } from "../job-kind.ts";
import { analyzeKind } from "./analyze-kind.ts";

test("its input is checked, and described for a form", () => {
  const input = { source: "https://example.com/feed.xml", top: 3, weights: { motion: 5 } };
  expect(parseInput(analyzeKind, input)).toEqual(input);
  expect(() => parseInput(analyzeKind, { weights: { fun: 1 }, top: 0 })).toThrow(
    expect.objectContaining({ code: "validation_error", message: expect.stringMatching(/input\.(?:weights|top)/) }),
  );
  expect(inputSchemaOf(analyzeKind)).toMatchObject({
    properties: { source: { title: "Feed or YouTube" }, files: { items: { format: "upload" } } },
  });
});

test.each([
  ["nothing", {}],
  ["a folder of the worker", { source: "/etc" }],
  ["two sources", { source: "https://example.com/", files: ["a.mp4"] }],
])("%s is no source for a job of the server", (_, input) => {
  const playhead = createPlayhead({ transport: createRecordingTransport() });
  const job = playhead.job({ kind: "analyze" });
  const work = {
    ...{ playhead, input },
    started: { job, signal: new AbortController().signal, retry_of: null } as never,
    place: {
      registryDir: "/nowhere",
      outDir: () => "/nowhere",
      urlOf: () => null,
      fileOf: (name: string) => name,
      ffmpegPath: undefined,
    },
  };
  expect(() => analyzeKind.run(work)).toThrow(expect.objectContaining({ code: "validation_error" }));
});
