import { ALERT_LEVELS, type AlertChannelInfo, type NoDataPolicy } from "@playhead/core";
import type { ReactNode } from "react";
import { LEVEL_WORDS } from "../../alerts/alert-words.ts";
import { AreaField, ChoiceField, TextField } from "../../ui/field.tsx";
import { DIMENSION_WORDS, DIMENSIONS, type RuleFault, type RuleFields } from "./rule-fields.ts";

export interface RuleFormProps {
  readonly fields: RuleFields;
  readonly faults: readonly RuleFault[];
  readonly channels: readonly AlertChannelInfo[];
  readonly onChange: (fields: RuleFields) => void;
}

const LEVELS = ALERT_LEVELS.map((level) => [level, LEVEL_WORDS[level]] as const);
const NO_DATA: readonly (readonly [NoDataPolicy, string])[] = [
  ["ok", "All is well"],
  ["keep", "Nothing changes"],
  ["alert", "That is an alert, too"],
];

type TextName = { [Name in keyof RuleFields]: RuleFields[Name] extends string ? Name : never }[keyof RuleFields];

/** All that makes a rule: what it looks for first, then how patient it is, whom it tells, and what it says. */
export function RuleForm({ fields, faults, channels, onChange }: RuleFormProps) {
  const bind = <Name extends TextName>(name: Name) => ({
    value: fields[name],
    fault: faults.find(({ field }) => field === name)?.text,
    onChange: (value: string) => onChange({ ...fields, [name]: value }),
  });
  return (
    <div className="space-y-8">
      <div className="grid grid-cols-2 gap-4 desk:grid-cols-6">
        <TextField className="col-span-2 desk:col-span-4" label="Name" placeholder="Clips fail" {...bind("name")} />
        <ChoiceField
          className="desk:col-span-2"
          label="Level"
          value={fields.level}
          choices={LEVELS}
          onChange={(level) => onChange({ ...fields, level })}
        />
        <AreaField
          className="col-span-2 desk:col-span-6"
          label="Condition"
          rows={2}
          code
          note="A CEL expression that holds or does not."
          {...bind("condition")}
        />
        <TextField
          className="desk:col-span-2"
          label="Threshold"
          numeric
          note="“threshold” in the condition"
          {...bind("threshold")}
        />
        <TextField className="desk:col-span-2" label="Window" numeric note="Minutes" {...bind("time_window")} />
        <TextField
          className="desk:col-span-2"
          label="At least so many"
          numeric
          note="Fewer are no data"
          {...bind("min_samples")}
        />
      </div>
      <Group title="How patient it is">
        <TextField label="Has to hold for" numeric note="Seconds" {...bind("for")} />
        <TextField label="Has to be over for" numeric note="Seconds" {...bind("keep_firing_for")} />
        <TextField label="Then quiet for" numeric note="Minutes" {...bind("cooldown_period")} />
        <TextField label="Told again every" numeric note="Minutes; empty for never" {...bind("repeat_every")} />
        <ChoiceField
          label="Without data"
          value={fields.no_data}
          choices={NO_DATA}
          onChange={(no_data) => onChange({ ...fields, no_data })}
        />
        <TextField
          className="col-span-2 desk:col-span-3"
          label="Over only when"
          note="Where that is not as soon as the condition does not hold"
          {...bind("resolve_condition")}
        />
      </Group>
      <Group title="What it looks at">
        <AreaField
          className="desk:col-span-2"
          label="Only of these"
          rows={2}
          code
          placeholder="stage = merging, upload"
          note="One dimension a line; empty for everything"
          {...bind("scope")}
        />
        <Choices
          className="desk:col-span-2"
          title="An alert for each"
          choices={DIMENSIONS.map((each) => [each, DIMENSION_WORDS[each]] as const)}
          chosen={fields.group_by}
          onChange={(group_by) => onChange({ ...fields, group_by })}
        />
      </Group>
      <Group title="Whom it tells, and what">
        <ChannelChoices channels={channels} fields={fields} onChange={onChange} />
        <AreaField
          className="col-span-2 desk:col-span-4"
          label="Message"
          rows={2}
          note="{{value}}, {{threshold}}, {{count}}, and the names of measurements and labels are filled in"
          {...bind("message")}
        />
        <TextField
          className="col-span-2 desk:col-span-4"
          label="What to do"
          placeholder="https://wiki.example.com/clips-fail"
          note="The address of a page for whoever is told"
          {...bind("runbook_url")}
        />
        <AreaField
          className="desk:col-span-2"
          label="Labels"
          rows={2}
          code
          placeholder="team = video"
          {...bind("labels")}
        />
        <AreaField className="desk:col-span-2" label="Description" rows={2} {...bind("description")} />
      </Group>
    </div>
  );
}

function Group({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <fieldset>
      <legend className="mb-3 w-full border-b border-line pb-2 text-13 font-medium text-soft">{title}</legend>
      <div className="grid grid-cols-2 gap-4 desk:grid-cols-4">{children}</div>
    </fieldset>
  );
}

interface ChoicesProps<Value extends string> {
  readonly title: string;
  readonly choices: readonly (readonly [value: Value, word: string])[];
  readonly chosen: readonly Value[];
  readonly onChange: (chosen: readonly Value[]) => void;
  readonly className?: string;
}

function Choices<Value extends string>({ title, choices, chosen, onChange, className = "" }: ChoicesProps<Value>) {
  return (
    <fieldset className={className}>
      <legend className="mb-1 text-12 text-soft">{title}</legend>
      <div className="flex flex-wrap gap-x-4 gap-y-1.5 py-1">
        {choices.map(([value, word]) => (
          <label key={value} className="flex items-center gap-2 text-13">
            <input
              type="checkbox"
              className="box"
              checked={chosen.includes(value)}
              onChange={({ target }) =>
                onChange(target.checked ? [...chosen, value] : chosen.filter((each) => each !== value))
              }
            />
            {word}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function ChannelChoices({ channels, fields, onChange }: Pick<RuleFormProps, "channels" | "fields" | "onChange">) {
  const { notification_channels: chosen } = fields;
  const names = [...new Set([...channels.map(({ channel }) => channel), ...(chosen ?? [])])];
  return (
    <div className="col-span-2 space-y-2 desk:col-span-4">
      <ChoiceField
        label="Channels"
        value={chosen === null ? "all" : "some"}
        choices={[
          ["all", "All of them, also those to come"],
          ["some", "Only some"],
        ]}
        onChange={(which) => onChange({ ...fields, notification_channels: which === "all" ? null : [] })}
      />
      {chosen !== null && names.length > 0 && (
        <Choices
          title="Which"
          choices={names.map((name) => [name, name] as const)}
          chosen={chosen}
          onChange={(notification_channels) => onChange({ ...fields, notification_channels })}
        />
      )}
    </div>
  );
}
