import { basename, join, parse } from "node:path";
import type { AnalyzeOptions, AnalyzeResult, ReportedClip } from "@playhead/pipelines";
import type { MediaRoots } from "@playhead/server";
import type { Ending } from "./exit-codes.ts";
import { type PipelineView, resultLine, runPipelineJob } from "./pipeline-job.ts";

export interface TopClipsOptions extends PipelineView {
  readonly analyze: Omit<AnalyzeOptions, "signal" | "onJob">;
  /** Styles of the clips; null: all. */
  readonly styles: readonly string[] | null;
  /** Folders that viewers may get files of; null when the server is elsewhere. */
  readonly media: MediaRoots | null;
}

/** A clip whose file is here. */
interface LocalClip extends ReportedClip {
  readonly file: string;
}

/**
 * Makes clips of the best clips of an analysis: a job each, one after the other. Each carries the trace of the analysis
 * (`correlation_id`), and its job, the rank and the score in its metadata.
 *
 * @returns how the first ended that did not end well
 */
export async function clipsOfTop(
  { job_id, correlation_id, top }: AnalyzeResult,
  { analyze, styles, media, ...view }: TopClipsOptions,
): Promise<Ending> {
  const { runClipsIn } = await import("@playhead/pipelines");
  const local = top.filter((clip): clip is LocalClip => clip.file !== null);
  if (local.length < top.length) {
    view.console.complain(
      `playhead: warning: ${top.length - local.length} of the best are not on this machine, so no clips are made of them`,
    );
  }
  let ending: Ending = "ok";
  for (const clip of local) {
    if (view.signal.aborted) return "interrupted";
    const next = await runPipelineJob({
      ...view,
      title: clip.title,
      run: ({ signal, onJob }) => makeClips(clip, signal, onJob),
      results: ({ out, state }) => (state === "completed" ? [resultLine("Clips", out)] : []),
    });
    if (ending === "ok") ending = next;
  }
  return ending;

  async function makeClips(clip: LocalClip, signal: AbortSignal, onJob: (jobId: string) => void) {
    const { outDir, registryDir, ffmpegPath, urlOf, maxParallel } = analyze;
    const out = join(outDir, "clips", `${String(clip.rank).padStart(2, "0")}-${parse(clip.file).name}`);
    media?.add(out);
    const job = view.playhead.job({
      kind: "clips",
      title: clip.title,
      correlation_id,
      metadata: { input: basename(clip.file), analyzed_by: job_id, rank: clip.rank, score: clip.score },
      signal,
    });
    let error: unknown = null;
    let summary: Record<string, unknown> = {};
    try {
      summary = await job.run(() => {
        onJob(job.job_id);
        return runClipsIn(view.playhead, job, {
          ...{ input: clip.file, outDir: out, registryDir, signal },
          ...(urlOf !== undefined && { urlOf }),
          ...(ffmpegPath !== undefined && { ffmpegPath }),
          ...(maxParallel !== undefined && { maxParallel }),
          ...(styles !== null && { styles }),
        });
      });
    } catch (thrown) {
      error = thrown;
    }
    const counted = (name: string) => Number(summary[name] ?? 0);
    const state = job.state === "completed" || job.state === "canceled" ? job.state : ("failed" as const);
    return {
      ...{ job_id: job.job_id, state, out, summary },
      completed: counted("clips_completed"),
      failed: counted("clips_failed"),
      skipped: counted("clips_skipped"),
      canceled: 0,
      error: state === "failed" ? error : null,
    };
  }
}
