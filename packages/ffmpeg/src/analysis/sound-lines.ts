import type { LogLine } from "../diagnose/log-line.ts";
import { createSpanCollector, type Span } from "./span.ts";

/** How loud a sound is, by EBU R 128. */
export interface Loudness {
  /** Over the whole length; null when all of it is too quiet to be measured. */
  readonly integratedLufs: number | null;
  /** How much louder the loud parts are than the quiet ones. */
  readonly rangeLu: number;
  /** The loudest sample; null for digital silence. */
  readonly samplePeakDbfs: number | null;
}

/** What the filters found in the sound. */
export interface SoundFindings {
  /** null when none was measured. */
  readonly loudness: Loudness | null;
  /** @param endSec where the sound ends, for one that ends silent */
  silence(endSec: number): readonly Span[];
}

/** ffmpeg's word for "nothing was over the gate": below this there is no loudness. */
const GATE_LUFS = -70;

const SUMMARY = "Summary:";
const SILENCE = /^silence_(start|end): (-?[\d.]+)/;
const FIGURE = /^ {4}(I|LRA|Peak): +(-?[\d.]+|-inf|nan) (?:LUFS|LU|dBFS)$/;

/**
 * Reads what `ebur128=peak=sample` and `silencedetect` write to stderr. The figures of a summary stand on lines without
 * a component, so they count only below the filter's own headline: a file's metadata cannot pretend to be one.
 */
export function createSoundReader() {
  const silence = createSpanCollector();
  let figures: Record<string, number> | null = null;
  let isInSummary = false;

  function take({ component, text }: LogLine): void {
    if (component !== null) isInSummary = component.startsWith("Parsed_ebur128") && text === SUMMARY;
    // A filter that was set up twice tells twice; what counts is what it told last.
    if (component !== null && isInSummary) figures = {};
    if (component === "silencedetect") {
      const [, side, at] = SILENCE.exec(text) ?? [];
      if (side === "start") silence.begin(Number(at));
      else if (side === "end") silence.end(Number(at));
    }
    if (!isInSummary || figures === null) return;
    const [, name, value] = FIGURE.exec(text) ?? [];
    if (name !== undefined) figures[name] = value === "-inf" ? Number.NEGATIVE_INFINITY : Number(value);
  }

  return {
    take,
    findings: (): SoundFindings => ({
      loudness: figures === null ? null : loudnessOf(figures),
      silence: silence.spans,
    }),
  };
}

function loudnessOf({ I: integrated = GATE_LUFS, LRA = 0, Peak: peak }: Record<string, number>): Loudness {
  return {
    integratedLufs: integrated > GATE_LUFS ? integrated : null,
    rangeLu: Number.isFinite(LRA) ? LRA : 0,
    samplePeakDbfs: peak !== undefined && Number.isFinite(peak) ? peak : null,
  };
}
