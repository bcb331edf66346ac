import { createHash } from "node:crypto";
import * as z from "zod";
import { faultsError } from "../faults.ts";
import { fileSettings } from "../providers/file-settings.ts";
import { httpSettings } from "../providers/http-settings.ts";

const MAX_TEXT = 5_000;

const colour = z.string().regex(/^#[0-9a-fA-F]{6}$/, "expected a colour such as #1a2b3c");
const seconds = z.number().min(0.1).max(3_600);
const text = z.string().max(MAX_TEXT);
const volume = z.number().min(0).max(4);
const even = z.int().min(16).max(4_096).multipleOf(2);

/** Where a picture or a sound comes from; text alone names a file. */
const part = z.preprocess(
  (value) => (typeof value === "string" ? { provider: "file", file: value } : value),
  z.discriminatedUnion("provider", [fileSettings, httpSettings]),
);

const video = z.strictObject({
  width: even.default(1280),
  height: even.default(720),
  frame_rate: z.int().min(1).max(60).default(30),
  background: colour.default("#101418"),
  preset: z.enum(["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow"]).default("veryfast"),
  crf: z.int().min(10).max(40).default(22),
});

const title = z.strictObject({
  text,
  subtitle: text.default(""),
  duration_sec: seconds.default(3),
  font: z
    .string()
    .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,59}$/u, "expected the name of a font, such as DejaVu Sans")
    .default("sans-serif"),
  /** Pixels; text that does not fit is made smaller. */
  size: z.number().min(4).max(1_000).optional(),
  color: colour.default("#ffffff"),
  align: z.enum(["left", "center", "right"]).default("center"),
  position: z.enum(["top", "middle", "bottom"]).default("middle"),
});

const images = z.strictObject({
  from: z.array(part).min(1).max(50),
  /** Of each; longer when the narration is. */
  duration_sec: seconds.default(3),
  fit: z.enum(["cover", "contain"]).default("cover"),
  motion: z.enum(["none", "zoom_in", "zoom_out", "pan_left", "pan_right"]).default("none"),
});

/** The template as it is given; of {@link parseTemplate} comes what it means. */
export const template = z
  .strictObject({
    video: video.prefault({}),
    title: title.optional(),
    images: images.optional(),
    narration: z.strictObject({ from: part, volume: volume.default(1) }).optional(),
    music: z.strictObject({ from: part, volume: volume.default(0.3), duck: z.boolean().default(true) }).optional(),
    output: z.strictObject({ file: z.string().max(300).optional() }).prefault({}),
  })
  .refine((each) => each.title !== undefined || each.images !== undefined, "expected a title or images, got neither");

/** What a video of each row looks like. */
export type Template = z.infer<typeof template>;
/** Where a picture or a sound comes from. */
export type PartSettings = z.infer<typeof part>;

/**
 * Reads a template out of JSON.
 *
 * @throws PlayheadError `template_invalid` that names the first faults by path, and in `detail.faults` more of them
 */
export function parseTemplate(json: unknown): Template {
  const parsed = template.safeParse(json);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${pathWords(path)}: ${message}`);
  throw faultsError("template_invalid", faults, "docs/bulk.md has each field of a template");
}

/** The pictures and sounds of a template, each with its path in it. */
export function partsOf({ images, narration, music }: Template): readonly (readonly [string, PartSettings])[] {
  return [
    ...(images?.from ?? []).map((each, i) => [`images.from[${i}]`, each] as const),
    ...(narration === undefined ? [] : [["narration.from", narration.from] as const]),
    ...(music === undefined ? [] : [["music.from", music.from] as const]),
  ];
}

/** The texts of a template in which placeholders may stand, each with its path in it. */
export function textsOf(given: Template): readonly (readonly [string, string])[] {
  const { title, output } = given;
  return [
    ...(title === undefined ? [] : [["title.text", title.text] as const, ["title.subtitle", title.subtitle] as const]),
    ...(output.file === undefined ? [] : [["output.file", output.file] as const]),
    ...partsOf(given).flatMap(([path, settings]) =>
      settings.provider === "file" ? [[`${path}.file`, settings.file] as const] : [],
    ),
  ];
}

/** The same for templates that make the same videos: how to get in to a provider, and how fast, is not part of that. */
export function templateDigest(given: Template): string {
  const kept = JSON.stringify(given, (name, value) => (NOT_OF_THE_VIDEO.has(name) ? undefined : value));
  return createHash("sha256").update(kept).digest("hex").slice(0, 16);
}

const NOT_OF_THE_VIDEO: ReadonlySet<string> = new Set([
  "headers",
  "rate",
  "burst",
  "timeout_sec",
  "max_bytes",
  "output",
]);

/** `images.from[0].file`. */
function pathWords(path: readonly PropertyKey[]): string {
  const words = path.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)).join("");
  return words === "" ? "template" : words.replace(/^\./, "");
}
