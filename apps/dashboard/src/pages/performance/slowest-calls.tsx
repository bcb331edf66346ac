import type { LogEntry } from "@playhead/core";
import { Link } from "wouter";
import { formatCallTime } from "../../ui/call-time.ts";
import { StateMark } from "../../ui/state-mark.tsx";
import { formatMoment } from "../../ui/times.ts";

export interface SlowestCallsProps {
  readonly calls: readonly LogEntry[];
  readonly nowMs: number;
}

/** The calls that took longest, each with the way to its job at that moment. */
export function SlowestCalls({ calls, nowMs }: SlowestCallsProps) {
  if (calls.length === 0) return <p className="py-4 text-soft">No call of this time is kept by itself.</p>;
  return (
    <ol className="m-0 list-none p-0">
      {calls.map((call) => (
        <li key={call.entry_id} className="border-b border-line">
          <SlowCall call={call} nowMs={nowMs} />
        </li>
      ))}
    </ol>
  );
}

function SlowCall({ call, nowMs }: { readonly call: LogEntry; readonly nowMs: number }) {
  const { job_id, timestamp, duration, error_details } = call;
  const parts = (
    <>
      <StateMark shape={call.event_type === "error" ? "failed" : "completed"} className="self-center" />
      <span className="w-20 shrink-0 font-mono text-12">{formatCallTime(duration ?? 0)}</span>
      <span className="min-w-0 grow truncate text-soft group-hover:text-ink">
        {error_details === null ? parameterWords(call) : error_details.message}
      </span>
      <time dateTime={timestamp} className="shrink-0 font-mono text-12 text-faint">
        {formatMoment(Date.parse(timestamp), nowMs)}
      </time>
    </>
  );
  const className = "group flex items-baseline gap-3 rounded-sm py-2 text-13";
  if (job_id === null) return <span className={className}>{parts}</span>;
  return (
    <Link
      href={`/jobs/${encodeURIComponent(job_id)}?show=trace&at=${encodeURIComponent(timestamp)}`}
      className={`${className} hover:bg-surface`}
    >
      {parts}
    </Link>
  );
}

function parameterWords({ parameters, job_id }: LogEntry): string {
  const words = Object.entries(parameters ?? {}).map(
    ([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  return words.length > 0 ? words.join(", ") : (job_id ?? "outside of any job");
}
