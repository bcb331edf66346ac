import type { ReportFigure } from "@playhead/core";
import { Figure } from "../../ui/figure.tsx";
import { Loading } from "../../ui/loading.tsx";
import { Page } from "../../ui/page.tsx";
import { usePolled } from "../../ui/poll.ts";
import { Section } from "../../ui/section.tsx";
import { ReportsLink } from "./new-report-page.tsx";
import { ReportChart } from "./report-chart.tsx";
import { ReportFiles } from "./report-files.tsx";
import { ReportTable } from "./report-table.tsx";
import { comparisonText, isGoodNews, rangeText, valueText } from "./report-words.ts";
import { reportsApi } from "./reports-api.ts";

/** What was made stays as it is. */
const NEVER_CHANGES_MS = 86_400_000;

/** One report: what its files tell, on the page. */
export function ReportPage({ reportId }: { readonly reportId: string }) {
  const read = usePolled(reportId, () => reportsApi.read(reportId), NEVER_CHANGES_MS);
  const report = read.value;
  if (report === null) {
    return (
      <Page title="Report" heading={<span className="text-faint">Report</span>} above={<ReportsLink />}>
        <Loading polled={read} what="the report" onRetry={() => void read.refresh()} />
      </Page>
    );
  }
  const { title, headline, from, to, time_zone: timeZone, figures, charts, tables, notes } = report;
  return (
    <Page
      title={title}
      heading={title}
      above={<ReportsLink />}
      below={
        <p className="mt-1 text-13 text-faint">
          {rangeText(from, to, timeZone)}. Times are in {timeZone}.
        </p>
      }
      actions={<ReportFiles reportId={reportId} title={title} formats={["pdf", "html", "csv", "json"]} />}
    >
      <p className="mt-5 max-w-[80ch] text-20">{headline}</p>
      {figures.length > 0 && (
        <dl className="mt-8 grid grid-cols-[repeat(auto-fill,minmax(10rem,1fr))] gap-x-8 gap-y-5">
          {figures.map((figure) => (
            <Figure
              key={figure.id}
              label={figure.label}
              value={valueText(figure.value, figure.unit, timeZone)}
              note={<Comparison figure={figure} timeZone={timeZone} />}
            />
          ))}
        </dl>
      )}
      <div className="mt-10 grid gap-x-10 gap-y-10 wide:grid-cols-2">
        {charts.map((chart) => (
          <Section key={chart.id} title={chart.title} className="min-w-0">
            <ReportChart chart={chart} timeZone={timeZone} />
          </Section>
        ))}
      </div>
      <div className="mt-10 space-y-10">
        {tables.map((table) => (
          <Section key={table.id} title={table.title}>
            <ReportTable table={table} timeZone={timeZone} />
          </Section>
        ))}
      </div>
      {notes.length > 0 && (
        <ul className="mt-10 border-t border-line pt-3 text-12 text-faint">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </Page>
  );
}

const TONES = new Map([
  [true, "text-completed"],
  [false, "text-failed"],
]);

function Comparison({ figure, timeZone }: { readonly figure: ReportFigure; readonly timeZone: string }) {
  const isGood = isGoodNews(figure);
  return (
    <span className={isGood === null ? "" : TONES.get(isGood)}>
      {comparisonText(figure, timeZone)}
      {isGood !== null && <span className="sr-only">, {isGood ? "better" : "worse"}</span>}
    </span>
  );
}
