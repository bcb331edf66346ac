import { stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { dirname, resolve } from "node:path";
import { canDrawText, ensureDiskSpace, ensureWritableFolder, locateProgram, NO_FONT } from "@playhead/ffmpeg";
import { createSlots, PlayheadError, type Slots } from "@playhead/sdk";
import { fileWords } from "../media/words.ts";
import type { BulkOptions } from "./bulk-options.ts";
import { type ItemPlan, planItems } from "./item-plan.ts";
import { type Journal, openJournal, type VideoEntry } from "./journal.ts";
import type { LimitWatch } from "./limits/limit-watch.ts";
import { intervalMsOf } from "./limits/rate.ts";
import { createTokenBucket, type TokenBucket } from "./limits/token-bucket.ts";
import { createFileFinder } from "./providers/confined-file.ts";
import { openProvider } from "./providers/open-provider.ts";
import type { Provider } from "./providers/provider.ts";
import { estimateVideoBytes } from "./render/video-task.ts";
import { readRows } from "./rows/read-rows.ts";
import { parseTemplate, partsOf, type Template } from "./template/template.ts";

/** What is known when the job begins. */
export interface Prepared {
  /** Of the file of rows, for people. */
  readonly name: string;
  /** Absolute. */
  readonly rowsDir: string;
  readonly template: Template;
  /** In the order in which they are made. */
  readonly items: readonly ItemPlan[];
  /** Those of earlier runs, by the id of the item. */
  readonly finished: ReadonlyMap<string, VideoEntry>;
  /** By the path of what they make in the template. */
  readonly providers: ReadonlyMap<string, Provider>;
  /** How often a video may be begun. */
  readonly pace: TokenBucket;
  /** Absolute. */
  readonly outDir: string;
  /** The folder was not there before. */
  readonly isNewFolder: boolean;
  readonly journal: Journal;
  readonly slots: Slots;
}

const MAX_PARALLEL = 4;
/** Room that is left to others on the disk. */
export const DISK_MARGIN_BYTES = 64 * 1024 * 1024;

/**
 * Everything that can be refused is refused here, before there is a job, and before anything is written.
 *
 * @throws PlayheadError for rows, a template, an ffmpeg or an output folder that cannot be worked with
 */
export async function prepare(options: BulkOptions, watch: LimitWatch): Promise<Prepared> {
  const nowMs = () => performance.now();
  const template = parseTemplate(options.template);
  const slots = createSlots(options.maxParallel ?? Math.min(MAX_PARALLEL, availableParallelism()));
  const pace = createTokenBucket(options.rate === undefined ? 0 : intervalMsOf(options.rate), 1, nowMs);
  const rowsDir = dirname(resolve(options.rows));
  const providers = new Map(
    partsOf(template).map(([path, settings]) => {
      const { fileOf = createFileFinder(rowsDir), environment = null, allowPrivate = false } = options;
      return [path, openProvider(settings, path, { fileOf, environment, allowPrivate, watch, nowMs })];
    }),
  );
  const items = planItems(await readRows(resolve(options.rows)), template);
  await checkFfmpeg(template, options);
  const outDir = resolve(options.outDir);
  const journal = await openJournal(outDir);
  const finished = await findFinished(items, journal);
  const neededBytes = items.reduce(
    (sum, { itemId, plannedSec }) => sum + (finished.has(itemId) ? 0 : estimateVideoBytes(template, plannedSec)),
    0,
  );
  if (neededBytes > 0) await ensureDiskSpace(outDir, neededBytes + DISK_MARGIN_BYTES);
  const isNewFolder = (await stat(outDir).catch(() => null)) === null;
  await ensureWritableFolder(outDir);
  const name = fileWords(options.rows);
  return { name, rowsDir, template, items, finished, providers, pace, outDir, isNewFolder, journal, slots };
}

async function checkFfmpeg({ title }: Template, { ffmpegPath, signal }: BulkOptions): Promise<void> {
  await locateProgram("ffmpeg", { path: ffmpegPath });
  if (title === undefined || (await canDrawText({ ffmpegPath, signal }))) return;
  throw new PlayheadError("ffmpeg_unsuitable", NO_FONT.message, { hint: NO_FONT.hint });
}

/** One after the other in a few lanes: there may be very many. */
async function findFinished(items: readonly ItemPlan[], journal: Journal): Promise<ReadonlyMap<string, VideoEntry>> {
  const finished = new Map<string, VideoEntry>();
  const left = items.values();
  const lane = async () => {
    for (const { itemId } of left) {
      const entry = await journal.find(itemId);
      if (entry !== null) finished.set(itemId, entry);
    }
  };
  await Promise.all(Array.from({ length: 8 }, lane));
  return finished;
}
