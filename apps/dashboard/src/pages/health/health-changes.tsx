import type { HealthHistory } from "@playhead/core";
import { Section } from "../../ui/section.tsx";
import { formatMoment } from "../../ui/times.ts";
import { HealthMark, STATUS_COLORS } from "./health-mark.tsx";
import { messageWords, nameOf, STATUS_WORDS } from "./health-words.ts";

const SHOWN = 20;

/** What was no longer as it had been, the newest first. */
export function HealthChanges({ history, nowMs }: { readonly history: HealthHistory; readonly nowMs: number }) {
  // That something is well of which nothing was known is no news.
  const news = history.changes.filter(({ from, to }) => from !== null || to !== "healthy");
  return (
    <Section title="Changes in the last 24 h">
      {news.length === 0 ? (
        <p className="py-4 text-soft">Nothing has changed.</p>
      ) : (
        <ul>
          {news.slice(0, SHOWN).map(({ timestamp, component, from, to, message }) => (
            <li key={`${timestamp} ${component}`} className="flex gap-3 border-b border-line py-2.5 text-13">
              <HealthMark status={to} className="mt-0.5" />
              <div className="min-w-0 grow">
                <p className="flex items-baseline gap-2">
                  <span className="font-medium">{nameOf(component)}</span>
                  <span className={STATUS_COLORS[to]}>
                    {to === "healthy" && from !== null ? "Well again" : STATUS_WORDS[to]}
                  </span>
                  <time dateTime={timestamp} className="ml-auto shrink-0 font-mono text-12 text-faint">
                    {formatMoment(Date.parse(timestamp), nowMs)}
                  </time>
                </p>
                <p className="text-soft wrap-anywhere">{messageWords(message)}</p>
              </div>
            </li>
          ))}
        </ul>
      )}
      {news.length > SHOWN && <p className="py-3 text-13 text-faint">And {news.length - SHOWN} before that.</p>}
    </Section>
  );
}
