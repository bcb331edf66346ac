import { useState } from "react";
import { alertsApi } from "../../alerts/alerts-api.ts";
import { FaultNote } from "../../ui/fault-note.tsx";
import { ChoiceField, FIELD, Field, TextField } from "../../ui/field.tsx";
import { FormDialog } from "../../ui/form-dialog.tsx";
import { usePolled } from "../../ui/poll.ts";
import { shownZone } from "../../ui/time-zone.ts";
import { useAction } from "../../ui/use-action.ts";
import { reportsApi } from "./reports-api.ts";

const WEEKDAYS = [
  ["1", "Monday"],
  ["2", "Tuesday"],
  ["3", "Wednesday"],
  ["4", "Thursday"],
  ["5", "Friday"],
  ["6", "Saturday"],
  ["0", "Sunday"],
] as const;

export interface ScheduleDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly onAdded: () => Promise<void>;
}

/** Asks which reports are to make themselves, when, and to whom they go. */
export function ScheduleDialog({ open, onClose, onAdded }: ScheduleDialogProps) {
  const { timeZone, other } = shownZone();
  const [kind, setKind] = useState<"daily" | "weekly">("weekly");
  const [weekday, setWeekday] = useState<string>("1");
  const [clock, setClock] = useState("06:00");
  const [zone, setZone] = useState(timeZone);
  const [sendTo, setSendTo] = useState<readonly string[]>([]);
  const { busy, fault, run } = useAction();
  const [hour, minute] = clock.split(":").map(Number);
  const isTime = hour !== undefined && minute !== undefined && clock !== "";
  const submit = async () => {
    const cron = `${minute} ${hour} * * ${kind === "weekly" ? weekday : "*"}`;
    const draft = { kind, cron, time_zone: zone, send_to: sendTo };
    if (!(await run("add it", () => reportsApi.schedule(draft)))) return;
    onClose();
    await onAdded();
  };
  return (
    <FormDialog
      open={open}
      title="Add a schedule"
      submit="Add"
      disabledReason={isTime ? null : "Say at which time."}
      busy={busy !== null}
      onClose={onClose}
      onSubmit={() => void submit()}
    >
      <div className="mt-4 grid grid-cols-2 gap-4">
        <ChoiceField
          label="Report"
          value={kind}
          choices={[
            ["weekly", "The week before"],
            ["daily", "The day before"],
          ]}
          onChange={setKind}
        />
        {kind === "weekly" && (
          <ChoiceField<string> label="On" value={weekday} choices={WEEKDAYS} onChange={setWeekday} />
        )}
        <Field label="At">
          {(parts) => (
            <input
              {...parts}
              type="time"
              value={clock}
              onChange={({ target }) => setClock(target.value)}
              className={`${FIELD} h-8`}
            />
          )}
        </Field>
        <TextField
          label="Time zone"
          note={other === null ? undefined : `Or ${other}, for one.`}
          value={zone}
          onChange={setZone}
        />
      </div>
      {open && <Channels chosen={sendTo} onChange={setSendTo} />}
      <FaultNote fault={fault} />
    </FormDialog>
  );
}

interface ChannelsProps {
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}

/** The ways in which people are told of alerts: a report goes them as well. */
function Channels({ chosen, onChange }: ChannelsProps) {
  const { value } = usePolled("channels", alertsApi.channels);
  if (value === null || value.length === 0) return null;
  return (
    <fieldset className="mt-4">
      <legend className="mb-1 text-12 text-soft">Sent to</legend>
      {value.map(({ channel }) => (
        <label key={channel} className="flex h-8 items-center gap-2.5 text-13">
          <input
            type="checkbox"
            className="box"
            checked={chosen.includes(channel)}
            onChange={({ target }) =>
              onChange(target.checked ? [...chosen, channel] : chosen.filter((each) => each !== channel))
            }
          />
          {channel}
        </label>
      ))}
    </fieldset>
  );
}
