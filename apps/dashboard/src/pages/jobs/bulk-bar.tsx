import type { JobSummary } from "@playhead/core";
import { useState } from "react";
import type { JobVerb } from "../../control/control-rules.ts";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import type { IconName } from "../../ui/icons.tsx";
import { type BulkPlan, planBulk } from "./bulk.ts";

export interface BulkBarProps {
  /** The chosen jobs, as they stand. */
  readonly jobs: readonly JobSummary[];
  readonly live: boolean;
  /** What is being asked of the server. */
  readonly busy: JobVerb | null;
  readonly onRun: (plan: BulkPlan) => void;
  readonly onClear: () => void;
}

const VERBS: readonly { readonly verb: JobVerb; readonly word: string; readonly icon: IconName }[] = [
  { verb: "pause", word: "Pause", icon: "pause" },
  { verb: "resume", word: "Resume", icon: "resume" },
  { verb: "retry", word: "Retry", icon: "retry" },
  { verb: "cancel", word: "Cancel", icon: "cancel" },
];

/** What can be asked of the chosen jobs, each with the number of those that allow it. */
export function BulkBar({ jobs, live, busy, onRun, onClear }: BulkBarProps) {
  const [canceling, setCanceling] = useState<BulkPlan | null>(null);
  return (
    <div
      role="toolbar"
      aria-label="Chosen jobs"
      className="sticky top-12 z-40 -mb-9 ml-9 flex h-9 items-center gap-1.5 overflow-x-auto bg-page"
    >
      <span className="mr-2 shrink-0 text-13 max-desk:mr-0.5 font-medium" role="status">
        {jobs.length} chosen
      </span>
      {VERBS.map(({ verb, word, icon }) => {
        const plan = planBulk(verb, jobs);
        return (
          // A phone has room for what can be done only.
          <span key={verb} className={plan.able.length === 0 ? "max-desk:hidden" : ""}>
            <Button
              icon={icon}
              busy={busy === verb}
              disabledReason={whyDisabled(plan, live)}
              onClick={() => (verb === "cancel" ? setCanceling(plan) : onRun(plan))}
            >
              {word} <span className="font-mono text-12 text-faint">{plan.able.length}</span>
            </Button>
          </span>
        );
      })}
      <Button look="plain" onClick={onClear}>
        Choose none
      </Button>
      <ConfirmCancel plan={canceling} onClose={() => setCanceling(null)} onConfirm={onRun} />
    </div>
  );
}

function whyDisabled({ able, refused }: BulkPlan, live: boolean): string | null {
  if (able.length === 0) return refused.length === 1 ? (refused[0]?.why ?? null) : "None of the chosen jobs allows it.";
  return live ? null : "Not connected: what you see may be out of date.";
}

interface ConfirmCancelProps {
  readonly plan: BulkPlan | null;
  readonly onClose: () => void;
  readonly onConfirm: (plan: BulkPlan) => void;
}

function ConfirmCancel({ plan, onClose, onConfirm }: ConfirmCancelProps) {
  // The words stay while the dialog fades.
  const [last, setLast] = useState(plan);
  if (plan !== null && plan !== last) setLast(plan);
  if (last === null) return null;
  const { able, refused } = last;
  const count = able.length === 1 ? "1 job" : `${able.length} jobs`;
  return (
    <ConfirmDialog
      open={plan !== null}
      title={`Cancel ${count}?`}
      keep={able.length === 1 ? "Keep it running" : "Keep them running"}
      confirm={`Cancel ${count}`}
      onClose={onClose}
      onConfirm={() => onConfirm(last)}
    >
      <p>
        What is finished is kept. What is under way ends now, and its partial files are removed. A canceled job cannot
        go on; it can be retried from the start.
      </p>
      {refused.length > 0 && (
        <p className="mt-2">
          {refused.length === 1 ? "1 of the chosen jobs is" : `${refused.length} of the chosen jobs are`} left as{" "}
          {refused.length === 1 ? "it is" : "they are"}: canceling makes no sense there.
        </p>
      )}
    </ConfirmDialog>
  );
}
