import type { ControlVerb, Job, JobState } from "@playhead/core";
import { useState } from "react";
import { client } from "../../client.ts";
import { type JobVerb, pauseOrResume, whyNot } from "../../control/control-rules.ts";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { describeError } from "../../ui/error-text.ts";
import { StateMark } from "../../ui/state-mark.tsx";

export interface JobControlsProps {
  readonly job: Job;
  readonly live: boolean;
}

interface Fault {
  /** The state in which it was asked: a new one is an answer. */
  readonly state: JobState;
  readonly verb: ControlVerb;
  readonly error: unknown;
}

/** Pause, resume and cancel: with the reason where one of them makes no sense, and what went wrong where it failed. */
export function JobControls({ job, live }: JobControlsProps) {
  const [busy, setBusy] = useState<ControlVerb | null>(null);
  const [fault, setFault] = useState<Fault | null>(null);
  const { state } = job;
  const ask = async (verb: ControlVerb) => {
    setBusy(verb);
    setFault(null);
    try {
      await client.api.control(job.job_id, verb);
    } catch (error) {
      setFault({ state, verb, error });
    } finally {
      setBusy(null);
    }
  };

  const verb = pauseOrResume(state);
  return (
    <div>
      <div className="flex justify-end gap-2">
        <Button icon={verb} busy={busy === verb} disabledReason={whyNot(verb, state, live)} onClick={() => ask(verb)}>
          {verb === "pause" ? "Pause" : "Resume"}
        </Button>
        <CancelButton
          title={job.title}
          busy={busy === "cancel"}
          disabledReason={whyNot("cancel", state, live)}
          onCancel={() => ask("cancel")}
        />
      </div>
      {fault?.state === state && <ControlFault verb={fault.verb} error={fault.error} />}
    </div>
  );
}

/** Says that something could not be done, and why. */
export function ControlFault({ verb, error }: { readonly verb: JobVerb; readonly error: unknown }) {
  const { message, hint } = describeError(error);
  return (
    <p role="alert" className="mt-2 flex max-w-sm gap-2 text-13">
      <StateMark shape="failed" />
      <span>
        Could not {verb} it. {message} {hint !== null && <span className="text-soft">{hint}</span>}
      </span>
    </p>
  );
}

interface CancelButtonProps {
  readonly title: string;
  readonly busy: boolean;
  readonly disabledReason: string | null;
  readonly onCancel: () => void;
}

/** Asks once more, since what is under way is lost. */
function CancelButton({ title, busy, disabledReason, onCancel }: CancelButtonProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button icon="cancel" busy={busy} disabledReason={disabledReason} onClick={() => setOpen(true)}>
        Cancel
      </Button>
      <ConfirmDialog
        open={open}
        title="Cancel this job?"
        keep="Keep it running"
        confirm="Cancel the job"
        onClose={() => setOpen(false)}
        onConfirm={onCancel}
      >
        What is finished of “{title}” is kept. What is under way ends now, and its partial files are removed. A canceled
        job cannot go on.
      </ConfirmDialog>
    </>
  );
}
