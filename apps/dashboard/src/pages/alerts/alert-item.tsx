import type { Alert } from "@playhead/core";
import { Link } from "wouter";
import { careWords, LEVEL_WORDS, lastedWords, sinceOf } from "../../alerts/alert-words.ts";
import { LEVEL_COLORS, LevelMark } from "../../alerts/level-mark.tsx";
import { sentence } from "../../ui/error-text.ts";
import { formatMoment } from "../../ui/times.ts";
import { AlertActions } from "./alert-actions.tsx";
import { AlertLinks, Causes, Facts } from "./alert-facts.tsx";

/** An alert that fires: what is wrong, since when, why, and what one can do. Stands in a list. */
export function AlertItem({ alert, nowMs }: { readonly alert: Alert; readonly nowMs: number }) {
  const care = careWords(alert, nowMs);
  const since = alert.fired_at ?? alert.pending_at;
  return (
    <li className="flex flex-wrap items-start gap-x-6 gap-y-3 border-b border-line py-4">
      <div className="flex min-w-0 grow basis-80 gap-3">
        <LevelMark level={alert.level} className="mt-1" />
        <div className="min-w-0">
          <p className="flex flex-wrap items-baseline gap-x-3">
            <Link
              href={`/alerts/${encodeURIComponent(alert.alert_id)}`}
              className="text-16 font-medium wrap-anywhere hover:underline hover:decoration-edge hover:underline-offset-4"
            >
              {alert.rule_name}
            </Link>
            <span className={`text-13 ${LEVEL_COLORS[alert.level]}`}>{LEVEL_WORDS[alert.level]}</span>
            <time dateTime={since} title={formatMoment(sinceOf(alert), nowMs)} className="font-mono text-12 text-faint">
              for {lastedWords(alert, nowMs)}
            </time>
          </p>
          <p className="wrap-anywhere">{sentence(alert.message)}</p>
          <Causes alert={alert} />
          <p className="mt-1.5 flex flex-wrap gap-x-4 gap-y-1 text-12 text-faint">
            <AlertLinks alert={alert} />
            <Facts alert={alert} />
            {alert.count > 1 && <span>{alert.count} times</span>}
          </p>
          {care !== null && <p className="mt-1 text-13 text-soft">{care}</p>}
        </div>
      </div>
      <AlertActions alert={alert} />
    </li>
  );
}
