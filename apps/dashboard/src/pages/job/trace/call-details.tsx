import { formatTimecode } from "@playhead/client/format";
import type { JsonObject, LogEntry } from "@playhead/core";
import type { ReactNode } from "react";
import type { TraceNode } from "./trace-tree.ts";
import { costWords, errorLines, formatCallTime, spellValue, withoutCost } from "./trace-words.ts";

export interface CallDetailsProps {
  readonly node: TraceNode | null;
  /** When the job began. */
  readonly startMs: number;
}

/** Under the waterfall: what the chosen call was given, and what came of it. */
export function CallDetails({ node, startMs }: CallDetailsProps) {
  const call = node?.call ?? null;
  return (
    <div className="min-h-14 border-b border-line py-2 text-13" aria-live="polite">
      {call === null || node === null ? (
        <p className="text-12 text-faint">Choose a call to see what it was given, and what came of it.</p>
      ) : (
        <Chosen call={call} fromStartMs={node.startMs - startMs} />
      )}
    </div>
  );
}

function Chosen({ call, fromStartMs }: { readonly call: LogEntry; readonly fromStartMs: number }) {
  const { duration, error_details: error, metadata } = call;
  return (
    <div className="space-y-2">
      <p className="flex flex-wrap items-baseline gap-x-3">
        <span className="font-mono font-medium wrap-anywhere">{call.function_name}</span>
        <span className="text-soft">
          {duration === null ? "still runs" : formatCallTime(duration)}, from {formatTimecode(fromStartMs)}
        </span>
        <span className="text-faint">{costWords(metadata).join(" · ")}</span>
      </p>
      <dl className="grid gap-x-4 gap-y-1 desk:grid-cols-[max-content_minmax(0,1fr)]">
        <Values of={call.parameters} />
        {call.result_summary !== null && <Value name="Result">{call.result_summary}</Value>}
        <Values of={withoutCost(metadata)} />
      </dl>
      {error !== null && (
        <div className="space-y-1 text-failed">
          {errorLines(error).map((line) => (
            <p key={line} className="wrap-anywhere">
              {line}
            </p>
          ))}
          {error.stack !== undefined && (
            <pre className="max-h-48 overflow-auto rounded-md bg-sunken p-2 font-mono text-12 text-soft">
              {error.stack}
            </pre>
          )}
        </div>
      )}
    </div>
  );
}

function Values({ of }: { readonly of: JsonObject | null }) {
  return Object.entries(of ?? {}).map(([name, value]) => (
    <Value key={name} name={name}>
      {spellValue(value)}
    </Value>
  ));
}

function Value({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-faint">{name}</dt>
      <dd className="max-h-24 overflow-auto font-mono text-12/5 wrap-anywhere text-soft">{children}</dd>
    </>
  );
}
