/** How loud a sound is, by EBU R128. */
export interface MeasuredLoudness {
  /** Whether there was any sound, silent or not. */
  readonly hasSound: boolean;
  /** Integrated loudness; null for silence, and for what is shorter than the 0.4 s that a measurement needs. */
  readonly integratedLufs: number | null;
  readonly rangeLu: number;
  /** The highest true peak, in decibels under full scale; null for silence. */
  readonly truePeakDb: number | null;
}

export interface LoudnessReader {
  push(text: string): void;
  result(): MeasuredLoudness;
}

/** What the filter says where the gate let nothing pass. */
const FLOOR_LUFS = -70;
const LINE = /^lavfi\.r128\.(I|LRA|true_peak(?:s_ch\d+)?)=(-?[\d.]+|-?inf|nan)$/;

/** Reads what `ebur128` prints of each tenth of a second: the sums so far, so that the last ones count. */
export function createLoudnessReader(): LoudnessReader {
  let pending = "";
  let hasSound = false;
  let integrated = Number.NEGATIVE_INFINITY;
  let range = 0;
  let peak = 0;

  const take = (line: string) => {
    const [, name, text = ""] = LINE.exec(line) ?? [];
    if (name === undefined) return;
    hasSound = true;
    const value = Number(text);
    if (!Number.isFinite(value)) return;
    if (name === "I") integrated = value;
    else if (name === "LRA") range = value;
    else peak = Math.max(peak, value);
  };

  return {
    push(text) {
      const lines = (pending + text).split("\n");
      pending = lines.pop() ?? "";
      for (const line of lines) take(line);
    },
    result() {
      take(pending);
      pending = "";
      const isHeard = integrated > FLOOR_LUFS;
      return {
        hasSound,
        integratedLufs: isHeard ? integrated : null,
        rangeLu: isHeard ? range : 0,
        truePeakDb: peak > 0 ? 20 * Math.log10(peak) : null,
      };
    },
  };
}
