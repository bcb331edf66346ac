import type { Alert, AlertState } from "@playhead/core";
import { Link, useSearchParams } from "wouter";
import { LEVEL_WORDS, lastedWords } from "../../alerts/alert-words.ts";
import { alertsApi } from "../../alerts/alerts-api.ts";
import { LevelMark } from "../../alerts/level-mark.tsx";
import { Loading } from "../../ui/loading.tsx";
import { usePolled } from "../../ui/poll.ts";
import { formatMoment } from "../../ui/times.ts";
import { useNow } from "../../ui/use-now.ts";
import { AlertsFrame } from "./alerts-frame.tsx";
import { Filter, type FilterProps, MoreButton } from "./filters.tsx";
import { type HistoryView, historyQuery, readHistoryView, SINCES, writeHistoryView } from "./history-view.ts";
import { usePages } from "./use-pages.ts";

const STATE_WORDS: Readonly<Record<AlertState, string>> = {
  pending: "Pending",
  firing: "Firing",
  resolved: "Resolved",
};

/** All that fired, newest first; the address says which. */
export function HistoryPart() {
  const [search, setSearch] = useSearchParams();
  const view = readHistoryView(search);
  const nowMs = useNow(5_000);
  const key = writeHistoryView(view).toString();
  const pages = usePages<Alert>(key, async (page_token) => {
    const query = { ...historyQuery(view, Date.now()), ...(page_token !== undefined && { page_token }) };
    const { alerts, next_page_token } = await alertsApi.alerts(query);
    return { items: alerts, next: next_page_token };
  });
  const rules = usePolled("rules", alertsApi.rules);
  const show = (change: Partial<HistoryView>) => setSearch(writeHistoryView({ ...view, ...change }));
  const ruleNames = (rules.value ?? []).map(({ rule_id, name }) => [rule_id, name] as const);
  const filters: readonly FilterProps[] = [
    {
      name: "Level",
      any: "Any level",
      value: view.level,
      choices: Object.entries(LEVEL_WORDS),
      onChange: (level) => show({ level } as Partial<HistoryView>),
    },
    {
      name: "State",
      any: "Any state",
      value: view.state,
      choices: Object.entries(STATE_WORDS),
      onChange: (state) => show({ state } as Partial<HistoryView>),
    },
    { name: "Rule", any: "Any rule", value: view.rule, choices: ruleNames, onChange: (rule) => show({ rule }) },
    {
      name: "Time",
      any: "Any time",
      value: view.since,
      choices: SINCES.map(({ name, word }) => [name, word] as const),
      onChange: (since) => show({ since } as Partial<HistoryView>),
    },
  ];
  const { items } = pages;
  return (
    <AlertsFrame title="Alerts: history" heading="What fired">
      <search className="mt-4 flex flex-wrap gap-2">
        {filters.map((filter) => (
          <Filter key={filter.name} {...filter} />
        ))}
      </search>
      <Loading polled={pages.polled} what="the history" onRetry={() => void pages.refresh()} />
      {items !== null && items.length > 0 && <HistoryTable alerts={items} nowMs={nowMs} />}
      {items?.length === 0 && (
        <p className="py-6 text-soft" role="status">
          {key === "" ? "Nothing has fired yet." : "No alert is like that. Take a filter away."}
        </p>
      )}
      <MoreButton pages={pages} />
    </AlertsFrame>
  );
}

function HistoryTable({ alerts, nowMs }: { readonly alerts: readonly Alert[]; readonly nowMs: number }) {
  return (
    <table className="mt-3 w-full table-fixed border-collapse text-left text-13" aria-label="Alerts">
      <thead className="text-12 text-faint">
        <tr className="h-8">
          <th scope="col" className="font-normal">
            Alert
          </th>
          <th scope="col" className="w-28 font-normal max-desk:w-20">
            State
          </th>
          <th scope="col" className="w-28 text-right font-normal max-desk:hidden">
            Lasted
          </th>
          <th scope="col" className="w-36 text-right font-normal max-desk:w-24">
            Since
          </th>
        </tr>
      </thead>
      <tbody>
        {alerts.map((alert) => (
          <HistoryRow key={alert.alert_id} alert={alert} nowMs={nowMs} />
        ))}
      </tbody>
    </table>
  );
}

function HistoryRow({ alert, nowMs }: { readonly alert: Alert; readonly nowMs: number }) {
  const since = alert.fired_at ?? alert.pending_at;
  const over = alert.state === "resolved";
  return (
    <tr className="relative h-9 border-t border-line hover:bg-surface">
      <th scope="row" className="font-normal">
        <span className="flex min-w-0 gap-2 desk:items-center max-desk:py-1.5">
          <LevelMark level={alert.level} over={over} className="max-desk:mt-0.5" />
          <span className="sr-only">{LEVEL_WORDS[alert.level]}</span>
          <span className="min-w-0 desk:flex desk:gap-2">
            {/* The whole row leads there. */}
            <Link
              href={`/alerts/${encodeURIComponent(alert.alert_id)}`}
              className="font-medium after:absolute after:inset-0 desk:shrink-0 max-desk:wrap-anywhere"
            >
              {alert.rule_name}
            </Link>
            {/* By the name alone those of one rule could not be told apart. */}
            <span className="block text-soft desk:truncate max-desk:text-12 max-desk:wrap-anywhere">
              {alert.message}
            </span>
          </span>
        </span>
      </th>
      <td className={over ? "text-faint" : ""}>{STATE_WORDS[alert.state]}</td>
      <td className="text-right font-mono text-12 whitespace-nowrap text-soft max-desk:hidden">
        {lastedWords(alert, nowMs)}
      </td>
      <td className="text-right font-mono text-12 whitespace-nowrap text-faint">
        <time dateTime={since}>{formatMoment(Date.parse(since), nowMs)}</time>
      </td>
    </tr>
  );
}
