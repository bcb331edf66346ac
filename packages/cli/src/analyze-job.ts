import { join } from "node:path";
import type { AnalyzeResult, ReportedClip } from "@playhead/pipelines";
import { clipsOfTop, type TopClipsOptions } from "./clips-of-top.ts";
import type { Ending } from "./exit-codes.ts";
import { resultLine, runPipelineJob } from "./pipeline-job.ts";
import { type Line, span } from "./terminal/line.ts";

export interface AnalyzeJobOptions extends TopClipsOptions {
  /** What is done with the best; null: nothing. */
  readonly next: "clips" | null;
}

/**
 * Looks for the best clips of a source as a job that is shown while it runs, and goes on with them if that is asked for.
 *
 * @throws PlayheadError for what cannot be worked on, before there is a job
 */
export async function runAnalyzeJob({ analyze, next, styles, media, ...view }: AnalyzeJobOptions): Promise<Ending> {
  // Loaded when it is needed: no other command has to wait for it.
  const { runAnalyze } = await import("@playhead/pipelines");
  let found: AnalyzeResult | null = null;
  const ending = await runPipelineJob({
    ...view,
    title: "analysis",
    run: async (hooks) => {
      found = await runAnalyze(view.playhead, { ...analyze, ...hooks });
      return found;
    },
    results: ({ top, report }) => [
      ...top.map(topLine),
      ...(report === null
        ? []
        : [resultLine("Report", report), resultLine("Table", join(analyze.outDir, "report.csv"))]),
    ],
  });
  const result = found as AnalyzeResult | null;
  if (next === null || result?.state !== "completed") return ending;
  const made = await clipsOfTop(result, { ...view, analyze, styles, media });
  return ending === "ok" ? made : ending;
}

/** `  1.  72.4  The title`, with what speaks most for it. */
function topLine({ rank, score, title, parts }: ReportedClip): Line {
  const best = parts.toSorted((a, b) => b.value * b.weight - a.value * a.weight).slice(0, 2);
  const why = best.map(({ reason }) => reason).join(", ");
  return [
    span(`  ${String(rank).padStart(2)}. `, "faint"),
    span(score.toFixed(1).padStart(5), "strong"),
    span(`  ${title}`),
    span(why === "" ? "" : `  (${why})`, "faint"),
  ];
}
