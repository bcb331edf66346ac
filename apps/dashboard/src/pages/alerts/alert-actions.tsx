import type { Alert } from "@playhead/core";
import { useState } from "react";
import { alertsApi } from "../../alerts/alerts-api.ts";
import { refreshFiring } from "../../alerts/firing-alerts.ts";
import { Button } from "../../ui/button.tsx";
import { FaultNote } from "../../ui/fault-note.tsx";
import { useAction } from "../../ui/use-action.ts";
import { SilenceDialog } from "./silence-dialog.tsx";

export interface AlertActionsProps {
  readonly alert: Alert;
  /** After something was done. */
  readonly onDone?: () => Promise<void>;
}

/** Acknowledge and silence, of an alert that is not over. */
export function AlertActions({ alert, onDone = refreshFiring }: AlertActionsProps) {
  const [silencing, setSilencing] = useState(false);
  const { busy, fault, run } = useAction();
  const acknowledge = () =>
    run("acknowledge it", async () => {
      await alertsApi.acknowledge(alert.alert_id);
      await onDone();
    });
  if (alert.state === "resolved") return null;
  return (
    <div className="shrink-0">
      <div className="flex gap-2">
        {alert.state === "firing" && alert.acknowledged_at === null && (
          <Button
            icon="check"
            busy={busy !== null}
            label={`Acknowledge ${alert.rule_name}`}
            onClick={() => void acknowledge()}
          >
            Acknowledge
          </Button>
        )}
        {alert.silence_id === null && (
          <Button look="plain" label={`Silence ${alert.rule_name}`} onClick={() => setSilencing(true)}>
            Silence
          </Button>
        )}
      </div>
      <FaultNote fault={fault} />
      <SilenceDialog alert={alert} open={silencing} onClose={() => setSilencing(false)} onSilenced={onDone} />
    </div>
  );
}
