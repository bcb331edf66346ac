import type { AlertRule } from "@playhead/core";
import { useState } from "react";
import { useLocation } from "wouter";
import { alertsApi } from "../../alerts/alerts-api.ts";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { FaultNote } from "../../ui/fault-note.tsx";
import { Loading } from "../../ui/loading.tsx";
import { usePolled } from "../../ui/poll.ts";
import { Section } from "../../ui/section.tsx";
import { StateMark } from "../../ui/state-mark.tsx";
import { useAction } from "../../ui/use-action.ts";
import { AlertsFrame } from "./alerts-frame.tsx";
import { Backtest } from "./backtest.tsx";
import { MeasurementList } from "./measurement-list.tsx";
import { draftOf, fieldsOf, NEW_RULE, type RuleFields } from "./rule-fields.ts";
import { RuleForm } from "./rule-form.tsx";
import { type RuleCheck, useRuleCheck } from "./use-rule-check.ts";

/** A rule: a new one, or one that there is. */
export function RulePage({ ruleId }: { readonly ruleId: string | null }) {
  const read = usePolled(ruleId ?? "", async () => (ruleId === null ? null : await alertsApi.rule(ruleId)));
  if (ruleId === null) return <RuleEditor rule={null} />;
  // What is being edited is not taken away by a newer reading.
  if (read.value !== null) return <RuleEditor rule={read.value} />;
  return (
    <AlertsFrame title="Alert rule" heading="Rule">
      <Loading polled={read} what="the rule" onRetry={() => void read.refresh()} />
    </AlertsFrame>
  );
}

function RuleEditor({ rule }: { readonly rule: AlertRule | null }) {
  const [fields, setFields] = useState<RuleFields>(() => (rule === null ? NEW_RULE : fieldsOf(rule)));
  const [, goTo] = useLocation();
  const { busy, fault, run } = useAction();
  const [removing, setRemoving] = useState(false);
  const channels = usePolled("channels", alertsApi.channels).value ?? [];
  const draft = draftOf(fields);
  const check = useRuleCheck(draft);
  const faults = check?.faults ?? [];
  // Nobody is blamed for what they have not typed yet.
  const shown = faults.filter(({ field }) => field !== "name" || fields.name !== "");
  const whyNot = faults.length > 0 ? "Something is wrong with it: see what is marked." : null;
  const save = async () => {
    const kept = () => (rule === null ? alertsApi.createRule(draft) : alertsApi.replaceRule(rule.rule_id, draft));
    if (await run("save it", kept)) goTo("/alerts/rules");
  };
  const remove = async () => {
    if (rule !== null && (await run("remove it", () => alertsApi.removeRule(rule.rule_id)))) goTo("/alerts/rules");
  };
  return (
    <AlertsFrame
      title={rule === null ? "New alert rule" : `Rule: ${rule.name}`}
      heading={rule === null ? "New rule" : rule.name}
    >
      <form
        className="mt-8 grid gap-x-12 gap-y-10 wide:grid-cols-[minmax(0,1fr)_minmax(18rem,24rem)]"
        onSubmit={(event) => {
          event.preventDefault();
          if (whyNot === null && busy === null) void save();
        }}
      >
        <div>
          <RuleForm fields={fields} faults={shown} channels={channels} onChange={setFields} />
          <div className="mt-8 flex flex-wrap items-center gap-3">
            <Button type="submit" busy={busy !== null} disabledReason={whyNot}>
              {rule === null ? "Make the rule" : "Save"}
            </Button>
            {rule !== null && (
              <Button look="plain" onClick={() => setRemoving(true)}>
                {rule.built_in ? "Back to what it comes with" : "Remove"}
              </Button>
            )}
            <CheckWord check={check} />
          </div>
          <FaultNote fault={fault} />
        </div>
        <div className="grid content-start gap-y-10">
          <Section title="Would it have fired?">
            <Backtest draft={draft} disabledReason={whyNot} />
          </Section>
          <Section title="What conditions may name">
            <MeasurementList
              onChoose={(name) => setFields({ ...fields, condition: `${fields.condition.trimEnd()} ${name}`.trim() })}
            />
          </Section>
        </div>
      </form>
      <ConfirmDialog
        open={removing}
        title={rule?.built_in === true ? "Undo all changes?" : "Remove this rule?"}
        keep="Keep it"
        confirm={rule?.built_in === true ? "Undo the changes" : "Remove the rule"}
        onClose={() => setRemoving(false)}
        onConfirm={() => void remove()}
      >
        {rule?.built_in === true
          ? "The rule will be as it came with Playhead, and on."
          : "What it found stays in the history. Its alerts that fire end now."}
      </ConfirmDialog>
    </AlertsFrame>
  );
}

/** Whether what stands there can be saved. */
function CheckWord({ check }: { readonly check: RuleCheck | null }) {
  const faults = check?.faults ?? [];
  const elsewhere = faults.filter(({ field }) => field === null);
  return (
    <div role="status" className="flex min-w-0 items-center gap-2 text-13 text-soft">
      {check === null ? (
        "Checking …"
      ) : (
        <>
          <StateMark shape={faults.length === 0 ? "completed" : "failed"} />
          {faults.length === 0
            ? "Nothing is wrong with it."
            : elsewhere.map(({ text }) => text).join(" ") ||
              `${faults.length} ${faults.length === 1 ? "thing is" : "things are"} wrong.`}
        </>
      )}
    </div>
  );
}
