import type { AlertDelivery, DeliveryState } from "@playhead/core";
import { answerWords, DELIVERY_WORDS, KIND_WORDS } from "../../alerts/alert-words.ts";
import { alertsApi } from "../../alerts/alerts-api.ts";
import { Button } from "../../ui/button.tsx";
import { FaultNote } from "../../ui/fault-note.tsx";
import { type MarkShape, SHAPE_COLORS, StateMark } from "../../ui/state-mark.tsx";
import { formatClock, formatMoment } from "../../ui/times.ts";
import { useAction } from "../../ui/use-action.ts";

const SHAPES: Readonly<Record<DeliveryState, MarkShape>> = {
  pending: "processing",
  sent: "completed",
  dead: "failed",
  suppressed: "skipped",
};

export interface DeliveryRowProps {
  readonly delivery: AlertDelivery;
  readonly nowMs: number;
  readonly onSent: () => Promise<void>;
}

/** A notification through a channel: what it said, what came of it, and each try. Stands in a list. */
export function DeliveryRow({ delivery, nowMs, onSent }: DeliveryRowProps) {
  const { busy, fault, run } = useAction();
  const { state, title, kind, channel, channel_type, attempts, attempt_count, created_at, next_attempt_at } = delivery;
  const shape = SHAPES[state];
  const answer = answerWords(delivery);
  const latencyMs = attempts.at(-1)?.latency_ms;
  const resend = () =>
    run("send it again", async () => {
      await alertsApi.redeliver(delivery.delivery_id);
      await onSent();
    });
  return (
    <li className="flex flex-wrap items-start gap-x-6 gap-y-2 border-b border-line py-2.5 text-13">
      <div className="flex min-w-0 grow basis-80 gap-2">
        <StateMark shape={shape} className="mt-0.5" />
        <div className="min-w-0 grow">
          <p className="flex flex-wrap items-baseline gap-x-3">
            <span className="font-medium wrap-anywhere">{title}</span>
            <span className={SHAPE_COLORS[shape]}>{DELIVERY_WORDS[state]}</span>
            <time dateTime={created_at} className="ml-auto font-mono text-12 text-faint">
              {formatMoment(Date.parse(created_at), nowMs)}
            </time>
          </p>
          <p className="flex flex-wrap gap-x-4 text-12 text-faint">
            <span>{KIND_WORDS[kind]}</span>
            <span>
              {channel} ({channel_type})
            </span>
            {attempt_count > 0 && <span>{attempt_count === 1 ? "1 try" : `${attempt_count} tries`}</span>}
            {latencyMs !== undefined && <span className="font-mono">{latencyMs} ms</span>}
            {state === "pending" && next_attempt_at !== null && (
              <span>next at {formatClock(Date.parse(next_attempt_at), { seconds: true })}</span>
            )}
          </p>
          {answer !== null && <p className="text-soft wrap-anywhere">{answer}</p>}
          {attempts.length > 1 && <Attempts attempts={attempts} />}
          <FaultNote fault={fault} />
        </div>
      </div>
      {state === "dead" && (
        <Button
          icon="retry"
          busy={busy !== null}
          label={`Send ${title} to ${channel} again`}
          onClick={() => void resend()}
        >
          Send again
        </Button>
      )}
    </li>
  );
}

function Attempts({ attempts }: Pick<AlertDelivery, "attempts">) {
  return (
    <details className="mt-1 text-12 text-soft">
      <summary className="w-fit cursor-pointer rounded-sm text-faint hover:text-ink">Each try</summary>
      <ol className="mt-1">
        {attempts.map(({ at, latency_ms, error, answer }) => (
          <li key={at} className="flex gap-3 py-0.5">
            <time dateTime={at} className="shrink-0 font-mono">
              {formatClock(Date.parse(at), { seconds: true })}
            </time>
            <span className="w-16 shrink-0 text-right font-mono">{latency_ms} ms</span>
            <span className="min-w-0 wrap-anywhere">{error ?? answer ?? "it worked"}</span>
          </li>
        ))}
      </ol>
    </details>
  );
}
