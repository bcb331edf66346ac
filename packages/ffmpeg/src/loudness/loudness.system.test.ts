import { afterAll, expect, test } from "vitest";
import { createMediaFolder } from "../../fixtures/media-files.ts";
import { planTask } from "../plan/plan.ts";
import { probe } from "../probe/probe.ts";
import { run } from "../run/run.ts";
import { loudnessFilter } from "./loudness-filter.ts";
import { measureLoudness } from "./measure-loudness.ts";

const media = createMediaFolder();
afterAll(() => media.remove());

/** A file of sound that a generator makes. */
function sound(name: string, graph: string, ...args: readonly string[]): string {
  return media.make(`${name}.mka`, "-f", "lavfi", "-i", graph, "-c:a", "pcm_s16le", ...args);
}

async function measured(path: string, durationSec?: number, startSec?: number) {
  const { audio } = await probe(path);
  const stream = audio[0];
  if (stream === undefined) throw new Error("expected sound");
  const input = { kind: "file", path, ...(durationSec && { durationSec }), ...(startSec && { startSec }) } as const;
  return { stream, input, loudness: await measureLoudness(input, stream) };
}

test("a sine at a quarter of full scale is as loud as the standard says, and is measured part by part", async () => {
  // EBU Tech 3341: a sine of 1 kHz at -23 dBFS in both channels is -23 LUFS.
  const path = sound("calibrated", "aevalsrc='pow(10,-23/20)*sin(2*PI*1000*t)*lt(t,4)':d=6:c=stereo:s=48000");
  const { loudness } = await measured(path, 4);
  expect(loudness.hasSound).toBe(true);
  expect(Math.abs((loudness.integratedLufs ?? 0) + 23)).toBeLessThan(0.2);
  expect(Math.abs((loudness.truePeakDb ?? 0) + 23)).toBeLessThan(0.2);
  expect((await measured(path, 1.5, 4.5)).loudness).toEqual({
    ...{ hasSound: true, integratedLufs: null, rangeLu: 0, truePeakDb: null },
  });
});

const TREMBLING = "(0.55+0.45*sin(2*PI*0.7*t))";
const CASES: readonly { name: string; graph: string; target: number; tolerance?: number }[] = [
  { name: "quiet", graph: `aevalsrc='0.02*sin(2*PI*300*t)*${TREMBLING}':d=5:c=stereo`, target: -14 },
  { name: "loud", graph: `aevalsrc='0.9*sin(2*PI*300*t)*${TREMBLING}':d=5:c=mono`, target: -23 },
  { name: "short", graph: "sine=d=0.8", target: -16 },
  {
    // Its peaks are in the way: it gets as near as they let it.
    name: "sharp",
    graph: "aevalsrc='0.05*sin(2*PI*500*t)+0.8*lt(mod(t,0.5),0.002)':d=6:c=stereo",
    ...{ target: -14, tolerance: 5 },
  },
  { name: "5.1", graph: "aevalsrc='0.05*sin(900*t)|0.05*sin(800*t)|0|0|0.05*sin(700*t)|0':d=4:c=5.1", target: -14 },
];

test.each(CASES)(
  "a $name sound comes out at $target LUFS, under full scale",
  async ({ name, graph, target, tolerance = 1 }) => {
    const path = sound(name, graph);
    const { stream, input, loudness } = await measured(path);
    const filter = loudnessFilter(loudness, target, stream);
    const output = media.at(`${name}-even.mp4`);
    const plan = planTask({
      inputs: [input],
      filterGraph: `[0:${stream.index}]${filter}[even]`,
      maps: ["[even]"],
      video: null,
      audio: { codec: "aac", kbps: 192 },
      output: { kind: "file", path: output, format: "mp4" },
    });
    await run(plan);
    const after = await measured(output);
    expect(Math.abs((after.loudness.integratedLufs ?? 0) - target), JSON.stringify(after.loudness)).toBeLessThan(
      tolerance,
    );
    expect(after.loudness.truePeakDb ?? 0).toBeLessThan(0.2);
    expect(after.stream).toMatchObject({ sampleRate: stream.sampleRate, channels: Math.min(2, stream.channels) });
  },
);
