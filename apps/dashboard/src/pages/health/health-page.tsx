import { formatAge } from "@playhead/client/format";
import type { HealthReport, JobsFilter } from "@playhead/core";
import { useJobs } from "@playhead/react";
import { Announcer } from "../../ui/announcer.tsx";
import { describeError } from "../../ui/error-text.ts";
import { Page } from "../../ui/page.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { useNow } from "../../ui/use-now.ts";
import { ComponentRow } from "./component-row.tsx";
import { healthAnswer } from "./health-answer.ts";
import { HealthChanges } from "./health-changes.tsx";
import { STATUS_COLORS } from "./health-mark.tsx";
import { formatTaken, messageWords } from "./health-words.ts";
import { useHealth } from "./use-health.ts";

/** Followed for its connection, which tells at once when the server is gone; what is shown here is asked for. */
const ONE: JobsFilter = { limit: 1 };

/** Whether Playhead and what it needs is well, and what to do where it is not. */
export function HealthPage() {
  useJobs(ONE);
  const { report, history, error } = useHealth();
  const nowMs = useNow(5_000);
  if (report === null) return error === null ? <LoadingHealth /> : <NoHealth error={error} />;
  const { sentence: answer, status, parts } = healthAnswer(report);
  return (
    <Page
      title={answer}
      heading={<span className={status === "healthy" ? "" : STATUS_COLORS[status]}>{answer}</span>}
      below={<Looked report={report} nowMs={nowMs} />}
    >
      <Announcer topic={answer} message={answer} />
      <div className="mt-8 grid gap-x-12 gap-y-10 wide:grid-cols-[minmax(0,1fr)_minmax(18rem,24rem)]">
        <section aria-label="Parts" className="min-w-0">
          <div
            aria-hidden="true"
            className="flex h-8 items-center justify-end gap-3 border-b border-line pb-2 text-12 text-faint max-desk:hidden"
          >
            <span className="flex w-full max-w-[22rem] justify-between">
              <span>24 h ago</span>
              <span className="text-soft">now</span>
            </span>
            <span className="w-4" />
          </div>
          <ul className="max-desk:border-t max-desk:border-line">
            {parts.map((part) => (
              <ComponentRow key={part.component} part={part} history={history} nowMs={nowMs} />
            ))}
          </ul>
        </section>
        {history !== null && <HealthChanges history={history} nowMs={nowMs} />}
      </div>
    </Page>
  );
}

/** How old what is shown is; and of what is worst, what to do. */
function Looked({ report, nowMs }: { readonly report: HealthReport; readonly nowMs: number }) {
  const { checks, timestamp, total_check_time_ms } = report;
  const { parts } = healthAnswer(report);
  const [worst] = parts;
  const age = formatAge(nowMs - Date.parse(timestamp));
  return (
    <div className="mt-2 max-w-[80ch]">
      {worst !== undefined && worst.status !== "healthy" && (
        <p className="wrap-anywhere">{messageWords(worst.message)}</p>
      )}
      <p className="text-13 text-soft">
        All {checks.length} parts were looked at {age === "now" ? "just now" : age}, in{" "}
        {formatTaken(total_check_time_ms)}.
      </p>
    </div>
  );
}

function NoHealth({ error }: { readonly error: unknown }) {
  const { message, hint } = describeError(error);
  return (
    <Page title="Health" heading="The server did not say how it is">
      <p className="mt-2 text-soft" role="alert">
        {message} {hint} This page asks again by itself.
      </p>
    </Page>
  );
}

function LoadingHealth() {
  return (
    <Page title="Health" heading={<span className="sr-only">Health</span>}>
      <p className="sr-only" role="status">
        Loading
      </p>
      <Skeleton className="h-9 w-72 max-w-full" />
      <Skeleton className="mt-2 h-5 w-96 max-w-full" />
      <div className="mt-8 space-y-3">
        {["a", "b", "c", "d", "e", "f", "g"].map((each) => (
          <Skeleton key={each} className="h-12 w-full" />
        ))}
      </div>
    </Page>
  );
}
