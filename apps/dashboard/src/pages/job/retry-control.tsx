import type { Job } from "@playhead/core";
import { useState } from "react";
import { useLocation } from "wouter";
import { client } from "../../client.ts";
import { whyNever, whyNot } from "../../control/control-rules.ts";
import { Button } from "../../ui/button.tsx";
import { ControlFault } from "./job-controls.tsx";

export interface RetryControlProps {
  readonly job: Job;
  readonly live: boolean;
}

/** Does a job again that failed or was canceled, and goes to the new one; nothing for one that is done. */
export function RetryControl({ job, live }: RetryControlProps) {
  const [, goTo] = useLocation();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<{ readonly error: unknown } | null>(null);
  if (whyNever("retry", job.state) !== null) return null;
  const retry = async () => {
    setBusy(true);
    setFault(null);
    try {
      const { job: fresh } = await client.api.retry(job.job_id);
      goTo(`/jobs/${encodeURIComponent(fresh.job_id)}`);
    } catch (error) {
      setFault({ error });
      setBusy(false);
    }
  };
  return (
    <div>
      <div className="flex justify-end">
        <Button icon="retry" busy={busy} disabledReason={whyNot("retry", job.state, live)} onClick={retry}>
          Retry
        </Button>
      </div>
      {fault !== null && <ControlFault verb="retry" error={fault.error} />}
    </div>
  );
}
