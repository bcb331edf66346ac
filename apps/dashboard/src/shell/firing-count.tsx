import { useFiringAlerts } from "../alerts/firing-alerts.ts";

/** How many alerts fire, without those that only inform; nothing while none does. */
export function FiringCount() {
  const { value } = useFiringAlerts();
  const count = (value?.alerts ?? []).filter(({ level }) => level !== "info").length;
  if (count === 0) return null;
  return (
    <span className="ml-1.5 rounded-sm bg-failed px-1 font-mono text-12 leading-4 font-medium text-page">
      {count}
      {value?.hasMore === true && "+"}
      <span className="sr-only"> firing</span>
    </span>
  );
}
