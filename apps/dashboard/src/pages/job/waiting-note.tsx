import type { Job, JobWaiting } from "@playhead/core";
import { client } from "../../client.ts";
import { sentence } from "../../ui/error-text.ts";
import { usePolled } from "../../ui/poll.ts";

/** Says why a job that anyone may take has not begun; nothing of all others. */
export function WaitingNote({ job }: { readonly job: Job }) {
  const isWaiting = job.state === "pending" && job.worker === null;
  return (
    // There before it has something to say, so that it is heard.
    <div role="status">{isWaiting && <Waiting jobId={job.job_id} kind={job.kind} />}</div>
  );
}

function Waiting({ jobId, kind }: { readonly jobId: string; readonly kind: string }) {
  // What it waits for changes with other jobs: nothing is told of it along the job.
  const { value } = usePolled(`waiting ${jobId}`, () =>
    client.api.ask<{ readonly waiting?: JobWaiting }>("GET", `jobs/${encodeURIComponent(jobId)}`),
  );
  const waiting = value?.waiting;
  if (waiting === undefined) return null;
  return (
    <div className="mt-6 border-l-2 border-edge py-1 pl-3 text-13">
      <p className="font-medium">{sentence(waiting.message)}</p>
      {waiting.reason === "no_worker" && (
        <p className="text-soft">
          Start one with <code>playhead worker --kinds {kind}</code>, or a program that handles the kind.
        </p>
      )}
      {waiting.reason === "in_line" && <p className="text-soft">It begins as soon as a worker has a place for it.</p>}
    </div>
  );
}
