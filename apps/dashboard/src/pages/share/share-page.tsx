import { serverNowMs } from "@playhead/client";
import { formatMoment, formatPercent } from "@playhead/client/format";
import { CLOSE_CODES, isFinalJobState, type Job } from "@playhead/core";
import { JobProgress, type UseJobResult, useJob } from "@playhead/react";
import { type ReactNode, useCallback, useEffect, useMemo } from "react";
import { connectionWord } from "../../shell/connection-words.ts";
import { PlayheadSign } from "../../shell/playhead-sign.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { useNow } from "../../ui/use-now.ts";
import { shareAnswer } from "./share-answer.ts";
import type { ShareLink } from "./share-link.ts";
import { ShareProgress } from "./share-progress.tsx";

/** What a link opens: one job, for the person who waits for it. Null: the link is not whole. */
export function SharePage({ link }: { readonly link: ShareLink | null }) {
  if (link === null)
    return (
      <Frame heading="This link is not whole" live={false}>
        <Note>
          Part of it is missing, as happens when it is cut at the end of a line. Open it again from where you got it.
        </Note>
      </Frame>
    );
  return <LinkedPage link={link} />;
}

/** How often the page looks at the clock. */
const PACE_MS = 1_000;
/** Another try would be refused as well. */
const ENDED: ReadonlySet<number> = new Set([CLOSE_CODES.bad_token, CLOSE_CODES.forbidden, CLOSE_CODES.revoked]);

function LinkedPage({ link }: { readonly link: ShareLink }) {
  const token = useCallback(async () => link.token, [link]);
  const result = useJob(link.jobId, { token });
  const { job, error, connection } = result;
  const hasEnded = connection.status === "refused" && ENDED.has(connection.code);
  if (job !== null) return <LoadedPage {...result} job={job} link={link} hasEnded={hasEnded} />;
  if (hasEnded || error?.error_code === "unauthorized")
    return (
      <Frame heading={hasRunOut(link) ? "This link has expired" : "This link no longer works"} live={false}>
        <Note>Ask whoever sent it to you for a new one.</Note>
      </Frame>
    );
  if (error !== null)
    return (
      <Frame heading="This is no longer here" live={false}>
        <Note>What the link showed has been removed. Whoever sent it to you knows what became of it.</Note>
      </Frame>
    );
  return (
    <Frame heading={<span className="text-faint">Loading</span>} live={false}>
      <p className="sr-only" role="status">
        Loading
      </p>
      <Skeleton className="mt-6 h-5 w-52" />
      <Skeleton className="mt-6 h-2 w-full" />
      <div className="mt-8">
        {/* It says when the server does not answer. */}
        <JobProgress job={null} connection={connection} className="share-progress text-13" />
      </div>
    </Frame>
  );
}

interface LoadedPageProps extends UseJobResult {
  readonly job: Job;
  readonly link: ShareLink;
  readonly hasEnded: boolean;
}

function LoadedPage({ job, live, connection, clockOffsetMs, heardAtMs, tasksTotal, link, hasEnded }: LoadedPageProps) {
  const isOver = isFinalJobState(job.state);
  const clockMs = useNow(isOver ? null : PACE_MS);
  // What is no longer live was true when it was last heard of.
  const lostAtMs = "lostAtMs" in connection ? (connection.lostAtMs ?? heardAtMs) : null;
  const nowMs = serverNowMs(live ? clockMs : (lostAtMs ?? clockMs), clockOffsetMs);
  const { heading, detail } = useMemo(() => shareAnswer(job, nowMs), [job, nowMs]);
  const title = `${isOver ? heading : formatPercent(job.progress.percent_complete)} · ${job.title}`;
  return (
    <Frame heading={heading} title={title} live={live} word={isOver ? "" : connectionWord(connection)}>
      {detail !== null && <p className="mt-1 text-16 text-soft">{detail}</p>}
      {hasEnded && <Note>This link has ended meanwhile. What you see is how it stood last.</Note>}
      <div className="mt-8">
        <JobProgress job={job} connection={connection} className="share-progress text-14" />
      </div>
      <ShareProgress job={job} tasksTotal={tasksTotal} link={link} />
      <footer className="mt-10 border-t border-line pt-3 text-12 text-faint">
        Times are in your zone, {Intl.DateTimeFormat().resolvedOptions().timeZone}.
        {link.endsAtMs !== null && ` This link works until ${formatMoment(link.endsAtMs, clockMs)}.`}
      </footer>
    </Frame>
  );
}

interface FrameProps {
  readonly heading: ReactNode;
  /** Of the browser's tab. */
  readonly title?: string;
  readonly live: boolean;
  /** How the connection is; empty where that says nothing. */
  readonly word?: string;
  readonly children: ReactNode;
}

function Frame({ heading, title, live, word = "", children }: FrameProps) {
  useEffect(() => {
    document.title = title ?? "Playhead";
  }, [title]);
  return (
    <div className="mx-auto flex min-h-dvh max-w-[38rem] flex-col px-5" data-still={live ? undefined : ""}>
      <header className="flex h-14 items-center gap-2 text-13 text-faint">
        <PlayheadSign live={live} />
        Playhead
        <span role="status" className="ml-auto">
          {word}
        </span>
      </header>
      <main className="grow pt-[8vh] pb-8">
        <h1 className="text-28 font-semibold tracking-tight text-balance">{heading}</h1>
        {children}
      </main>
    </div>
  );
}

function Note({ children }: { readonly children: ReactNode }) {
  return <p className="mt-3 text-soft">{children}</p>;
}

const hasRunOut = ({ endsAtMs }: ShareLink) => endsAtMs !== null && endsAtMs <= Date.now();
