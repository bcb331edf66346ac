import type { ComponentHealth, HealthHistory } from "@playhead/core";
import { Icon } from "../../ui/icons.tsx";
import { formatMoment } from "../../ui/times.ts";
import { HealthMark, STATUS_COLORS } from "./health-mark.tsx";
import { detailWords, formatTaken, messageWords, nameOf, STATUS_WORDS } from "./health-words.ts";
import { HistoryStrip } from "./history-strip.tsx";

export interface ComponentRowProps {
  readonly part: ComponentHealth;
  /** Null until it has come. */
  readonly history: HealthHistory | null;
  readonly nowMs: number;
}

/** How one part is: what there is to say of it, how it was over the last day, and what was measured. */
export function ComponentRow({ part, history, nowMs }: ComponentRowProps) {
  const { component, status, message, response_time_ms, since, details } = part;
  const isWell = status === "healthy";
  const values = detailWords(details, nowMs);
  return (
    <li className="border-b border-line">
      <details className="group">
        <summary className="grid cursor-pointer list-none grid-cols-[1rem_minmax(0,1fr)_1rem] items-start gap-x-3 gap-y-2 rounded-sm py-3 desk:grid-cols-[1rem_10rem_minmax(0,1fr)_minmax(8rem,22rem)_1rem] [&::-webkit-details-marker]:hidden">
          <HealthMark status={status} className="mt-0.5" />
          <span className="min-w-0">
            <span className="block font-medium">{nameOf(component)}</span>
            <span className={`block text-12 ${isWell ? "text-faint" : STATUS_COLORS[status]}`}>
              {STATUS_WORDS[status]}
              {since !== undefined && (
                <>
                  {" "}
                  since <time dateTime={since}>{formatMoment(Date.parse(since), nowMs)}</time>
                </>
              )}
            </span>
          </span>
          <span className="min-w-0 max-desk:order-1 max-desk:col-span-2 max-desk:col-start-2">
            <span className={`block text-13 wrap-anywhere ${isWell ? "text-soft" : ""}`}>{messageWords(message)}</span>
            <span className="block text-12 text-faint">Looked at in {formatTaken(response_time_ms)}</span>
          </span>
          <span className="block h-5 border-r-2 border-now max-desk:order-2 max-desk:col-span-2 max-desk:col-start-2 in-data-still:border-edge">
            {history !== null && <HistoryStrip history={history} component={component} />}
          </span>
          <Icon
            name="chevron"
            className="mt-0.5 text-faint transition-transform duration-150 group-open:rotate-90 group-hover:text-ink"
          />
        </summary>
        {values.length === 0 ? (
          <p className="pb-4 pl-7 text-13 text-faint">Nothing was measured beside that.</p>
        ) : (
          <dl className="m-0 grid gap-x-6 gap-y-1 pb-4 pl-7 text-13 desk:grid-cols-[10rem_minmax(0,1fr)] desk:gap-x-3">
            {values.map(([name, value]) => (
              <div key={name} className="contents">
                <dt className="text-faint">{name}</dt>
                <dd className="m-0 font-mono text-12/5 whitespace-pre-line text-soft wrap-anywhere">{value}</dd>
              </div>
            ))}
          </dl>
        )}
      </details>
    </li>
  );
}
