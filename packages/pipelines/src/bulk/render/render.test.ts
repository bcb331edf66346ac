import fc from "fast-check";
import { expect, test } from "vitest";
import { parseTemplate } from "../template/template.ts";
import { fitText } from "./fit-text.ts";
import { plainText, textScript } from "./text-script.ts";
import { timingOf } from "./timing.ts";
import { videoTask } from "./video-task.ts";

test("text is broken where words end, and made smaller until it fits", () => {
  expect(fitText("one two three", 100, 100, 20)).toEqual({ sizePx: 20, lines: ["one two", "three"] });
  const { sizePx, lines } = fitText("word ".repeat(60).trim(), 100, 100, 20);
  expect(sizePx).toBeLessThan(20);
  expect(lines.length * 1.2 * sizePx).toBeLessThanOrEqual(100);
  expect(lines.join(" ")).toBe("word ".repeat(60).trim());
  expect(fitText("漢字かな", 40, 100, 20).lines).toEqual(["漢字", "かな"]);
});

test("property: no line is wider than the box, and no letter is lost while there is room", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), fc.integer({ min: 50, max: 2_000 }), (text, width) => {
      const { sizePx, lines } = fitText(text, width, 100_000, 20);
      expect(sizePx).toBe(20);
      const letters = (given: string) => given.replace(/\s/g, "");
      expect(letters(lines.join(""))).toBe(letters(text));
      for (const line of lines)
        if ([...line].length > 1) expect([...line].length * 0.58 * 20).toBeLessThanOrEqual(width * 2);
    }),
  );
});

const SIGNS = fc.string({
  unit: fc.constantFrom("{", "}", "\\", "N", "n", "h", "p", "1", "&", ",", "\n", "\r", "\0", "a", " ", "\u2028"),
});

test("property: whatever a text says, libass finds in it no tag, no line end and no escape", () => {
  fc.assert(
    fc.property(SIGNS, (text) => {
      const plain = plainText(text);
      // What is left when what means itself is taken out.
      const rest = plain.replaceAll("\\\u2060", "").replace(/\\[{}]/g, "");
      expect(rest).not.toMatch(/[{}\\\p{Cc}\u2028]/u);
    }),
  );
});

test("property: a script has the one line of text that it should have", () => {
  const template = parseTemplate({ title: { text: "x" } });
  const title = template.title;
  if (title === undefined) throw new Error("no title");
  fc.assert(
    fc.property(SIGNS, SIGNS, (text, subtitle) => {
      const script = textScript(template.video, title, { text, subtitle }, 3);
      const lines = script.split("\n");
      expect(lines.filter((line) => /^(Dialogue|Style|Format|\[)/.test(line))).toHaveLength(7);
      expect(lines).toHaveLength(14);
    }),
  );
});

test.each([
  { name: "as the template says", pictures: 2, narration: null, expected: { titleSec: 3, pictureSec: 2, totalSec: 7 } },
  {
    name: "longer for the narration",
    pictures: 2,
    narration: 10.7,
    expected: { titleSec: 3, pictureSec: 4, totalSec: 11 },
  },
  {
    name: "no longer for a short one",
    pictures: 2,
    narration: 1,
    expected: { titleSec: 3, pictureSec: 2, totalSec: 7 },
  },
  { name: "the title alone", pictures: 0, narration: 9.7, expected: { titleSec: 10, pictureSec: 0, totalSec: 10 } },
])("$name", ({ pictures, narration, expected }) => {
  const template = parseTemplate({
    title: { text: "x" },
    images: { from: ["a"], duration_sec: 2 },
    video: { frame_rate: 10 },
  });
  expect(timingOf(template, pictures, narration)).toEqual(expected);
});

test("nothing of a row is in the arguments but the names of files that were found", () => {
  const template = parseTemplate({ title: { text: "{{evil}}" }, images: { from: ["{{evil}}"] } });
  const parts = { pictures: [{ path: "/rows/a.png", format: "png" as const }], narration: null, music: null };
  const { task } = videoTask(template, parts, "/out/it's [x],a:b;c\\d.part", "/out/a.mp4");
  expect(JSON.stringify(task)).not.toContain("evil");
  expect(task.filterGraph).toContain(String.raw`ass=filename=/out/it\\\'s \[x\]\,a\\:b\;c\\\\d.part,`);
});
