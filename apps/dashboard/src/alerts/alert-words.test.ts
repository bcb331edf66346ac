import type { Alert } from "@playhead/core";
import { expect, test } from "vitest";
import { byUrgency, careWords, firingAnswer, lastedWords, measuredWords, needsSomeone } from "./alert-words.ts";

const NOW = Date.parse("2026-11-21T14:00:00.000Z");

/** An alert that has fired for ten minutes, and that nobody has seen. */
const ALERT: Alert = {
  alert_id: "a",
  rule_id: "r",
  rule_name: "Clips fail",
  level: "error",
  state: "firing",
  labels: {},
  value: 0.34,
  threshold: 0.1,
  measurements: { error_rate: 0.34 },
  message: "34 % of the clips fail",
  runbook_url: null,
  count: 34,
  causes: [],
  job_id: null,
  pending_at: "2026-11-21T13:49:00.000Z",
  fired_at: "2026-11-21T13:50:00.000Z",
  resolved_at: null,
  acknowledged_at: null,
  acknowledged_by: null,
  silence_id: null,
  flaps: 0,
};
const alert = (changes: Partial<Alert>): Alert => ({ ...ALERT, ...changes });
const seen = { acknowledged_at: "2026-11-21T13:55:00.000Z", acknowledged_by: "Ada" } as const;

test.each([
  { name: "nothing", alerts: [], said: "Nothing fires" },
  { name: "what is only told", alerts: [alert({ level: "info" })], said: "Nothing is wrong" },
  { name: "one", alerts: [alert({}), alert({ level: "info" })], said: "1 alert fires" },
  { name: "one that is critical", alerts: [alert({ level: "critical" })], said: "1 alert fires, critical" },
  {
    name: "several, one critical",
    alerts: [alert({}), alert({ level: "critical" })],
    said: "2 alerts fire, 1 critical",
  },
  {
    name: "all seen or silenced",
    alerts: [alert(seen), alert({ silence_id: "s" })],
    said: "2 alerts fire, all looked after",
  },
])("$name: $said", ({ alerts, said }) => {
  expect(firingAnswer(alerts)).toBe(said);
});

test("what nobody looks after comes first, then what is worst, then what has lasted longest", () => {
  const alerts = [
    alert({ alert_id: "seen", level: "critical", ...seen }),
    alert({ alert_id: "new" }),
    alert({ alert_id: "old", fired_at: "2026-11-21T10:00:00.000Z" }),
    alert({ alert_id: "worst", level: "critical" }),
    alert({ alert_id: "silenced", level: "critical", silence_id: "s", fired_at: "2026-11-21T13:59:00.000Z" }),
  ];
  expect(alerts.sort(byUrgency).map(({ alert_id }) => alert_id)).toEqual(["worst", "old", "new", "seen", "silenced"]);
});

test.each([
  { name: "an error", changes: {}, needs: true },
  { name: "what informs", changes: { level: "info" }, needs: false },
  { name: "one that somebody looks after", changes: seen, needs: false },
  { name: "one that is silenced", changes: { silence_id: "s" }, needs: false },
] as const)("$name needs someone: $needs", ({ changes, needs }) => {
  expect(needsSomeone(alert(changes))).toBe(needs);
});

test("how long, and who looks after it", () => {
  expect(lastedWords(alert({}), NOW)).toBe("10 m 00 s");
  expect(lastedWords(alert({ resolved_at: "2026-11-21T13:50:12.000Z" }), NOW)).toBe("12 s");
  expect(careWords(alert({}), NOW)).toBeNull();
  expect(careWords(alert(seen), NOW)).toMatch(/^Acknowledged by Ada at \d\d:55$/);
  expect(careWords(alert({ silence_id: "s" }), NOW)).toBe("Silenced: nobody is told");
});

test.each([
  ["error_rate", 0.345, "34.5 %"],
  ["p95_duration_ms", 3_000, "3.0 s"],
  ["cpu_percent", 92.123, "92.12 %"],
  ["stuck_jobs", 3, "3"],
  ["disk_percent", null, "no data"],
])("%s %s is read as %s", (name, value, said) => {
  expect(measuredWords(name, value)).toBe(said);
});
