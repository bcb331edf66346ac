import type { AlertRule } from "@playhead/core";
import { Link } from "wouter";
import { LEVEL_WORDS } from "../../alerts/alert-words.ts";
import { alertsApi } from "../../alerts/alerts-api.ts";
import { LevelMark } from "../../alerts/level-mark.tsx";
import { FaultNote } from "../../ui/fault-note.tsx";
import { Loading } from "../../ui/loading.tsx";
import { usePolled } from "../../ui/poll.ts";
import { Section } from "../../ui/section.tsx";
import { useAction } from "../../ui/use-action.ts";
import { AlertsFrame } from "./alerts-frame.tsx";
import { draftOf, fieldsOf } from "./rule-fields.ts";

/** All rules: those of one's own first, then those that come with Playhead. */
export function RulesPart() {
  const read = usePolled("rules", alertsApi.rules);
  const rules = read.value ?? [];
  const on = rules.filter(({ enabled }) => enabled).length;
  const heading = read.value === null ? "Rules" : `${on} of ${rules.length} rules are on`;
  return (
    <AlertsFrame
      title="Alerts: rules"
      heading={heading}
      actions={
        <Link
          href="/alerts/rules/new"
          className="inline-flex h-8 items-center rounded-md border border-line bg-surface px-3 text-13 font-medium hover:border-edge"
        >
          New rule
        </Link>
      }
    >
      <Loading polled={read} what="the rules" onRetry={() => void read.refresh()} />
      {read.value !== null && (
        <div className="mt-8 space-y-10">
          <Section title="Your own">
            <RuleList rules={rules.filter(({ built_in }) => !built_in)} onChanged={read.refresh} />
          </Section>
          <Section title="Built in">
            <RuleList rules={rules.filter(({ built_in }) => built_in)} onChanged={read.refresh} />
          </Section>
        </div>
      )}
    </AlertsFrame>
  );
}

interface RuleListProps {
  readonly rules: readonly AlertRule[];
  readonly onChanged: () => Promise<void>;
}

function RuleList({ rules, onChanged }: RuleListProps) {
  if (rules.length === 0) {
    return (
      <p className="py-4 text-13 text-soft">
        None yet. A rule says when people are told: a condition over what Playhead measures, such as{" "}
        <code>error_rate &gt; 0.1</code>, over a window of minutes.
      </p>
    );
  }
  return (
    <ul>
      {rules.map((rule) => (
        <RuleRow key={rule.rule_id} rule={rule} onChanged={onChanged} />
      ))}
    </ul>
  );
}

function RuleRow({ rule, onChanged }: { readonly rule: AlertRule; readonly onChanged: () => Promise<void> }) {
  const { busy, fault, run } = useAction();
  const setEnabled = (enabled: boolean) =>
    run(`switch ${rule.name} ${enabled ? "on" : "off"}`, async () => {
      await alertsApi.replaceRule(rule.rule_id, draftOf({ ...fieldsOf(rule), enabled }));
      await onChanged();
    });
  return (
    <li className="border-b border-line py-2.5">
      <div className="relative flex items-center gap-3">
        <input
          type="checkbox"
          role="switch"
          className="switch z-10"
          aria-label={`${rule.name} is on`}
          aria-checked={rule.enabled}
          checked={rule.enabled}
          disabled={busy !== null}
          onChange={({ target }) => void setEnabled(target.checked)}
        />
        <LevelMark level={rule.level} over={!rule.enabled} />
        <div className="min-w-0 grow desk:flex desk:items-baseline desk:gap-4">
          <Link
            href={`/alerts/rules/${encodeURIComponent(rule.rule_id)}`}
            className={`block shrink-0 text-13 font-medium wrap-anywhere after:absolute after:inset-0 hover:underline hover:decoration-edge hover:underline-offset-4 desk:w-72 ${rule.enabled ? "" : "text-faint"}`}
          >
            {rule.name}
            <span className="sr-only">, {LEVEL_WORDS[rule.level]}</span>
          </Link>
          <code className="block min-w-0 text-12 text-soft desk:truncate max-desk:wrap-anywhere">
            {conditionWords(rule)}
          </code>
        </div>
        <span className="shrink-0 text-12 text-faint max-desk:hidden">
          {rule.notification_channels.includes("*")
            ? "all channels"
            : rule.notification_channels.join(", ") || "no channel"}
        </span>
      </div>
      <FaultNote fault={fault} />
    </li>
  );
}

/** The condition, with the number that stands for its threshold. */
function conditionWords({ condition, threshold, time_window }: AlertRule): string {
  const limited = threshold === null ? condition : condition.replaceAll(/\bthreshold\b/g, String(threshold));
  const hours = time_window / 60;
  return `${limited} in ${hours >= 2 && Number.isInteger(hours) ? `${hours} h` : `${time_window} min`}`;
}
