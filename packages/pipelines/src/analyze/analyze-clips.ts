import { createHash } from "node:crypto";
import { PlayheadError, type TaskHandle } from "@playhead/sdk";
import { counted } from "../media/words.ts";
import { analyzeClip } from "./analyze-clip.ts";
import type { AnalyzeRun } from "./analyze-run.ts";
import { expectedAnalysisSec, expectedDownloadSec, guessedBytes, guessedDurationSec } from "./expected-time.ts";
import type { Listing, SourceItem } from "./sources/clip-source.ts";

const PROBE_SEC = 0.2;
/** What is told of a clip is read in no time. */
const METADATA_SEC = 0.01;

/**
 * Gets the list of a source, as a stage of the job.
 *
 * @throws PlayheadError also when the list is empty
 */
export function listClips(listing: TaskHandle, { source, tally }: AnalyzeRun): Promise<Listing> {
  return listing.run(async (task) => {
    const list = await source.list(task);
    if (list.items.length === 0) {
      throw new PlayheadError("source_failed", `there is no video in the ${source.title}`, {
        hint: "choose a source that lists videos",
        retryable: false,
      });
    }
    const more = list.leftOut === 0 ? "" : `; ${list.leftOut} more are left out`;
    task.log.info(`${source.title}: ${counted(list.items.length, "clip")}${more}`);
    tally.planned = list.items.length;
    tally.leftOut = list.leftOut;
    return list;
  });
}

/**
 * Looks at all clips, several at a time. Settles when the last has ended, however it ended.
 *
 * @throws PlayheadError the fatal error that stopped them, what the first met where all have failed, or `canceled`
 */
export async function analyzeClips(analyzing: TaskHandle, { items }: Listing, run: AnalyzeRun): Promise<void> {
  // All of them first, so that the bar knows of all the work before it begins.
  const rows = items.map((item) => ({ item, task: declare(analyzing, item) }));
  const ends = await Promise.allSettled(
    rows.map(({ item, task }) => task.settle((handle) => analyzeClip(handle, item, run), { slots: run.slots })),
  );
  const fatal = run.stop.error();
  if (fatal !== null) throw fatal;
  const canceled = ends.find((end) => end.status === "rejected");
  if (canceled !== undefined) throw canceled.reason;
  const [firstFailure] = run.tally.failed;
  if (run.tally.rated.length === 0 && firstFailure !== undefined) throw firstFailure.error;
}

function declare(analyzing: TaskHandle, item: SourceItem): TaskHandle {
  const { media, itemId, title, link, durationSec } = item;
  const steps = stepsOf(item);
  const digest = createHash("sha256").update(itemId).digest("hex").slice(0, 16);
  return analyzing.create({
    kind: "video",
    id: `video_${digest}`,
    title,
    weight: steps.length === 0 ? METADATA_SEC : steps.reduce((sum, { weight }) => sum + weight, 0),
    steps,
    fields: {
      item_id: itemId,
      ...(durationSec !== null && { duration_sec: durationSec }),
      ...(link !== null && { url: link }),
      ...(media.kind === "file" && { size_bytes: media.sizeBytes }),
    },
  });
}

/** Each with the seconds that it will take, by the length of the media: as the source says, or by its size. */
function stepsOf({ media, durationSec }: SourceItem): { readonly step: string; readonly weight: number }[] {
  if (media.kind === "none" || media.kind === "refused") return [];
  const lengthSec = durationSec ?? guessedDurationSec(media.sizeBytes);
  const looking = [
    { step: "probing", weight: PROBE_SEC },
    { step: "analyzing", weight: expectedAnalysisSec(lengthSec) },
  ];
  if (media.kind === "file") return looking;
  return [{ step: "downloading", weight: expectedDownloadSec(media.sizeBytes ?? guessedBytes(lengthSec)) }, ...looking];
}
