import { rmdir } from "node:fs/promises";
import { join } from "node:path";
import type { JobHandle, Playhead, TaskHandle } from "@playhead/sdk";
import { endOfJob, type JobEnd, jobFieldsOf } from "../media/end-of-job.ts";
import { createFatalStop } from "../media/fatal-stop.ts";
import { createFfmpegGauges } from "../media/ffmpeg-gauges.ts";
import { logFailure } from "../media/log-failure.ts";
import { secondsWords } from "../media/words.ts";
import { analyzeClips, listClips } from "./analyze-clips.ts";
import type { AnalyzeOptions } from "./analyze-options.ts";
import { type AnalyzeRun, foldersOf } from "./analyze-run.ts";
import { createTopKeeper } from "./keep-top.ts";
import { prepare } from "./prepare.ts";
import { createTally } from "./ranking.ts";
import { type Report, type ReportedClip, reportOf } from "./report/report.ts";
import { writeReport } from "./report/write-report.ts";
import { summaryOf } from "./summary.ts";

/** How a run of `runAnalyze` ended. */
export interface AnalyzeResult {
  readonly job_id: string;
  /** The W3C trace id of the run: what follows from it can carry it, too. */
  readonly correlation_id: string;
  readonly state: "completed" | "failed" | "canceled";
  readonly completed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly canceled: number;
  /** The best, as many as were asked for. */
  readonly top: readonly ReportedClip[];
  /** Path of the report; null when there is none. */
  readonly report: string | null;
  /** What ended the job, when it failed; null otherwise. */
  readonly error: unknown;
}

/** What ends all clips: each of the others is a clip's own affair. */
const FATAL: ReadonlySet<string> = new Set(["disk_full", "output_unwritable", "ffmpeg_missing"]);

const REPORT_SEC = 0.2;

/**
 * Looks at the clips of a source, and finds the best of them. A clip that fails costs itself only. When it returns,
 * nothing runs any more, and no file is half written.
 *
 * @throws PlayheadError for what cannot be worked on, before there is a job; a job that fails later resolves with
 * `state: "failed"`
 */
export function runAnalyze(playhead: Playhead, options: AnalyzeOptions): Promise<AnalyzeResult> {
  return withRun(playhead, options, async (run) => {
    const job = announceJob(playhead, options, run);
    let report: Report | null = null;
    const end = await endOfJob(job, options, async () => {
      const done = await work(job, run);
      report = done.report;
      return done.summary;
    });
    return resultOf(end, job.correlation_id, report, run);
  });
}

/**
 * The same inside of a job that runs already, such as one that the server has started here.
 *
 * @returns the summary of the job
 * @throws PlayheadError what ends the job
 */
export function runAnalyzeIn(
  playhead: Playhead,
  job: JobHandle,
  options: Omit<AnalyzeOptions, "jobId" | "title" | "userId" | "onJob">,
): Promise<Record<string, unknown>> {
  return withRun(playhead, options, async (run) => (await work(job, run)).summary);
}

async function withRun<Result>(
  playhead: Playhead,
  options: AnalyzeOptions,
  make: (run: AnalyzeRun) => Promise<Result>,
): Promise<Result> {
  const nowMs = Date.now;
  const prepared = await prepare(options, nowMs);
  const gauges = createFfmpegGauges(playhead.gauge, prepared.slots, () => performance.now());
  const run: AnalyzeRun = {
    ...prepared,
    ...{ slots: gauges.slots, gauges, options, nowMs },
    tally: createTally(),
    keeper: createTopKeeper(prepared.top, prepared.outDir),
    stop: createFatalStop("clip", FATAL),
  };
  try {
    return await make(run);
  } finally {
    gauges.end();
    // A job that made nothing leaves nothing.
    if (run.isNewFolder) await rmdir(run.outDir).catch(() => undefined);
  }
}

function announceJob(playhead: Playhead, options: AnalyzeOptions, { source, top, weights }: AnalyzeRun): JobHandle {
  return playhead.job({
    kind: "analyze",
    title: options.title ?? source.title,
    // No `platform` here: it would make a platform's failure of whatever fails in the job.
    metadata: { source: source.title, source_kind: source.kind, top, weights },
    ...jobFieldsOf(options),
  });
}

/** The job's own work, stage by stage. */
async function work(job: JobHandle, run: AnalyzeRun) {
  const startMs = performance.now();
  const { source } = run;
  // All stages are announced before the first begins, so that the bar shares itself out well.
  const stage = (title: string, name: string, weight: number) =>
    job.create({
      kind: "stage",
      id: name,
      title,
      weight,
      fields: { stage: name, ...(source.platform !== null && name === "listing" && { platform: source.platform }) },
    });
  const listing = stage(`List the ${source.title}`, "listing", source.listSec);
  const analyzing = stage("Analyze the clips", "analyzing", source.expectedSec);
  const reporting = stage("Write the report", "reporting", REPORT_SEC);
  try {
    const list = await listClips(listing, run).catch(tellFailure(listing, `listing the ${source.title}`, run));
    await analyzing.run(() => analyzeClips(analyzing, list, run));
    const report = await reporting
      .run(() => makeReport(job, run))
      .catch(tellFailure(reporting, "writing the report", run));
    const wallMs = performance.now() - startMs;
    tellDone(job, run, report, wallMs);
    return { report, summary: summaryOf(run, wallMs) };
  } catch (error) {
    // Without a report nobody knows what the files are that were kept.
    await run.keeper.discard();
    throw error;
  }
}

/** Says what failed a stage, and lets it fail. That somebody canceled is no failure. */
function tellFailure(stage: TaskHandle, what: string, run: AnalyzeRun): (error: unknown) => never {
  return (error) => {
    if (!stage.signal.aborted) logFailure(stage, what, error, foldersOf(run));
    throw error;
  };
}

async function makeReport(job: JobHandle, run: AnalyzeRun): Promise<Report> {
  const { outDir, options } = run;
  const report = reportOf(run);
  for (const { name, path, mimeType, sizeBytes } of await writeReport(report, outDir, options.registryDir)) {
    const url = options.urlOf?.(path) ?? null;
    job.artifact({ type: "report", name, ...(url !== null && { url }), size_bytes: sizeBytes, mime_type: mimeType });
  }
  return report;
}

function tellDone(job: JobHandle, { tally }: AnalyzeRun, { clips: [best], note }: Report, wallMs: number): void {
  if (note !== null) job.log.info(note);
  const led = best === undefined ? "" : `; the best is "${best.title}" with ${best.score} of 100`;
  const line = `${tally.rated.length} analyzed, ${tally.failed.length} failed, in ${secondsWords(wallMs / 1_000)}${led}`;
  if (tally.failed.length > 0) job.log.warning(line);
  else job.log.info(line);
}

function resultOf(
  { job_id, state, error }: JobEnd,
  correlation_id: string,
  report: Report | null,
  { tally, top, outDir }: AnalyzeRun,
): AnalyzeResult {
  return {
    ...{ job_id, correlation_id, state, error },
    completed: tally.rated.length,
    failed: tally.failed.length,
    skipped: 0,
    canceled: tally.planned - tally.rated.length - tally.failed.length,
    top: report?.clips.slice(0, top) ?? [],
    report: report === null ? null : join(outDir, "report.json"),
  };
}
