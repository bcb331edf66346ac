import type { ErrorBody } from "@playhead/core";
import { Link } from "wouter";
import { sentence } from "../../ui/error-text.ts";
import { Icon } from "../../ui/icons.tsx";
import { Page } from "../../ui/page.tsx";

/** The way back to where jobs are listed. */
export function JobLink() {
  return (
    <Link href="/jobs" className="mb-2 inline-flex items-center gap-1 rounded-sm text-12 text-faint hover:text-ink">
      <Icon name="back" className="size-3.5" />
      Jobs
    </Link>
  );
}

/** A job that is not to be had. */
export function JobMissing({ jobId, error }: { readonly jobId: string; readonly error: ErrorBody }) {
  const gone = error.error_code === "not_found";
  return (
    <Page
      title={gone ? "No such job" : "Cannot show the job"}
      heading={gone ? "There is no such job" : "The job cannot be shown"}
      above={<JobLink />}
    >
      <p className="mt-2 max-w-[60ch] text-soft">
        {gone ? (
          <>
            No job here is called <code className="text-13 text-ink">{jobId}</code>. It may have been deleted, or belong
            to another server.{" "}
          </>
        ) : (
          <>{sentence(error.error_message)} </>
        )}
        Look for it among{" "}
        <Link href="/jobs" className="text-ink underline">
          all jobs
        </Link>
        .
      </p>
    </Page>
  );
}
