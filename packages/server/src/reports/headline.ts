import type { ReportFigure, ReportKind } from "@playhead/core";
import type { PieceName } from "./piece-name.ts";

const AMOUNT = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
/** Less than this is the same, to people. */
const SAME = 0.02;

/** Of what is three times as much, per cent say little. */
const MANYFOLD = 2;

const BEFORE: Readonly<Record<ReportKind, string>> = {
  daily: "the day before",
  weekly: "the week before",
  trend: "the period before",
  custom: "the period before",
};

export interface HeadlineOptions {
  readonly kind: ReportKind;
  readonly piece: PieceName;
  /** Whether the period was over when the report was made. */
  readonly isOver: boolean;
}

/** What a report comes to: "412 clips processed in 38 jobs, 12 % fewer than the week before. 3 jobs failed." */
export function headlineOf(figures: readonly ReportFigure[], { kind, piece, isOver }: HeadlineOptions): string {
  const of = (id: string) => figures.find((figure) => figure.id === id);
  const clips = of("clips_processed");
  const jobs = of("jobs_ended");
  const calls = of("calls");
  const sentences: string[] = [];
  if (clips !== undefined && (clips.value ?? 0) > 0) {
    const inJobs = jobs === undefined ? "" : ` in ${amount(jobs.value, "job")}`;
    sentences.push(`${amount(clips.value, piece)} processed${inJobs}${comparison(clips, BEFORE[kind])}.`);
  } else if (jobs !== undefined) {
    sentences.push(
      jobs.value === 0 ? "No job ended." : `${amount(jobs.value, "job")} ended, and no ${piece} came of it.`,
    );
  } else if (clips !== undefined) {
    sentences.push(`No ${piece} was processed.`);
  } else if (calls !== undefined) {
    sentences.push(
      calls.value === 0 ? "Nothing was called." : `${amount(calls.value, "call")}${comparison(calls, BEFORE[kind])}.`,
    );
  }
  const failed = of("jobs_failed")?.value ?? 0;
  if (failed > 0) sentences.push(`${amount(failed, "job")} failed.`);
  else if ((jobs?.value ?? 0) > 0) sentences.push("None failed.");
  const headline = sentences.join(" ");
  return isOver || headline === "" ? headline : `So far ${headline.charAt(0).toLowerCase()}${headline.slice(1)}`;
}

function comparison({ change }: ReportFigure, before: string): string {
  if (change === null) return "";
  if (Math.abs(change) < SAME) return `, as many as ${before}`;
  if (change >= MANYFOLD) return `, ${AMOUNT.format(change + 1)} times as many as ${before}`;
  const percent = AMOUNT.format(Math.abs(change) * 100);
  return `, ${percent} % ${change > 0 ? "more" : "fewer"} than ${before}`;
}

function amount(count: number | null, noun: string): string {
  return `${AMOUNT.format(count ?? 0)} ${noun}${count === 1 ? "" : "s"}`;
}
