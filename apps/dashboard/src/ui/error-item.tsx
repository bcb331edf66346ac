import type { ViewedError } from "@playhead/core";
import type { ReactNode } from "react";
import { sentence } from "./error-text.ts";
import { StateMark } from "./state-mark.tsx";
import { formatMoment } from "./times.ts";

export interface ErrorItemProps {
  readonly error: ViewedError;
  /** What it happened to. */
  readonly subject?: ReactNode;
  readonly nowMs: number;
}

/** An error: what happened, to what, when, and what to do about it. Stands in a list. */
export function ErrorItem({ error, subject, nowMs }: ErrorItemProps) {
  return (
    <li className="flex gap-2 border-b border-line py-2.5 text-13">
      <StateMark shape="failed" className="mt-0.5" />
      <div className="min-w-0 grow">
        <p className="wrap-anywhere">{sentence(error.error_message)}</p>
        {error.hint !== undefined && <p className="text-soft wrap-anywhere">{sentence(error.hint)}</p>}
        <p className="mt-0.5 flex flex-wrap gap-x-3 text-12 text-faint">
          {subject}
          <time dateTime={error.ts}>{formatMoment(Date.parse(error.ts), nowMs)}</time>
          <code>{error.error_code}</code>
        </p>
      </div>
    </li>
  );
}
