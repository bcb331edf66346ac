import type { ItemTraits, JsonObject, Task } from "@playhead/core";

/** Names tasks by what they have in common, and says how large they are. One for each job, since it may say only so much. */
export interface TraitsReader {
  of(task: Pick<Task, "kind" | "title" | "fields" | "weight">): ItemTraits;
}

/** More would make a forecast slow, and the history large. */
const MAX_KINDS = 12;
const MAX_STYLES = 12;
const MAX_CONTENTS = 16;
const MAX_SIZES = 4;
const MAX_NAME = 40;
/** Words that say nothing of what is done: the title or the stage does. */
const GENERIC = new Set(["task", "stage", "step"]);
/** Fields that durations grow with, the most telling first. */
const SIZES = [
  /(^|_)duration(_sec|_seconds|_ms)?$/,
  /^frames?(_count)?$|_frames$/,
  /(^|_)bytes$/,
  /^pixels$/,
  /(^|_)(count|items|pages|rows|chars|tokens|length|scenes)$/,
];

export function createTraitsReader(): TraitsReader {
  const kinds = new Set<string>();
  const styles = new Set<string>();
  const contents = new Set<string>();

  return {
    of({ kind, title, fields, weight }) {
      const name = named(kind, title, fields);
      const known = within(kinds, MAX_KINDS, name) ?? "other";
      const style = textOf(fields.style ?? fields.template);
      return {
        kind: known,
        style: style === null ? null : within(styles, MAX_STYLES, style),
        content: contentOf(fields, contents),
        sizes: sizesOf(fields, GENERIC.has(kind) ? "first" : "last", weight),
      };
    },
  };
}

/** The numbers of a job, as far as how long it takes grows with them. */
export function sizesOf(
  fields: JsonObject,
  placeOfWeight: "first" | "last" = "last",
  weight: number | null = null,
): Record<string, number> {
  const found: [name: string, value: number][] = [];
  const add = (name: string, value: unknown) => {
    if (typeof value === "number" && value > 0 && Number.isFinite(value)) found.push([name, value]);
  };
  if (placeOfWeight === "first") add("weight", weight);
  const { width, height } = fields;
  const numbers: JsonObject =
    typeof width === "number" && typeof height === "number" ? { ...fields, pixels: width * height } : fields;
  const names = Object.keys(numbers);
  for (const size of SIZES) for (const name of names) if (size.test(name)) add(name, numbers[name]);
  if (placeOfWeight === "last") add("weight", weight);
  return Object.fromEntries(found.slice(0, MAX_SIZES));
}

function named(kind: string, title: string, fields: JsonObject): string {
  if (!GENERIC.has(kind)) return plain(kind);
  return `${kind}:${plain(textOf(fields.stage) ?? textOf(fields.step) ?? title)}`;
}

/** Without what tells one from the next, and without spaces, which part names in the history. */
function plain(text: string): string {
  return text.toLowerCase().replace(/\d+/g, "#").replace(/\s+/g, "_").slice(0, MAX_NAME);
}

function contentOf({ scene_id: scene }: JsonObject, contents: Set<string>): string | null {
  const isNamed = typeof scene === "string" || typeof scene === "number";
  return isNamed ? within(contents, MAX_CONTENTS, `scene_${scene}`) : null;
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? plain(value) : null;
}

/** The name, if it is among the first so many. */
function within(names: Set<string>, most: number, name: string): string | null {
  if (names.size < most) names.add(name);
  return names.has(name) ? name : null;
}
