const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
/** East Asian wide and fullwidth letters, and what is drawn as a picture: two columns each. */
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|^\p{Emoji_Presentation}|\ufe0f/u;
const INVISIBLE = /^[\p{Mark}\p{Cf}]+$/u;
/** What a terminal would act upon instead of showing it. */
const CONTROL = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu;

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** How many columns of a terminal a text takes. The text must be free of control characters. */
export function textWidth(text: string): number {
  if (PRINTABLE_ASCII.test(text)) return text.length;
  let columns = 0;
  for (const { segment } of graphemes.segment(text)) columns += graphemeWidth(segment);
  return columns;
}

/** The text cut to at most `columns`; what is cut ends in `…`. */
export function truncateText(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  let kept = "";
  let left = columns - 1;
  for (const { segment } of graphemes.segment(text)) {
    left -= graphemeWidth(segment);
    if (left < 0) break;
    kept += segment;
  }
  return columns > 0 ? `${kept}…` : "";
}

/** The text without what would steer a terminal: titles and messages come from anywhere. */
export function printable(text: string): string {
  return PRINTABLE_ASCII.test(text) ? text : text.replace(CONTROL, " ");
}

function graphemeWidth(grapheme: string): number {
  if (INVISIBLE.test(grapheme)) return 0;
  return WIDE.test(grapheme) ? 2 : 1;
}
