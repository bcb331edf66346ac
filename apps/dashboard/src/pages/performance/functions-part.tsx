import { EXECUTION_CATEGORIES, type ExecutionCategory } from "@playhead/core";
import { useSearchParams } from "wouter";
import { Icon } from "../../ui/icons.tsx";
import { Loading } from "../../ui/loading.tsx";
import { usePolled } from "../../ui/poll.ts";
import { FILTER, RangeField } from "../../ui/range/range-field.tsx";
import { boundsOfRange, rangeWords } from "../../ui/range/view-range.ts";
import { functionRows } from "./function-rows.ts";
import { FunctionTable } from "./function-table.tsx";
import { type PerformanceAnswer, performanceAnswer } from "./performance-answer.ts";
import { type PerformanceComparison, performanceApi } from "./performance-api.ts";
import { PerformanceFrame, zoneWords } from "./performance-frame.tsx";
import {
  CATEGORY_WORDS,
  type PerformanceView,
  readPerformanceView,
  sortedBy,
  writePerformanceView,
} from "./performance-view.ts";

/** Sums over days need no more. */
export const EVERY_MS = 20_000;
const COUNT = new Intl.NumberFormat("en-GB");
const TONES = { bad: "text-failed", good: "text-faint", plain: "text-faint" } as const;

/** All functions, steps and requests: how long they take, and what changed against the time before. */
export function FunctionsPart() {
  const [search, setSearch] = useSearchParams();
  const view = readPerformanceView(search);
  const words = rangeWords(view.range);
  const polled = usePolled(
    JSON.stringify(view.range),
    async () => {
      const bounds = boundsOfRange(view.range, Date.now());
      const query = { from: new Date(bounds.fromMs).toISOString(), to: new Date(bounds.toMs).toISOString() };
      const [comparison, trends] = await Promise.all([performanceApi.compare(query), performanceApi.trends(query)]);
      return { comparison, answer: performanceAnswer(comparison.functions, trends, { ...bounds, ...words }) };
    },
    EVERY_MS,
  );
  const show = (change: Partial<PerformanceView>) =>
    setSearch(writePerformanceView({ ...view, ...change }), { replace: true });
  const loaded = polled.value;
  const rows = loaded === null ? [] : functionRows(loaded.comparison.functions, view);
  return (
    <PerformanceFrame
      title="Performance"
      heading={loaded === null ? "Performance" : <Heading answer={loaded.answer} />}
      below={loaded !== null && <p className="mt-1 text-13 text-soft">{sumWords(loaded.comparison)}</p>}
    >
      <search className="mt-4 flex flex-wrap items-center gap-2">
        <label className="flex h-8 w-64 max-w-full items-center gap-2 rounded-md border border-line bg-surface px-2.5 text-faint focus-within:border-edge">
          <Icon name="search" />
          <span className="sr-only">Search by name</span>
          <input
            type="search"
            value={view.text}
            maxLength={200}
            onChange={({ target }) => show({ text: target.value })}
            placeholder="Search by name"
            className="min-w-0 grow bg-transparent text-13 text-ink outline-none placeholder:text-faint"
          />
        </label>
        <select
          aria-label="Category"
          className={FILTER}
          value={view.category ?? ""}
          onChange={({ target }) =>
            show({ category: target.value === "" ? null : (target.value as ExecutionCategory) })
          }
        >
          <option value="">All calls</option>
          {EXECUTION_CATEGORIES.map((category) => (
            <option key={category} value={category}>
              {CATEGORY_WORDS[category]}
            </option>
          ))}
        </select>
        <RangeField range={view.range} onChange={(range) => show({ range })} />
      </search>
      <Loading polled={polled} what="the calls" onRetry={() => void polled.refresh()} />
      {rows.length > 0 && (
        <FunctionTable
          rows={rows}
          range={view.range}
          sort={view.sort}
          onSort={(by) => setSearch(writePerformanceView(sortedBy(view, by)), { replace: true })}
        />
      )}
      {loaded !== null && rows.length === 0 && (
        <p className="py-6 text-soft" role="status">
          {view.text === "" && view.category === null
            ? "Jobs record what they call, and how long it takes. Take a longer time, or run one."
            : "Nothing that was called is like that. Take a filter away."}
        </p>
      )}
    </PerformanceFrame>
  );
}

function Heading({ answer: { said, more, tone } }: { readonly answer: PerformanceAnswer }) {
  return (
    <>
      <span className={tone === "bad" ? TONES.bad : ""}>{said}</span>
      {more !== "" && <span className="text-faint">, {more}</span>}
    </>
  );
}

/** How much all that is, and in which zone times are. */
function sumWords({ functions }: PerformanceComparison): string {
  const called = functions.flatMap(({ after }) => (after === null ? [] : [after]));
  const sum = (of: (figures: (typeof called)[number]) => number) => called.reduce((all, each) => all + of(each), 0);
  const [calls, errors] = [sum(({ count }) => count), sum(({ error_count }) => error_count)];
  const failed = errors === 0 ? "none failed" : `${COUNT.format(errors)} failed`;
  return `${COUNT.format(calls)} calls of ${called.length} functions, ${failed}; ${zoneWords()}`;
}
