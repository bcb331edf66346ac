import type { Job } from "@playhead/core";
import { useState } from "react";
import { client } from "../../client.ts";
import { Button } from "../../ui/button.tsx";
import { CopyCommand } from "../../ui/copy-command.tsx";
import { describeError } from "../../ui/error-text.ts";
import { ChoiceField } from "../../ui/field.tsx";
import { FormDialog } from "../../ui/form-dialog.tsx";
import { formatMoment } from "../../ui/times.ts";
import { useAction } from "../../ui/use-action.ts";

interface Share {
  readonly url: string;
  readonly token_id: string;
  readonly expires_at: string;
}

const DAY_SEC = 86_400;
const LIVES = [
  [String(DAY_SEC), "1 day"],
  [String(7 * DAY_SEC), "7 days"],
  [String(30 * DAY_SEC), "30 days"],
] as const;

/** Makes a link for the person who waits for the job, and takes it back. */
export function ShareButton({ job }: { readonly job: Pick<Job, "job_id"> }) {
  const [isOpen, setOpen] = useState(false);
  const [lifeSec, setLifeSec] = useState<string>(LIVES[1][0]);
  const [share, setShare] = useState<Share | null>(null);
  const { busy, fault, run } = useAction();
  const path = `jobs/${encodeURIComponent(job.job_id)}/share`;
  const make = () =>
    run("make a link", async () => {
      const body = { expires_in_seconds: Number(lifeSec) };
      setShare(await client.api.ask<Share>("POST", path, { body }));
    });
  const takeBack = ({ token_id }: Share) =>
    run("take the link back", async () => {
      await client.api.ask("DELETE", `tokens/${token_id}`);
      setShare(null);
    });
  return (
    <>
      <Button icon="share" look="plain" onClick={() => setOpen(true)}>
        Share
      </Button>
      <FormDialog
        open={isOpen}
        title="Share this job"
        submit={share === null ? "Make a link" : "Make another link"}
        disabledReason={null}
        busy={busy !== null}
        onClose={() => setOpen(false)}
        onSubmit={make}
      >
        <p className="mt-2 text-13 text-soft">
          Whoever has the link sees how far this job is and when it will be ready, live and without signing in. It opens
          this job alone, and changes nothing.
        </p>
        {share === null ? (
          <ChoiceField label="Works for" className="mt-4 w-40" value={lifeSec} choices={LIVES} onChange={setLifeSec} />
        ) : (
          <div className="mt-4">
            <CopyCommand command={share.url} label="Link" />
            <p className="mt-2 flex items-center justify-between gap-3 text-13 text-faint">
              <span>Works until {formatMoment(Date.parse(share.expires_at), Date.now())}.</span>
              <Button look="plain" onClick={() => takeBack(share)}>
                Take it back
              </Button>
            </p>
          </div>
        )}
        {fault !== null && (
          <p role="alert" className="mt-3 text-13 text-failed">
            {describeError(fault.error).message}
          </p>
        )}
      </FormDialog>
    </>
  );
}
