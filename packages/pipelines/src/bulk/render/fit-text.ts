/** Text in lines that fit into a box. */
export interface FittedText {
  readonly sizePx: number;
  readonly lines: readonly string[];
}

/** How much wider lines are than a letter is high, for the letters of common fonts; rather too wide than too narrow. */
const LETTER_WIDTH = 0.58;
/** East Asian letters, and pictures, fill a square. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const LINE_HEIGHT = 1.2;
const MIN_SIZE_PX = 4;
const SHRINK = 0.9;

/**
 * Breaks a text into lines, and makes it smaller until all of it fits. Where words have no spaces between, or are wider
 * than the box, it breaks within them.
 */
export function fitText(text: string, widthPx: number, heightPx: number, wantedSizePx: number): FittedText {
  for (let sizePx = wantedSizePx; ; sizePx = Math.max(MIN_SIZE_PX, sizePx * SHRINK)) {
    const lines = wrap(text, widthPx / sizePx);
    if (lines.length * LINE_HEIGHT * sizePx <= heightPx) return { sizePx: Math.round(sizePx * 10) / 10, lines };
    if (sizePx > MIN_SIZE_PX) continue;
    // It can be read no smaller: the rest does not fit.
    return { sizePx, lines: lines.slice(0, Math.max(1, Math.floor(heightPx / (LINE_HEIGHT * sizePx)))) };
  }
}

/** @param widthEm how wide a line may be, in heights of a letter */
function wrap(text: string, widthEm: number): readonly string[] {
  return text.split(/\r\n|[\n\r\u2028\u2029]/).flatMap((paragraph) => wrapParagraph(paragraph, widthEm));
}

function wrapParagraph(paragraph: string, widthEm: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of paragraph.split(/[ \t]+/).flatMap((each) => breakWord(each, widthEm))) {
    const longer = line === "" ? word.text : `${line}${word.isGlued ? "" : " "}${word.text}`;
    if (line !== "" && widthOf(longer) > widthEm) {
      lines.push(line);
      line = word.text;
    } else line = longer;
  }
  return [...lines, line];
}

/** Pieces of a word between which a line may end: none is wider than a line. */
function breakWord(word: string, widthEm: number): readonly { readonly text: string; readonly isGlued: boolean }[] {
  const pieces: { text: string; isGlued: boolean }[] = [];
  let piece = "";
  for (const letter of word) {
    const mayEnd = WIDE.test(letter) || widthOf(piece + letter) > widthEm;
    if (mayEnd && piece !== "") {
      pieces.push({ text: piece, isGlued: pieces.length > 0 });
      piece = "";
    }
    piece += letter;
  }
  return [...pieces, { text: piece, isGlued: pieces.length > 0 }];
}

function widthOf(text: string): number {
  let em = 0;
  for (const letter of text) em += WIDE.test(letter) ? 1 : LETTER_WIDTH;
  return em;
}
