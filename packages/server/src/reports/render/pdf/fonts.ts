import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The faces of a report: text, text that stands out, and figures. */
export type Face = "text" | "strong" | "figures";

/** A piece of text that one font file has all characters of. */
export interface TextRun {
  readonly font: string;
  readonly text: string;
}

interface FontFile {
  readonly font: string;
  readonly file: string;
  readonly ranges: readonly (readonly [number, number])[];
}

/** What the document is asked. */
export interface FontDocument {
  registerFont(name: string, file: string): unknown;
}

/** Scripts, as the font files are cut; the first that has a character draws it. */
const SUBSETS = ["latin", "latin-ext", "cyrillic", "cyrillic-ext", "greek", "greek-ext", "vietnamese"];
const FACES: Readonly<Record<Face, { readonly family: string; readonly weight: number }>> = {
  text: { family: "inter", weight: 400 },
  strong: { family: "inter", weight: 600 },
  figures: { family: "jetbrains-mono", weight: 400 },
};
/** Stands for what no font here has: other scripts, symbols, and what cannot be seen. */
const UNKNOWN = "\u{fffd}";

/**
 * The fonts of a report, embedded: each face comes in files of one script each, of which only those are read that are
 * needed.
 */
export function createFonts(document: FontDocument) {
  const faces = new Map<Face, readonly FontFile[]>();
  const registered = new Set<string>();

  function filesOf(face: Face): readonly FontFile[] {
    const found = faces.get(face) ?? readFace(face);
    faces.set(face, found);
    return found;
  }

  return {
    /** Cuts a text into what each font draws. */
    runsOf(text: string, face: Face): readonly TextRun[] {
      const files = filesOf(face);
      const runs: { font: string; text: string }[] = [];
      for (const character of text) {
        const code = character.codePointAt(0) ?? 0;
        const has = (file: FontFile) => code >= 0x20 && file.ranges.some(([from, to]) => code >= from && code <= to);
        const file = files.find(has);
        const { font, file: place } = file ?? (files[0] as FontFile);
        if (!registered.has(font)) {
          registered.add(font);
          document.registerFont(font, place);
        }
        const drawn = file === undefined ? UNKNOWN : character;
        const last = runs.at(-1);
        if (last?.font === font) last.text += drawn;
        else runs.push({ font, text: drawn });
      }
      return runs;
    },
  };
}

function readFace(face: Face): readonly FontFile[] {
  const { family, weight } = FACES[face];
  const fileOf = (subset: string) =>
    new URL(import.meta.resolve(`@fontsource/${family}/files/${family}-${subset}-${weight}-normal.woff`));
  const json = readFileSync(new URL("../unicode.json", fileOf("latin")), "utf8");
  const ranges = JSON.parse(json) as Readonly<Record<string, string>>;
  return SUBSETS.flatMap((subset) => {
    const covered = ranges[subset];
    if (covered === undefined) return [];
    return [{ font: `${face} ${subset}`, file: fileURLToPath(fileOf(subset)), ranges: rangesOf(covered) }];
  });
}

/** Reads `U+0000-00FF,U+0131`. */
function rangesOf(text: string): readonly (readonly [number, number])[] {
  return text.split(",").map((part) => {
    const [from = "", to = from] = part.trim().slice(2).split("-");
    return [Number.parseInt(from, 16), Number.parseInt(to, 16)] as const;
  });
}
