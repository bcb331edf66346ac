import { expect, test } from "vitest";
import { reapLines } from "./reap.ts";

test.each([
  { name: "nothing to do", reaped: [], failed: [], expected: [] },
  {
    name: "a run that was under way",
    reaped: [{ runId: "r1", killedPids: [12], removedFiles: ["/a.part"] }],
    failed: [],
    expected: ["Cleaned up after a Playhead that was killed: ended 1 ffmpeg process, removed 1 partial file"],
  },
  {
    name: "several",
    reaped: [
      { runId: "r1", killedPids: [12, 13], removedFiles: ["/a.part"] },
      { runId: "r2", killedPids: [], removedFiles: ["/b.part"] },
    ],
    failed: [],
    expected: ["Cleaned up after a Playhead that was killed: ended 2 ffmpeg processes, removed 2 partial files"],
  },
  {
    name: "only the note of a run",
    reaped: [{ runId: "r1", killedPids: [], removedFiles: [] }],
    failed: [],
    expected: [],
  },
  {
    name: "one that could not be",
    reaped: [],
    failed: [{ runId: "r3", reason: "its process did not end within 10 s" }],
    expected: ["Could not clean up the run r3: its process did not end within 10 s; the next start tries again"],
  },
])("$name", ({ reaped, failed, expected }) => {
  expect(reapLines({ aliveRunIds: [], reaped, failed })).toEqual(expected);
});
