import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { guardFiles } from "@playhead/ffmpeg";
import { PlayheadError, type TaskHandle } from "@playhead/sdk";
import { probe } from "../media/ffmpeg-calls.ts";
import { fileWords } from "../media/words.ts";
import type { BulkRun } from "./bulk-run.ts";
import type { ItemPlan } from "./item-plan.ts";
import type { Parts, Sound } from "./render/parts.ts";
import { pictureFormat } from "./render/picture-format.ts";
import { partsOf } from "./template/template.ts";

/** The files that an item is made of: what was made once is there for the next attempt, and goes with the item. */
export interface PartsStore {
  /** The file of a part; null where the row has none. */
  get(path: string, task: TaskHandle, signal: AbortSignal): Promise<string | null>;
  /** Where a file of ours may lie while the item is made. */
  readonly scratchPath: string;
  remove(): Promise<void>;
}

/**
 * Where the parts of an item are kept while it is made, under names that a crash leaves nothing of.
 *
 * @throws PlayheadError `output_unwritable` or `disk_full` for the registry's folder
 */
export async function openPartsStore(item: ItemPlan, run: BulkRun): Promise<PartsStore> {
  const stem = join(run.outDir, `.${item.itemId}-${randomBytes(4).toString("hex")}`);
  const places = new Map(
    partsOf(run.template).map(([path, { provider }], i) => [path, { provider, part: `${stem}-${i}.part` }]),
  );
  const scratchPath = `${stem}.part`;
  const files = [scratchPath, ...[...places.values()].flatMap((each) => (each.provider === "file" ? [] : [each.part]))];
  const made = new Map<string, string | null>();
  const endGuard = await guardFiles(run.options.registryDir, files);
  return {
    scratchPath,
    async get(path, task, signal) {
      const known = made.get(path);
      if (known !== undefined) return known;
      const [use = ""] = path.split(".", 1);
      const provider = run.providers.get(path);
      const partPath = places.get(path)?.part ?? scratchPath;
      const file = (await provider?.make({ row: item.row, use, partPath, task, signal })) ?? null;
      made.set(path, file);
      return file;
    },
    async remove() {
      await Promise.all(files.map((file) => rm(file, { force: true }).catch(() => undefined)));
      await endGuard();
    },
  };
}

/**
 * Gets all parts of a video, and looks at each.
 *
 * @throws PlayheadError what a provider or a file has against it; `input_missing` where nothing is to be seen
 */
export async function gatherParts(
  task: TaskHandle,
  run: BulkRun,
  store: PartsStore,
  signal: AbortSignal,
): Promise<Parts> {
  const { template } = run;
  const pictures: Parts["pictures"][number][] = [];
  for (const i of template.images?.from.keys() ?? []) {
    const path = await store.get(`images.from[${i}]`, task, signal);
    if (path !== null) pictures.push({ path, format: await pictureFormat(path) });
  }
  if (pictures.length === 0 && template.title === undefined)
    throw new PlayheadError("input_missing", "the row names no picture, and the template has no title");
  const sound = async (path: string): Promise<Sound | null> => {
    const file = await store.get(path, task, signal);
    return file === null ? null : lookAtSound(file, run, signal);
  };
  return {
    pictures,
    narration: template.narration === undefined ? null : await sound("narration.from"),
    music: template.music === undefined ? null : await sound("music.from"),
  };
}

async function lookAtSound(path: string, { options }: BulkRun, signal: AbortSignal): Promise<Sound> {
  const { audio, durationSec } = await probe(path, { signal, ffmpegPath: options.ffmpegPath });
  const [first] = audio;
  const lengthSec = first?.durationSec ?? durationSec;
  if (first !== undefined && lengthSec !== null && lengthSec > 0) return { path, durationSec: lengthSec };
  throw new PlayheadError("input_not_media", `"${fileWords(path)}" has no sound, or does not tell how long it is`, {
    hint: "give a sound file, such as WAV, MP3 or M4A",
  });
}
