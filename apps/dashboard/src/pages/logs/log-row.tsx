import type { ErrorDetails, JsonValue, LogEntry, LogLevel } from "@playhead/core";
import { Link } from "wouter";
import { formatCallTime } from "../../ui/call-time.ts";
import { formatClock, formatMoment } from "../../ui/times.ts";
import type { LogRow } from "./fold-lines.ts";

export interface LogRowProps {
  readonly row: LogRow;
  /** Whether all there is of the entry is shown. */
  readonly isOpen: boolean;
  readonly onToggle: () => void;
  /** Shows the repeats one by one. */
  readonly onUnfold: () => void;
  readonly nowMs: number;
}

const LEVEL_WORDS: Readonly<Record<LogLevel, string>> = {
  debug: "debug",
  info: "info",
  warning: "warn",
  error: "error",
  critical: "crit",
};
const LEVEL_COLORS: Readonly<Record<LogLevel, string>> = {
  debug: "text-faint",
  info: "text-soft",
  warning: "text-paused",
  error: "text-failed",
  critical: "text-failed",
};

/** A line of the log: when, how bad, what; opened, all that is known of it. */
export function LogRowView({ row: { entry, repeats }, isOpen, onToggle, onUnfold, nowMs }: LogRowProps) {
  const { timestamp, level, message, job_id } = entry;
  const atMs = Date.parse(timestamp);
  const clock = formatClock(atMs, { seconds: true });
  const moment = formatMoment(atMs, nowMs);
  // Of another day; `21 Nov 14:20` there, `14:20` today.
  const day = moment.length > clock.length ? moment.replace(/ \d\d:\d\d$/, "") : null;
  const oldest = repeats.at(-1);
  return (
    <div className={isOpen ? "bg-surface" : "hover:bg-surface"}>
      <div className="flex items-baseline gap-x-3 px-3 py-0.5 font-mono text-12/5">
        <time dateTime={timestamp} title={timestamp} className="shrink-0 text-faint">
          {day !== null && <span className="max-desk:block">{day} </span>}
          {clock}
        </time>
        <span className={`w-10 shrink-0 ${LEVEL_COLORS[level]}`}>{LEVEL_WORDS[level]}</span>
        <button
          type="button"
          aria-expanded={isOpen}
          onClick={onToggle}
          className={`min-w-0 grow cursor-pointer text-left select-text ${isOpen ? "whitespace-pre-wrap wrap-anywhere" : "truncate max-desk:line-clamp-2 max-desk:whitespace-normal"} ${level === "info" ? "text-ink" : LEVEL_COLORS[level]}`}
        >
          {message}
          {!isOpen && <span className="text-faint"> {fieldWords(entry)}</span>}
        </button>
        {oldest !== undefined && (
          <button
            type="button"
            onClick={onUnfold}
            title={`Since ${formatMoment(Date.parse(oldest.timestamp), nowMs)}; show each`}
            className="shrink-0 rounded-sm border border-line px-1.5 text-faint hover:border-edge hover:text-ink"
          >
            × {repeats.length + 1}
            <span className="sr-only"> lines like this, show each</span>
          </button>
        )}
        {job_id !== null && (
          <Link
            href={`/jobs/${encodeURIComponent(job_id)}?at=${encodeURIComponent(timestamp)}`}
            aria-label={`Job ${job_id} at ${clock}`}
            className="w-36 shrink-0 truncate text-right text-faint hover:text-ink hover:underline max-desk:w-auto"
          >
            <span className="max-desk:hidden">{job_id}</span>
            <span aria-hidden="true" className="desk:hidden">
              ↗
            </span>
          </Link>
        )}
      </div>
      {isOpen && <Details entry={entry} />}
    </div>
  );
}

/** The plain values of an entry's fields: `exit_code 1, fps 29.97`. */
function fieldWords({ metadata, duration, event_type }: LogEntry): string {
  if (event_type !== "log") return duration === null ? "" : formatCallTime(duration);
  return Object.entries(metadata)
    .filter(([, value]) => typeof value !== "object")
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}

function Details({ entry }: { readonly entry: LogEntry }) {
  const { logger, function_name, duration, task_id, stage, user_id, trace_id, session_id } = entry;
  const facts: readonly (readonly [string, JsonValue | undefined])[] = [
    ["time", entry.timestamp],
    ["logger", logger],
    ["function", function_name],
    ["duration", duration === null ? null : formatCallTime(duration)],
    ["session", session_id],
    ["task", task_id],
    ["stage", stage],
    ["user", user_id],
    ["trace", trace_id],
    ["result", entry.result_summary],
    ...Object.entries(entry.parameters ?? {}),
    ...Object.entries(entry.metadata),
  ];
  return (
    <div className="px-3 pt-1 pb-3 font-mono text-12/5 desk:pl-40">
      <dl className="m-0 grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4">
        {facts
          .filter(([, value]) => value !== null && value !== undefined && value !== "")
          .map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="text-faint">{name}</dt>
              <dd className="m-0 wrap-anywhere">{typeof value === "string" ? value : JSON.stringify(value)}</dd>
            </div>
          ))}
      </dl>
      {entry.error_details !== null && <ErrorText error={entry.error_details} />}
    </div>
  );
}

function ErrorText({ error }: { readonly error: ErrorDetails }) {
  const words = error.stack ?? `${error.class}: ${error.message}`;
  const causes = (error.causes ?? []).map((cause) => `because of ${cause.class}: ${cause.message}`);
  return <pre className="mt-2 whitespace-pre-wrap text-failed wrap-anywhere">{[words, ...causes].join("\n")}</pre>;
}
