import { Link } from "wouter";
import { firingAnswer } from "../../alerts/alert-words.ts";
import { alertsApi } from "../../alerts/alerts-api.ts";
import { refreshFiring, useFiringAlerts } from "../../alerts/firing-alerts.ts";
import { Announcer } from "../../ui/announcer.tsx";
import { Loading } from "../../ui/loading.tsx";
import { usePolled } from "../../ui/poll.ts";
import { useNow } from "../../ui/use-now.ts";
import { AlertItem } from "./alert-item.tsx";
import { AlertsFrame } from "./alerts-frame.tsx";

/** What fires now, and what one can do about it. */
export function NowPart() {
  const firing = useFiringAlerts();
  const nowMs = useNow(1_000);
  const { alerts = [], hasMore } = firing.value ?? {};
  const answer = firing.value === null ? "Alerts" : firingAnswer(alerts, hasMore);
  return (
    <AlertsFrame title={answer} heading={answer}>
      <Announcer topic={answer} message={answer} />
      <Loading polled={firing} what="the alerts" onRetry={() => void refreshFiring()} />
      {alerts.length > 0 && (
        <ul aria-label="Alerts that fire">
          {alerts.map((alert) => (
            <AlertItem key={alert.alert_id} alert={alert} nowMs={nowMs} />
          ))}
        </ul>
      )}
      {hasMore && <p className="py-3 text-13 text-faint">There are more than the {alerts.length} that are shown.</p>}
      {firing.value !== null && alerts.length === 0 && <AllQuiet />}
    </AlertsFrame>
  );
}

const LINK = "text-ink underline underline-offset-2";

/** Nothing fires: who looks, and who would be told. */
function AllQuiet() {
  const { value } = usePolled("watch", async () => {
    const [rules, channels] = await Promise.all([alertsApi.rules(), alertsApi.channels()]);
    return { rules: rules.filter(({ enabled }) => enabled).length, channels: channels.length };
  });
  if (value === null) return null;
  return (
    <p className="mt-6 max-w-[60ch] text-soft">
      <Link href="/alerts/rules" className={LINK}>
        {value.rules} {value.rules === 1 ? "rule" : "rules"}
      </Link>{" "}
      {value.rules === 1 ? "looks" : "look"} at all that happens.{" "}
      {value.channels === 0 ? (
        <>
          Nobody would be told, except on this page:{" "}
          <Link href="/alerts/channels" className={LINK}>
            set up a channel
          </Link>
          .
        </>
      ) : (
        <>
          When something is wrong, it is told here and on{" "}
          <Link href="/alerts/channels" className={LINK}>
            {value.channels} {value.channels === 1 ? "channel" : "channels"}
          </Link>
          .
        </>
      )}
    </p>
  );
}
