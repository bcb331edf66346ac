import { Toggle } from "@base-ui/react/toggle";
import { formatAge } from "@playhead/client/format";
import type { JobSummary } from "@playhead/core";
import { useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { Link, useSearchParams } from "wouter";
import { client } from "../../client.ts";
import { sentence } from "../../ui/error-text.ts";
import { Icon } from "../../ui/icons.tsx";
import { Loading } from "../../ui/loading.tsx";
import { Page } from "../../ui/page.tsx";
import { usePolled } from "../../ui/poll.ts";
import { shownZone, zoneLabel } from "../../ui/time-zone.ts";
import { useNow } from "../../ui/use-now.ts";
import { EXPORT_FORMATS, exportAddress } from "./export-address.ts";
import { createLogFeed } from "./log-feed.ts";
import { LogList } from "./log-list.tsx";
import { type EntriesFilter, logsApi } from "./logs-api.ts";
import { LogsFilters } from "./logs-filters.tsx";
import { entriesFilter, isFiltered, readLogsView, USUAL_VIEW, writeLogsView } from "./logs-view.ts";

const JOBS_OFFERED = 50;
const LINES_OF_ERRORS = `/logs?${writeLogsView({ ...USUAL_VIEW, level: "error" })}`;
const NO_JOBS: readonly JobSummary[] = [];
const isVisible = () => document.visibilityState === "visible";

/** All that was logged, searched and followed. */
export function LogsPage() {
  const [search, setSearch] = useSearchParams();
  const view = readLogsView(search);
  const address = writeLogsView(view).toString();
  const [wantsLive, setWantsLive] = useState(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address says what is looked for; a range up to now begins when one asks
  const filter = useMemo(() => entriesFilter(view, Date.now()), [address]);
  const feed = useMemo(() => createLogFeed({ api: logsApi, filter, isVisible }), [filter]);
  const state = useSyncExternalStore(feed.subscribe, feed.getSnapshot);
  const canFollow = filter.to === undefined;
  const isLive = wantsLive && canFollow;
  useEffect(() => (isLive ? feed.follow() : undefined), [isLive, feed]);
  const jobs = usePolled("jobs", async () => (await client.api.jobs({ page_size: JOBS_OFFERED })).jobs, 30_000);
  return (
    <Page title="Logs" heading={<LastError />} below={<Below filter={filter} />}>
      <LogsFilters
        view={view}
        jobs={jobs.value ?? NO_JOBS}
        onChange={(next) => setSearch(writeLogsView(next), { replace: true })}
      >
        <Toggle
          pressed={isLive}
          disabled={!canFollow}
          onPressedChange={setWantsLive}
          title={canFollow ? undefined : "The time that is shown has ended"}
          className="ml-auto flex h-8 items-center gap-1.5 rounded-sm px-2 text-12 text-faint hover:text-ink data-disabled:opacity-55 data-pressed:text-ink"
        >
          <Icon name="follow" />
          {isLive ? "Following" : "Follow"}
        </Toggle>
      </LogsFilters>
      <Loading
        polled={{ value: state.loaded ? state : null, error: state.error }}
        what="the log"
        onRetry={() => void feed.readOlder()}
      />
      {state.entries.length > 0 && <LogList key={address} feed={state} onReadOlder={feed.readOlder} />}
      {state.loaded && state.entries.length === 0 && (
        <p className="py-6 text-soft" role="status">
          {isFiltered(view)
            ? "No line is like that. Take a filter away, or a longer time."
            : "Nothing has been logged yet. What jobs say stands here as they say it."}
        </p>
      )}
    </Page>
  );
}

/** The page's one line: when something went wrong last. */
function LastError() {
  const nowMs = useNow(5_000);
  const { value } = usePolled(
    "last error",
    async () => (await logsApi.page({ level: "error", page_size: 10 })).entries[0] ?? "none",
  );
  if (value === null) return "Logs";
  if (value === "none") return "No error in the log";
  return (
    <>
      Last error {formatAge(nowMs - Date.parse(value.timestamp))}:{" "}
      <Link href={LINES_OF_ERRORS} className="text-failed decoration-1 underline-offset-4 hover:underline">
        {sentence(value.message)}
      </Link>
    </>
  );
}

/** In which zone times are, and the way to all of it as a file. */
function Below({ filter }: { readonly filter: EntriesFilter }) {
  return (
    <p className="mt-1 text-13 text-soft">
      Times in {zoneLabel(shownZone().timeZone, Date.now())}, newest first. Save all of it as{" "}
      {EXPORT_FORMATS.map((format, at) => (
        <span key={format}>
          {at > 0 && ", "}
          <a
            href={exportAddress(format, filter)}
            download
            className="underline decoration-line underline-offset-2 hover:text-ink"
          >
            {format.toUpperCase()}
          </a>
        </span>
      ))}
    </p>
  );
}
