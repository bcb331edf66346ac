import { formatDuration } from "@playhead/client/format";
import type { AlertBacktest, AlertRuleDraft } from "@playhead/core";
import { useState } from "react";
import { alertsApi } from "../../alerts/alerts-api.ts";
import { Button } from "../../ui/button.tsx";
import { FaultNote } from "../../ui/fault-note.tsx";
import { ChoiceField } from "../../ui/field.tsx";
import { formatMoment } from "../../ui/times.ts";
import { useAction } from "../../ui/use-action.ts";
import { backtestWords, type FiringSpan, firingSpans } from "./backtest-words.ts";

const DAYS = [
  ["1", "the last day"],
  ["7", "the last 7 days"],
  ["30", "the last 30 days"],
] as const;
const SHOWN = 10;

export interface BacktestProps {
  readonly draft: AlertRuleDraft;
  /** Why it cannot be tried now. */
  readonly disabledReason: string | null;
}

/** Tries a rule on what was stored. */
export function Backtest({ draft, disabledReason }: BacktestProps) {
  const [days, setDays] = useState<string>("7");
  const [result, setResult] = useState<{ readonly of: string; readonly backtest: AlertBacktest } | null>(null);
  const { busy, fault, run } = useAction();
  const of = JSON.stringify([draft, days]);
  const tryIt = () =>
    run("try it", async () => setResult({ of, backtest: await alertsApi.backtest(draft, Number(days)) }));
  return (
    <>
      <div className="mt-3 flex items-end gap-2">
        <ChoiceField<string> className="grow" label="On" value={days} choices={DAYS} onChange={setDays} />
        <Button busy={busy !== null} disabledReason={disabledReason} onClick={() => void tryIt()}>
          Try it
        </Button>
      </div>
      <FaultNote fault={fault} />
      <div role="status">
        {result !== null && <Outcome backtest={result.backtest} days={Number(days)} stale={result.of !== of} />}
      </div>
    </>
  );
}

/** So narrow that it can still be seen. */
const MIN_WIDTH = 0.6;

const stripPath = ({ from, to }: FiringSpan) =>
  `M${from * 100} 0h${Math.max(MIN_WIDTH, (to - from) * 100)}V8H${from * 100}z`;

interface OutcomeProps {
  readonly backtest: AlertBacktest;
  readonly days: number;
  /** Whether the rule has changed since. */
  readonly stale: boolean;
}

function Outcome({ backtest, days, stale }: OutcomeProps) {
  const toMs = Date.parse(backtest.to);
  const spans = firingSpans(backtest);
  return (
    <div className="mt-4">
      {stale && <p className="text-12 text-faint">Before it was changed:</p>}
      <p className={backtest.fired > 0 && !stale ? "font-medium" : "text-soft"}>{backtestWords(backtest, days)}</p>
      {spans.length > 0 && (
        <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" className="mt-2 h-4 w-full bg-sunken">
          <path d={spans.map(stripPath).join("")} className="fill-failed" />
        </svg>
      )}
      <ol className="mt-2">
        {backtest.firings.slice(0, SHOWN).map(({ at, until, labels, value }) => (
          <li
            key={`${at} ${JSON.stringify(labels)}`}
            className="flex flex-wrap gap-x-3 border-b border-line py-1.5 text-12 text-soft"
          >
            <time dateTime={at} className="font-mono">
              {formatMoment(Date.parse(at), toMs)}
            </time>
            <span>{until === null ? "to the end" : `for ${formatDuration(Date.parse(until) - Date.parse(at))}`}</span>
            <span className="wrap-anywhere">{Object.values(labels).map(String).join(", ")}</span>
            {value !== null && <span className="ml-auto font-mono">{Math.round(value * 1_000) / 1_000}</span>}
          </li>
        ))}
      </ol>
      {backtest.firings.length > SHOWN && (
        <p className="py-1.5 text-12 text-faint">and {backtest.fired - SHOWN} more times</p>
      )}
    </div>
  );
}
