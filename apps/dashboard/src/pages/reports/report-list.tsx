import type { ReportInfo } from "@playhead/core";
import { Link } from "wouter";
import { Loading } from "../../ui/loading.tsx";
import { Page } from "../../ui/page.tsx";
import { Section } from "../../ui/section.tsx";
import { StateMark } from "../../ui/state-mark.tsx";
import { formatMoment } from "../../ui/times.ts";
import { useNow } from "../../ui/use-now.ts";
import { MoreButton } from "../alerts/filters.tsx";
import { usePages } from "../alerts/use-pages.ts";
import { ReportFiles } from "./report-files.tsx";
import { KIND_WORDS, rangeText } from "./report-words.ts";
import { reportsApi } from "./reports-api.ts";
import { ScheduleList } from "./schedule-list.tsx";

/** All reports, the newest first, and what makes them by itself. */
export function ReportList() {
  const pages = usePages<ReportInfo>("reports", async (pageToken) => {
    const { reports, next_page_token: next } = await reportsApi.list(pageToken);
    return { items: reports, next };
  });
  const { items } = pages;
  const newest = items?.find(({ status }) => status === "made");
  return (
    <Page
      title="Reports"
      heading={newest === undefined ? "Reports" : `The last report: ${rangeOf(newest)}`}
      below={newest?.headline != null && <p className="mt-1 max-w-[80ch] text-16 text-soft">{newest.headline}</p>}
      actions={
        <Link
          href="/reports/new"
          className="inline-flex h-8 items-center rounded-md border border-line bg-surface px-3 text-13 font-medium transition-colors duration-150 hover:border-edge"
        >
          New report
        </Link>
      }
    >
      <div className="mt-8 grid gap-x-10 gap-y-10 wide:grid-cols-[minmax(0,1fr)_minmax(20rem,26rem)]">
        <Section title="Made">
          <Loading polled={pages.polled} what="the reports" onRetry={() => void pages.refresh()} />
          {items?.length === 0 && <FirstReport />}
          <ul>
            {items?.map((report) => (
              <ReportRow key={report.report_id} report={report} />
            ))}
          </ul>
          <MoreButton pages={pages} />
        </Section>
        <ScheduleList />
      </div>
    </Page>
  );
}

const rangeOf = ({ from, to, time_zone }: ReportInfo) => rangeText(from, to, time_zone);

function ReportRow({ report }: { readonly report: ReportInfo }) {
  const { report_id, title, kind, status, error, headline, time_zone, created_at, schedule_id, formats } = report;
  const nowMs = useNow(60_000);
  return (
    <li className="flex flex-wrap items-start gap-x-6 gap-y-1 border-b border-line py-3">
      <div className="min-w-0 grow basis-80 text-13">
        {status === "made" ? (
          <Link
            href={`/reports/${encodeURIComponent(report_id)}`}
            className="font-medium underline decoration-line underline-offset-2 hover:decoration-edge"
          >
            {title}
          </Link>
        ) : (
          <p className="flex items-center gap-2 font-medium">
            <StateMark shape="failed" />
            {title} could not be made
          </p>
        )}
        {(error ?? headline) !== null && <p className="text-soft wrap-anywhere">{error ?? headline}</p>}
        <p className="text-12 text-faint">
          {KIND_WORDS[kind]} · {rangeOf(report)}, {time_zone} · made{" "}
          <time dateTime={created_at}>{formatMoment(Date.parse(created_at), nowMs)}</time>
          {schedule_id !== null && " by schedule"}
        </p>
      </div>
      <ReportFiles reportId={report_id} title={title} formats={formats} />
    </li>
  );
}

function FirstReport() {
  return (
    <p className="max-w-[60ch] py-6 text-soft">
      No report has been made yet. The first one comes by schedule;{" "}
      <Link href="/reports/new" className="text-ink underline">
        make one now
      </Link>{" "}
      of last week, of yesterday, or of what you choose.
    </p>
  );
}
