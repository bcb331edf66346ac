import type { Alert } from "@playhead/core";
import { Link } from "wouter";
import { causeWords, measuredWords } from "../../alerts/alert-words.ts";
import { spell } from "../../ui/step-words.ts";

const CAUSES_SHOWN = 3;
const LINK = "text-soft underline decoration-line underline-offset-2 hover:text-ink hover:decoration-edge";

/** What was measured, with its limit where there is one thing only that it can be the limit of. */
export function measuredList({ measurements, threshold, value }: Alert): readonly (readonly [string, string])[] {
  const names = Object.entries(measurements);
  return names.map(([name, measured]) => {
    const isLimited = threshold !== null && (names.length === 1 || measured === value);
    const limit = isLimited ? ` (limit ${measuredWords(name, threshold)})` : "";
    // One with an argument is written as a condition has it.
    return [name.includes("(") ? name : spell(name), `${measuredWords(name, measured)}${limit}`];
  });
}

/** The reasons among the failures, the most frequent first. */
export function Causes({ alert }: { readonly alert: Alert }) {
  const { causes } = alert;
  if (causes.length === 0) return null;
  const left = causes.length - CAUSES_SHOWN;
  return (
    <p className="mt-1 flex flex-wrap gap-x-4 text-13 text-soft">
      {causes.slice(0, CAUSES_SHOWN).map((each) => (
        <span key={each.cause} className="wrap-anywhere">
          {causeWords(each)}
        </span>
      ))}
      {left > 0 && <span className="text-faint">and {left} more</span>}
    </p>
  );
}

/** Where an alert leads: what to do about it, and the job that it is about. */
export function AlertLinks({ alert }: { readonly alert: Alert }) {
  return (
    <>
      {alert.runbook_url !== null && (
        <a href={alert.runbook_url} target="_blank" rel="noreferrer" className={LINK}>
          What to do
        </a>
      )}
      {alert.job_id !== null && (
        <Link href={`/jobs/${encodeURIComponent(alert.job_id)}`} className={LINK}>
          {alert.count > 1 ? "First job" : "Job"}
        </Link>
      )}
    </>
  );
}

/** The labels that tell it from others of its rule, and the figures. */
export function Facts({ alert }: { readonly alert: Alert }) {
  const facts = [...Object.entries(alert.labels).map(([name, value]) => [spell(name), value]), ...measuredList(alert)];
  return (
    <>
      {facts.map(([name, value]) => (
        <span key={name} className="wrap-anywhere">
          {name} <span className="text-soft">{value}</span>
        </span>
      ))}
    </>
  );
}
