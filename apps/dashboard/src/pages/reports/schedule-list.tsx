import type { ReportSchedule } from "@playhead/core";
import { useState } from "react";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { FaultNote } from "../../ui/fault-note.tsx";
import { Loading } from "../../ui/loading.tsx";
import { usePolled } from "../../ui/poll.ts";
import { Section } from "../../ui/section.tsx";
import { formatMoment } from "../../ui/times.ts";
import { useAction } from "../../ui/use-action.ts";
import { useNow } from "../../ui/use-now.ts";
import { cronText, KIND_WORDS } from "./report-words.ts";
import { reportsApi } from "./reports-api.ts";
import { ScheduleDialog } from "./schedule-dialog.tsx";

/** What makes reports by itself. */
export function ScheduleList() {
  const read = usePolled("schedules", reportsApi.schedules);
  const [isAdding, setAdding] = useState(false);
  return (
    <Section
      title="By themselves"
      aside={
        <Button look="plain" onClick={() => setAdding(true)}>
          Add a schedule
        </Button>
      }
    >
      <Loading polled={read} what="the schedules" onRetry={() => void read.refresh()} />
      {read.value?.length === 0 && (
        <p className="py-6 text-soft">No report makes itself. Add a schedule to have one.</p>
      )}
      <ul>
        {read.value?.map((schedule) => (
          <ScheduleRow key={schedule.schedule_id} schedule={schedule} onEnded={read.refresh} />
        ))}
      </ul>
      <ScheduleDialog open={isAdding} onClose={() => setAdding(false)} onAdded={read.refresh} />
    </Section>
  );
}

interface ScheduleRowProps {
  readonly schedule: ReportSchedule;
  readonly onEnded: () => Promise<void>;
}

function ScheduleRow({ schedule, onEnded }: ScheduleRowProps) {
  const { schedule_id, kind, time_zone, send_to, next_at } = schedule;
  const nowMs = useNow(60_000);
  const [isAsking, setAsking] = useState(false);
  const { busy, fault, run } = useAction();
  const end = () =>
    run("end it", async () => {
      await reportsApi.endSchedule(schedule_id);
      await onEnded();
    });
  return (
    <li className="flex items-start gap-4 border-b border-line py-3 text-13">
      <div className="min-w-0 grow">
        <p>
          <span className="font-medium">{KIND_WORDS[kind]}</span>{" "}
          <span className="text-soft">
            {cronText(schedule)}, {time_zone}
          </span>
        </p>
        <p className="text-12 text-faint">
          {send_to.length === 0 ? "kept here" : `sent to ${send_to.join(", ")}`}
          {next_at !== null && ` · next ${formatMoment(Date.parse(next_at), nowMs)}`}
        </p>
        <FaultNote fault={fault} />
      </div>
      <Button look="plain" busy={busy !== null} label={`End the ${kind} schedule`} onClick={() => setAsking(true)}>
        End
      </Button>
      <ConfirmDialog
        open={isAsking}
        title={`End the ${kind} report?`}
        keep="Keep it"
        confirm="End it"
        onClose={() => setAsking(false)}
        onConfirm={() => void end()}
      >
        No further ones are made. Those that were made stay.
      </ConfirmDialog>
    </li>
  );
}
