import type { FrameSize } from "@playhead/ffmpeg";
import { assText } from "./captions-text.ts";
import type { Caption } from "./parse-captions.ts";

/** Large enough to be read on a phone, small enough for a line of some 30 letters. */
const [TEXT_TO_HEIGHT, TEXT_TO_WIDTH] = [0.06, 0.075];
/** Upright pictures are shown with buttons and names over their lower end. */
const [MARGIN_LANDSCAPE, MARGIN_PORTRAIT] = [0.06, 0.16];

const STYLE_FIELDS =
  "Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, " +
  "StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding";
const EVENT_FIELDS = "Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text";

/**
 * Captions as a file that ffmpeg's `ass` filter draws: white with a dark edge, at the lower end, as large as suits the
 * picture.
 *
 * @param captions by the time of the picture
 */
export function assDocument(captions: readonly Caption[], { width, height }: FrameSize): string {
  const size = Math.max(8, Math.round(Math.min(height * TEXT_TO_HEIGHT, width * TEXT_TO_WIDTH)));
  const edge = Math.max(1, Math.round(size / 12));
  const side = Math.round(width * 0.06);
  const low = Math.round(height * (height > width ? MARGIN_PORTRAIT : MARGIN_LANDSCAPE));
  const white = "&H00FFFFFF";
  // The last field: which way a line is read is told by its letters.
  const style = `Default,Sans,${size},${white},${white},&H00101010,&H80000000,-1,0,0,0,100,100,0,0,1,${edge},0,2,${side},${side},${low},-1`;
  return [
    ...["[Script Info]", "ScriptType: v4.00+", `PlayResX: ${width}`, `PlayResY: ${height}`, "WrapStyle: 0"],
    ...["ScaledBorderAndShadow: yes", "YCbCr Matrix: None", ""],
    ...["[V4+ Styles]", `Format: ${STYLE_FIELDS}`, `Style: ${style}`, ""],
    ...["[Events]", `Format: ${EVENT_FIELDS}`],
    ...captions.map(eventOf),
    "",
  ].join("\n");
}

function eventOf({ startSec, endSec, lines }: Caption): string {
  const start = Math.floor(startSec * 100);
  const end = Math.max(start + 1, Math.ceil(endSec * 100));
  return `Dialogue: 0,${timeOf(start)},${timeOf(end)},Default,,0,0,0,,${assText(lines)}`;
}

/** `0:01:02.50` of hundredths of a second. */
function timeOf(hundredths: number): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const secs = Math.floor(hundredths / 100);
  return `${Math.floor(secs / 3_600)}:${two(Math.floor(secs / 60) % 60)}:${two(secs % 60)}.${two(hundredths % 100)}`;
}

/** The captions of a part of a video, by the part's own time. */
export function captionsWithin(captions: readonly Caption[], startSec: number, endSec: number): readonly Caption[] {
  return captions
    .filter((caption) => caption.startSec < endSec && caption.endSec > startSec)
    .map((caption) => ({
      ...caption,
      startSec: Math.max(0, caption.startSec - startSec),
      endSec: Math.min(endSec, caption.endSec) - startSec,
    }));
}
