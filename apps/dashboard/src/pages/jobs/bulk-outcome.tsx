import { Link } from "wouter";
import { Button } from "../../ui/button.tsx";
import { describeError } from "../../ui/error-text.ts";
import { StateMark } from "../../ui/state-mark.tsx";
import { type BulkOutcome, outcomeWords } from "./bulk.ts";

/** What came of the last request: an outcome, or the error that kept it from being asked at all. */
export type BulkResultShown = { readonly outcome: BulkOutcome } | { readonly error: unknown };

export interface BulkOutcomeNoteProps {
  readonly shown: BulkResultShown | null;
  readonly onClose: () => void;
}

/** So many jobs are named; there may be thousands. */
const NAMED = 50;

/** Says what became of each job of a request. */
export function BulkOutcomeNote({ shown, onClose }: BulkOutcomeNoteProps) {
  return (
    // It is there before it has something to say, so that it is heard.
    <div role="status">
      {shown !== null && (
        <div className="mt-4 flex items-start gap-3 rounded-md border border-line bg-surface py-2 pr-2 pl-3 text-13">
          <div className="min-w-0 grow py-1.5">
            {"error" in shown ? <Fault error={shown.error} /> : <Outcome outcome={shown.outcome} />}
          </div>
          <Button look="plain" onClick={onClose}>
            Close
          </Button>
        </div>
      )}
    </div>
  );
}

function Fault({ error }: { readonly error: unknown }) {
  const { message, hint } = describeError(error);
  return (
    <p className="flex gap-2">
      <StateMark shape="failed" />
      <span>
        It was not confirmed. {message} {hint !== null && <span className="text-soft">{hint}</span>}
      </span>
    </p>
  );
}

function Outcome({ outcome }: { readonly outcome: BulkOutcome }) {
  const { refused, retryIds } = outcome;
  return (
    <>
      <p className="flex gap-2 font-medium">
        <StateMark shape={refused.length === 0 ? "completed" : "stalled"} />
        {outcomeWords(outcome)}
        {refused.length > 0 ? ":" : "."}
      </p>
      {refused.length > 0 && (
        <ul className="mt-1 max-h-40 overflow-y-auto pl-6">
          {refused.slice(0, NAMED).map(({ job, why }) => (
            <li key={job.job_id} className="wrap-anywhere">
              <JobName id={job.job_id} title={job.title} /> <span className="text-soft">{why}</span>
            </li>
          ))}
          {refused.length > NAMED && <li className="text-soft">and {refused.length - NAMED} more</li>}
        </ul>
      )}
      {retryIds.length > 0 && (
        <p className="mt-1 pl-6 text-soft">
          New:{" "}
          {retryIds.slice(0, NAMED).map((id, at) => (
            <span key={id}>
              {at > 0 && ", "}
              <JobName id={id} title={id} />
            </span>
          ))}
          {retryIds.length > NAMED && ` and ${retryIds.length - NAMED} more`}
        </p>
      )}
    </>
  );
}

function JobName({ id, title }: { readonly id: string; readonly title: string }) {
  return (
    <Link href={`/jobs/${encodeURIComponent(id)}`} className="underline decoration-line underline-offset-2">
      {title}
    </Link>
  );
}
