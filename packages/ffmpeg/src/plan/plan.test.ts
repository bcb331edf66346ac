import { expect, test } from "vitest";
import { planTask } from "./plan.ts";
import type { FfmpegTask, OutputLength, TaskInput } from "./task.ts";

const file = (trim: object = {}): TaskInput => ({ kind: "file", path: "/in/a.mp4", ...trim });

const TASK: FfmpegTask = {
  inputs: [file()],
  video: { codec: "h264" },
  audio: { codec: "aac" },
  output: { kind: "file", path: "/out/a.mp4", format: "mp4" },
};

interface DurationCase {
  readonly name: string;
  readonly inputs: readonly TaskInput[];
  readonly length?: OutputLength;
  readonly expected: number | null;
}

const DURATIONS: readonly DurationCase[] = [
  { name: "a whole file", inputs: [file({ sourceDurationSec: 20 })], expected: 20 },
  { name: "a file of unknown length", inputs: [file({ sourceDurationSec: null })], expected: null },
  { name: "… from which so much is taken", inputs: [file({ startSec: 3, durationSec: 4 })], expected: 4 },
  { name: "a trim", inputs: [file({ startSec: 3, durationSec: 4, sourceDurationSec: 20 })], expected: 4 },
  {
    name: "a trim that goes past the end",
    inputs: [file({ startSec: 18, durationSec: 4, sourceDurationSec: 20 })],
    expected: 2,
  },
  { name: "from somewhere to the end", inputs: [file({ startSec: 15, sourceDurationSec: 20 })], expected: 5 },
  {
    name: "twice as fast",
    inputs: [file({ durationSec: 10 })],
    length: { kind: "first-input", speedRatio: 2 },
    expected: 5,
  },
  {
    name: "one after the other",
    inputs: [file({ durationSec: 2 }), file({ durationSec: 3 })],
    length: { kind: "sum-of-inputs" },
    expected: 5,
  },
  {
    name: "… with one unknown",
    inputs: [file({ durationSec: 2 }), file()],
    length: { kind: "sum-of-inputs" },
    expected: null,
  },
  {
    name: "an overlay is as long as its first input",
    inputs: [file({ durationSec: 2 }), file({ durationSec: 9 })],
    expected: 2,
  },
  { name: "made by ffmpeg itself", inputs: [{ kind: "generated", graph: "testsrc", durationSec: 60 }], expected: 60 },
  { name: "told", inputs: [file()], length: { kind: "fixed", durationSec: 7 }, expected: 7 },
  { name: "not to be known", inputs: [file({ durationSec: 2 })], length: { kind: "unknown" }, expected: null },
];

test.each(DURATIONS)("expected length: $name", ({ inputs, length, expected }) => {
  const plan = planTask({ ...TASK, inputs, ...(length === undefined ? {} : { length }) });
  expect(plan.expectedDurationSec).toBe(expected);
});

test("a part that begins behind the end is refused", () => {
  const inputs = [file({ startSec: 20, durationSec: 1, sourceDurationSec: 20 })];
  expect(() => planTask({ ...TASK, inputs })).toThrow(
    expect.objectContaining({
      code: "input_too_short",
      message: 'the part wanted begins at 20 s, but "a.mp4" is 20 s long',
    }),
  );
});

test("two passes share out the work", () => {
  const quality = { kind: "bitrate", kbps: 800, passes: 2 } as const;
  const { passes } = planTask({ ...TASK, video: { codec: "h264", quality } });
  expect(passes.map((pass) => pass.kind)).toEqual(["analyse", "encode"]);
  expect(passes.reduce((sum, pass) => sum + pass.weight, 0)).toBe(1);
  expect(planTask(TASK).passes).toEqual([{ kind: "encode", weight: 1 }]);
});

test.each([
  { name: "no input", given: { inputs: [] }, expected: "(inputs)" },
  { name: "no output stream", given: { video: null, audio: null }, expected: "neither" },
  { name: "no map", given: { maps: [] }, expected: "maps" },
  { name: "negative start", given: { inputs: [file({ startSec: -1 })] }, expected: "(inputs[0].startSec)" },
  { name: "start is no number", given: { inputs: [file({ startSec: Number.NaN })] }, expected: "(inputs[0].startSec)" },
  { name: "length of nothing", given: { inputs: [file({ durationSec: 0 })] }, expected: "(inputs[0].durationSec)" },
  {
    name: "endless length",
    given: { inputs: [file({ durationSec: Number.POSITIVE_INFINITY })] },
    expected: "(inputs[0].durationSec)",
  },
  {
    name: "more preroll than there is",
    given: { inputs: [file({ startSec: 1, prerollSec: 2 })] },
    expected: "(inputs[0].prerollSec)",
  },
  {
    name: "a preroll of one input of two",
    given: { inputs: [file({ startSec: 1, prerollSec: 1 }), file()] },
    expected: "(inputs[0].prerollSec)",
  },
  { name: "no path", given: { inputs: [file({ path: "" })] }, expected: "(inputs[0].path)" },
  { name: "a path with a zero in it", given: { inputs: [file({ path: "a\0b" })] }, expected: "(inputs[0].path)" },
  { name: "no output path", given: { output: { ...TASK.output, path: "" } }, expected: "(output.path)" },
  {
    name: "output over the input",
    given: { output: { ...TASK.output, path: "/in/../in/a.mp4" } },
    expected: "overwritten",
  },
  {
    name: "a fixed length of 0",
    given: { length: { kind: "fixed", durationSec: 0 } },
    expected: "(length.durationSec)",
  },
  { name: "a speed of 0", given: { length: { kind: "first-input", speedRatio: 0 } }, expected: "(length.speedRatio)" },
  { name: "half a frame", given: { maxFrames: 0.5 }, expected: "(maxFrames)" },
  { name: "no threads", given: { threads: 0 }, expected: "(threads)" },
])("refuses $name", ({ given, expected }) => {
  expect(() => planTask({ ...TASK, ...given } as FfmpegTask)).toThrow(
    expect.objectContaining({ code: "invalid_request", message: expect.stringContaining(expected) }),
  );
});
