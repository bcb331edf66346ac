import { formatAge, formatDuration } from "@playhead/client/format";
import type { AlertSilence } from "@playhead/core";
import { alertsApi } from "../../alerts/alerts-api.ts";
import { refreshFiring } from "../../alerts/firing-alerts.ts";
import { Button } from "../../ui/button.tsx";
import { sentence } from "../../ui/error-text.ts";
import { FaultNote } from "../../ui/fault-note.tsx";
import { Loading } from "../../ui/loading.tsx";
import { usePolled } from "../../ui/poll.ts";
import { useAction } from "../../ui/use-action.ts";
import { useNow } from "../../ui/use-now.ts";
import { AlertsFrame } from "./alerts-frame.tsx";

/** What nobody is told of for now. */
export function SilencesPart() {
  const read = usePolled("silences", alertsApi.silences);
  const nowMs = useNow(1_000);
  const silences = read.value ?? [];
  const heading =
    read.value === null
      ? "Silences"
      : silences.length === 0
        ? "Nothing is silenced"
        : `${silences.length} ${silences.length === 1 ? "silence" : "silences"}`;
  return (
    <AlertsFrame title="Alerts: silences" heading={heading}>
      <Loading polled={read} what="the silences" onRetry={() => void read.refresh()} />
      {read.value !== null && silences.length === 0 && (
        <p className="mt-6 max-w-[60ch] text-soft">
          An alert that you know about already can be silenced, on itself: for a while, with a reason. It is shown all
          the same, and told when the silence ends and it still fires.
        </p>
      )}
      <ul className="mt-2">
        {silences.map((silence) => (
          <SilenceRow key={silence.silence_id} silence={silence} nowMs={nowMs} onEnded={read.refresh} />
        ))}
      </ul>
    </AlertsFrame>
  );
}

interface SilenceRowProps {
  readonly silence: AlertSilence;
  readonly nowMs: number;
  readonly onEnded: () => Promise<void>;
}

function SilenceRow({ silence, nowMs, onEnded }: SilenceRowProps) {
  const { busy, fault, run } = useAction();
  const { rule, ...labels } = silence.matchers;
  const what = Object.entries(labels).map(([name, value]) => `${name} ${value}`);
  const name = rule ?? "All rules";
  const end = () =>
    run("end it", async () => {
      await alertsApi.endSilence(silence.silence_id);
      await Promise.all([onEnded(), refreshFiring()]);
    });
  return (
    <li className="flex flex-wrap items-start gap-x-6 gap-y-2 border-b border-line py-3">
      <div className="min-w-0 grow basis-80 text-13">
        <p className="wrap-anywhere">
          <span className="font-medium">{name}</span>
          {what.length > 0 && <span className="text-soft">, only {what.join(", ")}</span>}
        </p>
        <p className="text-soft wrap-anywhere">{sentence(silence.reason)}</p>
        <p className="text-12 text-faint">
          {formatDuration(Date.parse(silence.until) - nowMs)} left, by {silence.created_by},{" "}
          {formatAge(nowMs - Date.parse(silence.created_at))}
        </p>
        <FaultNote fault={fault} />
      </div>
      <Button busy={busy !== null} label={`End the silence of ${name}`} onClick={() => void end()}>
        End it
      </Button>
    </li>
  );
}
