import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type FfmpegProgress, formatBytes, guardFiles, type MediaInfo } from "@playhead/ffmpeg";
import { PlayheadError, type StepHandle, type TaskHandle } from "@playhead/sdk";
import { analyzeMedia, probe } from "../media/ffmpeg-calls.ts";
import { logFailure } from "../media/log-failure.ts";
import { withRetries } from "../media/with-retries.ts";
import { rounded } from "../media/words.ts";
import { type AnalyzeRun, foldersOf } from "./analyze-run.ts";
import { download } from "./fetch/download.ts";
import { monitoredFetch } from "./fetch/monitored-fetch.ts";
import type { RatedClip } from "./ranking.ts";
import { measuredOf } from "./report/report.ts";
import { mediaParts } from "./score/media-parts.ts";
import { metadataParts } from "./score/metadata-parts.ts";
import { type Score, scoreOf } from "./score/score.ts";
import type { SourceItem } from "./sources/clip-source.ts";

/**
 * Looks at one clip of a source, and gives it its score. Its failure is its own, unless it would meet every clip: then
 * the others are stopped.
 * ```
 * downloading? → probing → analyzing → (the task completes, with the score)
 * ```
 */
export async function analyzeClip(task: TaskHandle, item: SourceItem, run: AnalyzeRun): Promise<void> {
  const signal = AbortSignal.any([task.signal, run.stop.signal]);
  try {
    const clip = await rate(task, item, run, signal);
    run.tally.rated.push(clip);
    tellDone(task, clip);
  } catch (error) {
    if (!signal.aborted && !(error instanceof PlayheadError && error.code === "canceled")) {
      run.tally.failed.push({ item, error });
      logFailure(task, `"${item.title}"`, error, foldersOf(run, item));
      run.stop.look(error);
    }
    throw error;
  }
}

async function rate(task: TaskHandle, item: SourceItem, run: AnalyzeRun, signal: AbortSignal): Promise<RatedClip> {
  const { media } = item;
  switch (media.kind) {
    case "refused":
      throw media.error;
    case "none":
      await task.checkpoint();
      return { item, score: scoreOf("metadata", metadataParts(item, run.nowMs()), run.weights), analysis: null };
    case "file":
      return (await look(task, item, media.path, run, signal)).clip;
    case "url":
      return rateDownloaded(task, item, media.url, run, signal);
  }
}

async function rateDownloaded(
  task: TaskHandle,
  item: SourceItem,
  url: string,
  run: AnalyzeRun,
  signal: AbortSignal,
): Promise<RatedClip> {
  const { outDir, runTag, options } = run;
  // A name without an ending: what it is shall be told by what is in it.
  const path = join(outDir, `.${item.itemId}.${runTag}.part`);
  const endGuard = await guardFiles(options.registryDir, [path]);
  try {
    await task.step("downloading", (step) => fetchInto(path, url, step, task, run, signal));
    const { clip, info } = await look(task, item, path, run, signal);
    if (options.keepTop === true) await run.keeper.offer(clip, { path, container: info.container });
    return clip;
  } finally {
    // Where its folder is gone, it is as well.
    await rm(path, { force: true }).catch(() => undefined);
    await endGuard();
  }
}

function fetchInto(
  path: string,
  url: string,
  step: StepHandle,
  task: TaskHandle,
  run: AnalyzeRun,
  signal: AbortSignal,
) {
  const { guard, maxDownloadBytes: maxBytes } = run;
  const onProgress = (received_bytes: number, totalBytes: number | null) =>
    step.progress(totalBytes === null ? 0 : received_bytes / Math.max(1, totalBytes), {
      received_bytes,
      ...(totalBytes !== null && { total_bytes: totalBytes }),
      text: `${formatBytes(received_bytes)}${totalBytes === null ? "" : ` of ${formatBytes(totalBytes)}`}`,
    });
  const { hostname } = guard.read(url);
  return monitoredFetch(hostname)(() =>
    withRetries(task, signal, () => download(url, path, { guard, signal, maxBytes, onProgress, task })),
  );
}

/** Opens a file, looks at its pictures and listens to its sound. */
async function look(
  task: TaskHandle,
  item: SourceItem,
  path: string,
  run: AnalyzeRun,
  signal: AbortSignal,
): Promise<{ readonly clip: RatedClip; readonly info: MediaInfo }> {
  const { registryDir, ffmpegPath } = run.options;
  return withRetries(task, signal, async () => {
    const info = await task.step("probing", () => probe(path, { requireVideo: true, signal, ffmpegPath }));
    const analysis = await task
      .step("analyzing", (step) =>
        analyzeMedia(path, info, {
          ...{ signal, registryDir, ffmpegPath, pause: task.pauseGate, includeStderr: true },
          onProgress(progress) {
            run.gauges.progress(item.itemId, progress);
            step.progress(progress.fraction ?? 0, progressDetails(progress));
          },
        }),
      )
      .finally(() => run.gauges.ended(item.itemId));
    return { clip: { item, score: scoreOf("media", mediaParts(analysis), run.weights), analysis }, info };
  });
}

function progressDetails({ fps, speedRatio }: FfmpegProgress): Record<string, unknown> {
  return {
    ...(fps !== null && { fps: rounded(fps, 1) }),
    ...(speedRatio !== null && { speed_ratio: rounded(speedRatio, 2) }),
  };
}

function tellDone(task: TaskHandle, { score, analysis, item }: RatedClip): void {
  task.log.info(`"${item.title}": ${scoreWords(score)}`, { score: score.score });
  task.complete({
    text: `${score.score} of 100`,
    score: score.score,
    basis: score.basis,
    parts: Object.fromEntries(score.parts.map(({ part, value }) => [part, value])),
    reasons: Object.fromEntries(score.parts.map(({ part, reason }) => [part, reason])),
    ...(analysis !== null && measuredOf(analysis)),
  });
}

/** `72.4 of 100 (motion 0.8, pace 0.6 …)`: the heaviest parts first. */
function scoreWords({ score, parts }: Score): string {
  const told = parts.toSorted((a, b) => b.weight - a.weight).map(({ part, value }) => `${part} ${rounded(value, 2)}`);
  return `${score} of 100 (${told.join(", ")})`;
}
