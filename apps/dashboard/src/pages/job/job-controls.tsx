import { AlertDialog } from "@base-ui/react/alert-dialog";
import type { ControlVerb, Job, JobState } from "@playhead/core";
import { useState } from "react";
import { client } from "../../client.ts";
import { pauseOrResume, whyNot } from "../../control/control-rules.ts";
import { Button } from "../../ui/button.tsx";
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
      {fault?.state === state && <ControlFault {...fault} />}
    </div>
  );
}

function ControlFault({ verb, error }: Fault) {
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
    <AlertDialog.Root open={open} onOpenChange={setOpen}>
      <Button icon="cancel" busy={busy} disabledReason={disabledReason} onClick={() => setOpen(true)}>
        Cancel
      </Button>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="fixed inset-0 z-50 bg-sunken/75 transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <AlertDialog.Popup className="fixed top-1/3 left-1/2 z-50 w-[min(28rem,calc(100vw-2rem))] -translate-x-1/2 rounded-md border border-line bg-surface p-5 shadow-float transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0">
          <AlertDialog.Title className="text-16 font-semibold">Cancel this job?</AlertDialog.Title>
          <AlertDialog.Description className="mt-2 text-soft">
            What is finished of “{title}” is kept. What is under way ends now, and its partial files are removed. A
            canceled job cannot go on.
          </AlertDialog.Description>
          <div className="mt-5 flex justify-end gap-2">
            <Button look="plain" onClick={() => setOpen(false)}>
              Keep it running
            </Button>
            <Button
              look="danger"
              onClick={() => {
                setOpen(false);
                onCancel();
              }}
            >
              Cancel the job
            </Button>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
