import { expect, test } from "vitest";
import { loudnessFilter } from "./loudness-filter.ts";
import { createLoudnessReader } from "./loudness-reader.ts";

function read(...chunks: readonly string[]) {
  const reader = createLoudnessReader();
  for (const chunk of chunks) reader.push(chunk);
  return reader.result();
}

test("the last sums count, the highest peak does, and lines may come in pieces", () => {
  const lines = ["frame:0 pts:0", "lavfi.r128.I=-30.5", "lavfi.r128.LRA=0.000", "lavfi.r128.true_peaks_ch0=0.500"];
  const more = "lavfi.r128.I=-20.250\nlavfi.r128.LRA=4.5\nlavfi.r128.true_peak=0.100\nlavfi.r128.M=-3";
  const text = `${lines.join("\n")}\n${more}`;
  for (const at of [0, 20, 33, text.length - 3]) {
    const seen = read(text.slice(0, at), text.slice(at));
    expect(seen).toMatchObject({ hasSound: true, integratedLufs: -20.25, rangeLu: 4.5 });
    expect(seen.truePeakDb).toBeCloseTo(-6.02, 2);
  }
});

test.each([
  { name: "nothing", text: "", expected: { hasSound: false, integratedLufs: null, truePeakDb: null } },
  {
    name: "silence",
    text: "lavfi.r128.I=-70.000\nlavfi.r128.true_peak=0.000\n",
    expected: { hasSound: true, integratedLufs: null, truePeakDb: null },
  },
  {
    name: "nonsense",
    text: "lavfi.r128.I=nan\nlavfi.r128.true_peak=-inf\nlavfi.r128.I=loud\n",
    expected: { hasSound: true, integratedLufs: null, truePeakDb: null },
  },
])("$name has no loudness, and gets no filter", ({ text, expected }) => {
  expect(read(text)).toMatchObject({ ...expected, rangeLu: 0 });
  expect(loudnessFilter(read(text), -14, { channels: 2, sampleRate: 48_000 })).toBeNull();
});

test("the filter gets what was measured", () => {
  const measured = { hasSound: true, integratedLufs: -30, rangeLu: 0, truePeakDb: -12.345 };
  expect(loudnessFilter(measured, -14, { channels: 6, sampleRate: 44_100 })).toBe(
    "aformat=channel_layouts=stereo,loudnorm=I=-14:TP=-1.5:LRA=11:measured_I=-30:measured_TP=-12.35:measured_LRA=0.1:" +
      "measured_thresh=-40:linear=true,aformat=channel_layouts=stereo:sample_rates=44100",
  );
});
