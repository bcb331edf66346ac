import PDFDocument from "pdfkit";
import { INK } from "../chart-shapes.ts";
import { createFonts, type Face, type TextRun } from "./fonts.ts";

/** How a piece of text is set. */
export interface TextStyle {
  readonly face: Face;
  readonly size: number;
  /** @defaultValue the ink of text */
  readonly colour?: string;
}

/** What a part of the document is, to those who hear it. */
export type Tag = "H1" | "H2" | "P" | "Figure" | "Table" | "TR" | "TH" | "TD" | "Sect";
type Element = PDFKit.PDFStructureElement;

export interface TagOptions {
  /** What a figure shows, in words. */
  readonly alt?: string;
  /** What a head is the head of. */
  readonly scope?: "Column";
}

export interface SheetOptions {
  readonly title: string;
  readonly createdAt: Date;
}

const HEADING: TextStyle = { face: "strong", size: 11 };
/** Points. */
export const MARGIN = 42;
const FOOT = 28;
/** So that text that is copied is what was written, and one character is one. */
const FEATURES = { liga: false, calt: false, clig: false, dlig: false } as never;
const LINE = 1.35;

/**
 * A document that is drawn from top to bottom: it knows where it is, begins a page where there is no room, and tells what
 * each part is. Nothing else places anything.
 */
export function createSheet({ title, createdAt }: SheetOptions) {
  const document = new PDFDocument({
    size: "A4",
    // Rooms for words are ours to give: the document is never to begin a page by itself.
    margin: 0,
    bufferPages: true,
    pdfVersion: "1.7",
    tagged: true,
    displayTitle: true,
    lang: "en",
    info: { Title: title, Author: "Playhead", Creator: "Playhead", CreationDate: createdAt },
    // The first font is one of ours: without it the document has one that is not embedded.
    font: "",
  });
  const fonts = createFonts(document);
  const root = document.struct("Document");
  document.addStructure(root);
  const width = document.page.width - 2 * MARGIN;
  const bottom = document.page.height - MARGIN - FOOT;
  let y = MARGIN;

  /** Widths at 1,000 points: laying text out is most of what a document costs. */
  const widths = new Map<string, number>();

  function widthOfRun({ font, text }: TextRun, size: number): number {
    const key = `${font} ${text}`;
    const known = widths.get(key);
    const width = known ?? document.font(font).fontSize(1_000).widthOfString(text, { features: FEATURES });
    if (known === undefined) widths.set(key, width);
    return (width * size) / 1_000;
  }

  /** How wide a text is. */
  function widthOf(text: string, { face, size }: TextStyle): number {
    return fonts.runsOf(text, face).reduce((sum, run) => sum + widthOfRun(run, size), 0);
  }

  /** Sets one line, its upper edge at `top`. */
  function put(text: string, x: number, top: number, style: TextStyle): void {
    let at = x;
    for (const run of fonts.runsOf(text, style.face)) {
      document
        .font(run.font)
        .fontSize(style.size)
        .fillColor(style.colour ?? INK.text);
      const options = { lineBreak: false, features: FEATURES };
      document.text(run.text, at, top, options);
      at += widthOfRun(run, style.size);
    }
  }

  /** Cuts a text into lines no wider than this; also within a word that is wider. */
  function wrap(text: string, style: TextStyle, within: number): readonly string[] {
    const lines: string[] = [];
    let line = "";
    for (const word of text.split(/(?<=[\s\-_./:])/)) {
      if (widthOf((line + word).trimEnd(), style) <= within) {
        line += word;
        continue;
      }
      if (line !== "") lines.push(line.trimEnd());
      line = "";
      for (const character of word) {
        if (line !== "" && widthOf(line + character, style) > within) {
          lines.push(line);
          line = "";
        }
        line += character;
      }
    }
    return [...lines, line.trimEnd()];
  }

  /** Draws something that is to be heard as this. */
  function tagged(parent: Element, tag: Tag, draw: () => void, options: TagOptions = {}): void {
    const element = document.struct(tag, options);
    parent.add(element);
    mark(element, tag, draw);
    element.end();
  }

  function mark(element: Element, tag: Tag, draw: () => void): void {
    const content = document.markStructureContent(tag);
    draw();
    document.endMarkedContent();
    element.add(content);
  }

  /** Draws something that nobody has to hear of. */
  function unheard(draw: () => void): void {
    document.markContent("Artifact", { type: "Layout" });
    draw();
    document.endMarkedContent();
  }

  function begin(parent: Element, tag: Tag): Element {
    const element = document.struct(tag);
    parent.add(element);
    return element;
  }

  return {
    document,
    root,
    width,
    bottom,
    begin,
    tagged,
    unheard,
    put,
    wrap,
    widthOf,
    y: () => y,
    skip(by: number): void {
      y += by;
    },
    /** Begins a page unless there is this much room. @returns whether it did */
    need(height: number): boolean {
      if (y + height <= bottom) return false;
      document.addPage();
      y = MARGIN;
      return true;
    },
    /** Sets a paragraph, over as many lines and pages as it takes. */
    paragraph(parent: Element, tag: Tag, text: string, style: TextStyle): void {
      const element = begin(parent, tag);
      for (const line of wrap(text, style, width)) {
        this.need(style.size * LINE);
        mark(element, tag, () => put(line, MARGIN, y, style));
        y += style.size * LINE;
      }
      element.end();
    },
    /** Sets the title of a part. */
    heading(parent: Element, text: string): void {
      this.paragraph(parent, "H2", text, HEADING);
    },
    /** Draws what stands at the foot of each page, and ends. @returns the document's bytes */
    async end(foot: (page: number, pages: number) => void): Promise<Uint8Array> {
      const { count } = document.bufferedPageRange();
      for (let page = 0; page < count; page += 1) {
        document.switchToPage(page);
        document.markContent("Artifact", { type: "Pagination", attached: ["Bottom"] });
        foot(page + 1, count);
        document.endMarkedContent();
      }
      root.end();
      const pieces: Uint8Array[] = [];
      const done = Promise.withResolvers<void>();
      document.on("data", (piece: Uint8Array) => pieces.push(piece));
      document.on("end", done.resolve);
      document.on("error", done.reject);
      document.end();
      await done.promise;
      return new Uint8Array(Buffer.concat(pieces));
    },
  };
}

export type Sheet = ReturnType<typeof createSheet>;
export type { Element };
