import type { Alert } from "@playhead/core";
import { useState } from "react";
import { alertsApi } from "../../alerts/alerts-api.ts";
import { FaultNote } from "../../ui/fault-note.tsx";
import { ChoiceField, TextField } from "../../ui/field.tsx";
import { FormDialog } from "../../ui/form-dialog.tsx";
import { useAction } from "../../ui/use-action.ts";

const DURATIONS = [
  ["30", "30 minutes"],
  ["60", "1 hour"],
  ["240", "4 hours"],
  ["1440", "1 day"],
  ["10080", "1 week"],
] as const;

export interface SilenceDialogProps {
  readonly alert: Alert;
  readonly open: boolean;
  readonly onClose: () => void;
  readonly onSilenced: () => Promise<void>;
}

/** Silences what an alert stands for: its rule, for all or for its own labels, for a while and for a reason. */
export function SilenceDialog({ alert, open, onClose, onSilenced }: SilenceDialogProps) {
  const [narrow, setNarrow] = useState<"rule" | "labels">("labels");
  const [minutes, setMinutes] = useState<string>("60");
  const [reason, setReason] = useState("");
  const { busy, fault, run } = useAction();
  const labels = Object.entries(alert.labels);
  const matchers = { rule: alert.rule_name, ...(narrow === "labels" && alert.labels) };
  const submit = async () => {
    const draft = { matchers, minutes: Number(minutes), reason: reason.trim() };
    if (!(await run("silence it", () => alertsApi.silence(draft)))) return;
    onClose();
    await onSilenced();
  };
  return (
    <FormDialog
      open={open}
      title={`Silence ${alert.rule_name}`}
      submit="Silence"
      disabledReason={reason.trim() === "" ? "Say why, so that others know." : null}
      busy={busy !== null}
      onClose={onClose}
      onSubmit={() => void submit()}
    >
      <p className="mt-2 text-13 text-soft">Nobody is told meanwhile. The alert stays on this page.</p>
      <div className="mt-4 space-y-4">
        {labels.length > 0 && (
          <ChoiceField
            label="What"
            value={narrow}
            choices={[
              ["labels", `Only ${labels.map(([name, value]) => `${name} ${value}`).join(", ")}`],
              ["rule", "All alerts of this rule"],
            ]}
            onChange={setNarrow}
          />
        )}
        <ChoiceField<string> label="For how long" value={minutes} choices={DURATIONS} onChange={setMinutes} />
        <TextField label="Why" value={reason} placeholder="The encoder is being replaced" onChange={setReason} />
      </div>
      <FaultNote fault={fault} />
    </FormDialog>
  );
}
