/** What is left of markup, by its name. */
const KEPT: ReadonlySet<string> = new Set(["i", "b", "u"]);

/**
 * Tags of SRT and WebVTT (`<i>`, `</font>`, `<c.loud>`, `<v Anna>`, `<00:01.500>`) and override blocks that some put into
 * SRT (`{\an8}`). What only looks like one (`a < b`, `<3`) is text.
 */
const MARKUP = /<(\/?)([a-zA-Z][\w-]*)(?:[\s.][^<>]*)?>|<\d\d:[\d:.]+>|\{\\[^{}]*\}/g;
const ENTITY = /&(amp|lt|gt|quot|apos|nbsp|lrm|rlm|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});/g;
const ENTITIES: Readonly<Record<string, string>> = {
  ...{ amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0", lrm: "\u200e", rlm: "\u200f" },
};
const CONTROLS = /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\u2028\u2029]/gu;

/**
 * A caption's lines as a text for ASS: italics, bold and underlines are kept, all else is what it says. Nothing in it can
 * be an override, or another event.
 */
export function assText(lines: readonly string[]): string {
  return lines.map(assLine).join("\\N");
}

function assLine(line: string): string {
  let text = "";
  let at = 0;
  for (const match of line.matchAll(MARKUP)) {
    text += escaped(line.slice(at, match.index));
    at = match.index + match[0].length;
    const [, slash, name = ""] = match;
    if (KEPT.has(name.toLowerCase())) text += `{\\${name.toLowerCase()}${slash === "/" ? 0 : 1}}`;
  }
  return text + escaped(line.slice(at));
}

/** A word joiner, which is not seen, takes from a backslash what it would do. */
function escaped(text: string): string {
  return decoded(text).replace(CONTROLS, " ").replaceAll("\\", "\\\u2060").replace(/[{}]/g, "\\$&");
}

function decoded(text: string): string {
  return text.replace(ENTITY, (whole, name: string) => {
    if (!name.startsWith("#")) return ENTITIES[name] ?? whole;
    const isHex = name[1] === "x" || name[1] === "X";
    const code = isHex ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : " ";
  });
}
