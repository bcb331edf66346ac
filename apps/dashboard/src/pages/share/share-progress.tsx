import { formatPercent } from "@playhead/client/format";
import { isFinalJobState, type Job } from "@playhead/core";
import { useMemo } from "react";
import { Section } from "../../ui/section.tsx";
import { StateMark } from "../../ui/state-mark.tsx";
import { Preview } from "./preview.tsx";
import type { ShareLink } from "./share-link.ts";
import { type SharePart, sharePartsOf } from "./share-parts.ts";

/** As much as one looks at; the rest is told as a number. */
const MAX_AT_WORK = 6;
const MAX_DONE = 12;

export interface ShareProgressProps {
  readonly job: Job;
  readonly tasksTotal: number;
  readonly link: ShareLink;
}

/** What is being done now, and what is done already. */
export function ShareProgress({ job, tasksTotal, link }: ShareProgressProps) {
  const { atWork, done } = useMemo(() => sharePartsOf(job), [job]);
  const { items_completed: made, items_total: total } = job.progress;
  const isOver = isFinalJobState(job.state);
  // A large job comes in part: its counts are whole all the same.
  const count = tasksTotal > job.tasks.size || total > 0 ? made : done.length;
  return (
    <>
      {!isOver && atWork.length > 0 && (
        <Section title="Being made now" className="mt-8">
          <ul>
            {atWork.slice(0, MAX_AT_WORK).map(({ percent, step, ...part }) => (
              <li key={part.taskId} className="flex min-h-9 items-center gap-2.5 border-b border-line py-1.5 text-13">
                <StateMark shape={job.state === "paused" ? "paused" : "processing"} />
                <PartName part={part} />
                <span className="ml-auto shrink-0 text-faint">{step}</span>
                <span className="w-11 shrink-0 text-right font-mono text-12 text-soft">{formatPercent(percent)}</span>
              </li>
            ))}
          </ul>
          {atWork.length > MAX_AT_WORK && (
            <p className="pt-2 text-12 text-faint">and {atWork.length - MAX_AT_WORK} more</p>
          )}
        </Section>
      )}
      {done.length > 0 && (
        <Section
          title="Done"
          aside={
            <span className="font-mono text-12 text-soft">{total > 0 ? `${count} of ${total}` : String(count)}</span>
          }
          className="mt-8"
        >
          <ul className="grid grid-cols-2 gap-3 pt-3 desk:grid-cols-3">
            {done.slice(0, MAX_DONE).map(({ picture, ...part }) => (
              <li key={part.taskId} className="min-w-0 text-13">
                <Preview link={link} url={picture} />
                <p className="mt-1 truncate">{part.name}</p>
                <p className="truncate text-12 text-faint">{part.within}</p>
              </li>
            ))}
          </ul>
          {done.length > MAX_DONE && <p className="pt-3 text-12 text-faint">and {done.length - MAX_DONE} more</p>}
        </Section>
      )}
    </>
  );
}

function PartName({ part: { name, within } }: { readonly part: SharePart }) {
  return (
    <span className="min-w-0 truncate">
      {name}
      {within !== null && <span className="text-faint"> · {within}</span>}
    </span>
  );
}
