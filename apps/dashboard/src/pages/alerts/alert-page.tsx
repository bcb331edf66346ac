import { type Alert, type AlertDelivery, PlayheadError } from "@playhead/core";
import { Link } from "wouter";
import { careWords, LEVEL_WORDS, lastedWords } from "../../alerts/alert-words.ts";
import { alertsApi } from "../../alerts/alerts-api.ts";
import { refreshFiring } from "../../alerts/firing-alerts.ts";
import { LEVEL_COLORS, LevelMark } from "../../alerts/level-mark.tsx";
import { sentence } from "../../ui/error-text.ts";
import { Figure } from "../../ui/figure.tsx";
import { Loading } from "../../ui/loading.tsx";
import { usePolled } from "../../ui/poll.ts";
import { Section } from "../../ui/section.tsx";
import { spell } from "../../ui/step-words.ts";
import { formatClock, formatMoment } from "../../ui/times.ts";
import { useNow } from "../../ui/use-now.ts";
import { AlertActions } from "./alert-actions.tsx";
import { AlertLinks, measuredList } from "./alert-facts.tsx";
import { type AlertMoment, alertMoments } from "./alert-timeline.ts";
import { AlertsFrame } from "./alerts-frame.tsx";

/** One alert: what it found, what happened to it, and what was told of it. */
export function AlertPage({ alertId }: { readonly alertId: string }) {
  const read = usePolled(alertId, async () => {
    const alert = await alertsApi.alert(alertId);
    // All that the rule told meanwhile: what happens together is told at once.
    const { deliveries } = await alertsApi.deliveries({ rule_id: alert.rule_id, page_size: 200 });
    return { alert, deliveries };
  });
  const nowMs = useNow(1_000);
  if (read.error instanceof PlayheadError && read.error.code === "not_found") return <NoSuchAlert />;
  if (read.value === null) {
    return (
      <AlertsFrame title="Alert" heading="Alert">
        <Loading polled={read} what="the alert" onRetry={() => void read.refresh()} />
      </AlertsFrame>
    );
  }
  const { alert, deliveries } = read.value;
  const refresh = async () => {
    await Promise.all([read.refresh(), refreshFiring()]);
  };
  return (
    <AlertsFrame
      title={`${alert.rule_name}: ${alert.state}`}
      heading={
        <span className="flex items-center gap-3">
          <LevelMark level={alert.level} over={alert.state === "resolved"} className="size-6" />
          <span className="wrap-anywhere">{alert.rule_name}</span>
        </span>
      }
      actions={<AlertActions alert={alert} onDone={refresh} />}
    >
      <Loading polled={read} what="the alert" onRetry={() => void read.refresh()} />
      <AlertBody alert={alert} deliveries={deliveries} nowMs={nowMs} />
    </AlertsFrame>
  );
}

interface BodyProps {
  readonly alert: Alert;
  readonly deliveries: readonly AlertDelivery[];
  readonly nowMs: number;
}

function AlertBody({ alert, deliveries, nowMs }: BodyProps) {
  const care = careWords(alert, nowMs);
  const over = alert.state === "resolved";
  const lasted = `${over ? "lasted" : "for"} ${lastedWords(alert, nowMs)}`;
  return (
    <>
      <p className="mt-5 flex flex-wrap gap-x-4 text-13">
        <span className={over ? "text-faint" : LEVEL_COLORS[alert.level]}>
          {LEVEL_WORDS[alert.level]}, {alert.state}
        </span>
        <span className="font-mono text-12 leading-5 text-faint">{lasted}</span>
        <AlertLinks alert={alert} />
        <Link
          href={`/alerts/rules/${encodeURIComponent(alert.rule_id)}`}
          className="text-soft underline decoration-line underline-offset-2 hover:text-ink"
        >
          Its rule
        </Link>
      </p>
      <p className="mt-2 max-w-[70ch] text-16 wrap-anywhere">{sentence(alert.message)}</p>
      {care !== null && <p className="mt-1 text-soft">{care}</p>}
      <div className="mt-8 grid gap-x-12 gap-y-10 wide:grid-cols-[minmax(0,1fr)_minmax(18rem,24rem)]">
        <Section title="What happened">
          <ol>
            {alertMoments(alert, deliveries).map((moment) => (
              <Moment key={moment.key} moment={moment} nowMs={nowMs} />
            ))}
          </ol>
        </Section>
        <div className="grid content-start gap-y-10">
          <Section title="What was measured">
            <dl className="m-0 mt-4 grid grid-cols-2 gap-x-8 gap-y-5">
              <Figure label="How often" value={alert.count} />
              {measuredList(alert).map(([name, value]) => (
                <Figure key={name} label={name} value={value} />
              ))}
              {Object.entries(alert.labels).map(([name, value]) => (
                <Figure
                  key={`label ${name}`}
                  label={spell(name)}
                  value={<span className="wrap-anywhere">{value}</span>}
                />
              ))}
            </dl>
          </Section>
          {alert.causes.length > 0 && <CauseList causes={alert.causes} />}
        </div>
      </div>
    </>
  );
}

const DOTS = { plain: "bg-edge", bad: "bg-failed", good: "bg-completed" } as const;

function Moment({ moment: { at, what, more, tone }, nowMs }: { readonly moment: AlertMoment; readonly nowMs: number }) {
  return (
    <li className="flex gap-3 border-b border-line py-2 text-13">
      <time
        dateTime={at}
        title={formatMoment(Date.parse(at), nowMs)}
        className="w-18 shrink-0 font-mono text-12 leading-5 text-faint"
      >
        {formatClock(Date.parse(at), { seconds: true })}
      </time>
      <span aria-hidden="true" className={`mt-2 size-1.5 shrink-0 rounded-full ${DOTS[tone]}`} />
      <span className="min-w-0 wrap-anywhere">
        {what}
        {more !== null && <span className="block text-soft">{more}</span>}
      </span>
    </li>
  );
}

function CauseList({ causes }: Pick<Alert, "causes">) {
  const most = Math.max(...causes.map(({ count }) => count));
  return (
    <Section title="Most frequent causes">
      <ul>
        {causes.map(({ cause, count }) => (
          <li key={cause} className="py-1.5 text-13">
            <span className="flex justify-between gap-4">
              <span className="min-w-0 wrap-anywhere">{cause}</span>
              <span className="font-mono text-12 leading-5 text-soft">{count}</span>
            </span>
            <meter min={0} max={most} value={count} aria-label={cause} className="cause-bar" />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function NoSuchAlert() {
  return (
    <AlertsFrame title="No such alert" heading="There is no such alert">
      <p className="mt-4 text-soft">
        It may have been let go of: alerts that are over are kept for a while. See what{" "}
        <Link href="/alerts" className="text-ink underline underline-offset-2">
          fires now
        </Link>{" "}
        or the{" "}
        <Link href="/alerts/history" className="text-ink underline underline-offset-2">
          history
        </Link>
        .
      </p>
    </AlertsFrame>
  );
}
