import type { Template } from "../template/template.ts";
import { fitText } from "./fit-text.ts";

type Title = NonNullable<Template["title"]>;

export interface TitleWords {
  readonly text: string;
  readonly subtitle: string;
}

/** How high letters are where the template does not say, as a share of the picture. */
const TITLE_SIZE = 0.11;
/** Of the title's size. */
const SUBTITLE_SIZE = 0.5;
const MARGIN = 0.08;
/** Of the picture's height, for both together. */
const TEXT_HEIGHT = 0.8;

/** Where a text stands, as keys of a number pad. */
const ROW = { bottom: 0, middle: 3, top: 6 } as const;
const COLUMN = { left: 1, center: 2, right: 3 } as const;

/**
 * The title card as a script for libass: a file of ours, so that nothing of a text is ever part of ffmpeg's arguments.
 *
 * @param words its text and subtitle, with placeholders filled in
 * @param durationSec how long it stands
 */
export function textScript(video: Template["video"], title: Title, words: TitleWords, durationSec: number): string {
  const { text, subtitle } = words;
  const { width, height } = video;
  const box = { width: width * (1 - 2 * MARGIN), height: height * TEXT_HEIGHT };
  const size = title.size ?? height * TITLE_SIZE;
  const hasSubtitle = subtitle.trim() !== "";
  const first = fitText(text.trim(), box.width, hasSubtitle ? box.height * 0.65 : box.height, size);
  const second = hasSubtitle
    ? fitText(subtitle.trim(), box.width, box.height * 0.35, first.sizePx * SUBTITLE_SIZE)
    : null;
  const lines = [
    ...first.lines.map(plainText),
    // Tags of ours: plain text has none.
    ...(second === null ? [] : second.lines.map((line) => `{\\fs${second.sizePx}}${plainText(line)}`)),
  ];
  const [margin, marginV] = [Math.round(width * MARGIN), Math.round(height * MARGIN)];
  const style = [
    ...["Title", title.font, first.sizePx, colourOf(title.color), "&H00000000", 0, 0, 1, 0, 0],
    ...[ROW[title.position] + COLUMN[title.align], margin, margin, marginV],
  ];
  return [
    ...["[Script Info]", "ScriptType: v4.00+", `PlayResX: ${width}`, `PlayResY: ${height}`, "WrapStyle: 0", ""],
    "[V4+ Styles]",
    "Format: Name, Fontname, Fontsize, PrimaryColour, BackColour, Bold, Italic, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV",
    `Style: ${style.join(",")}`,
    "",
    "[Events]",
    "Format: Layer, Start, End, Style, MarginL, MarginR, MarginV, Effect, Text",
    `Dialogue: 0,0:00:00.00,${timeOf(durationSec)},Title,0,0,0,,${lines.join("\\N")}`,
    "",
  ].join("\n");
}

/**
 * A text in which libass finds nothing to obey: no tag begins, no backslash means anything, no line ends. A word joiner
 * behind a backslash is not seen, and makes it one.
 */
export function plainText(line: string): string {
  return line
    .replace(/[\p{Cc}\u2028\u2029]/gu, " ")
    .replaceAll("\\", "\\\u2060")
    .replace(/[{}]/g, "\\$&");
}

/** `&HAABBGGRR`, of `#rrggbb`. */
function colourOf(colour: string): string {
  const [red, green, blue] = [1, 3, 5].map((at) => colour.slice(at, at + 2).toUpperCase());
  return `&H00${blue}${green}${red}`;
}

/** `0:00:03.00`: hundredths of a second. */
function timeOf(sec: number): string {
  const hundredths = Math.ceil(sec * 100);
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  const rest = hundredths % 6_000;
  return `${Math.floor(hundredths / 360_000)}:${two((hundredths / 6_000) % 60)}:${two(rest / 100)}.${two(rest % 100)}`;
}
