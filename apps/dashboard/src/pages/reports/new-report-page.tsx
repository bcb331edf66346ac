import type { ReportKind } from "@playhead/core";
import { type FormEvent, useState } from "react";
import { Link, useLocation } from "wouter";
import { Button } from "../../ui/button.tsx";
import { FaultNote } from "../../ui/fault-note.tsx";
import { ChoiceField, FIELD, Field, TextField } from "../../ui/field.tsx";
import { Icon } from "../../ui/icons.tsx";
import { Page } from "../../ui/page.tsx";
import { shownZone } from "../../ui/time-zone.ts";
import { useAction } from "../../ui/use-action.ts";
import { draftOf, emptyForm, faultOf, METRICS, needsRange, type ReportForm } from "./report-draft.ts";
import { reportsApi } from "./reports-api.ts";

const KINDS: readonly (readonly [ReportKind, string])[] = [
  ["weekly", "The last whole week"],
  ["daily", "The last whole day"],
  ["trend", "Trends of a range"],
  ["custom", "A range, as you choose"],
];

/** Asks what a report is to tell, and makes it. */
export function NewReportPage() {
  const { timeZone } = shownZone();
  const [form, setForm] = useState(() => emptyForm(Date.now(), timeZone));
  const [failed, setFailed] = useState<string | null>(null);
  const [, goTo] = useLocation();
  const { busy, fault, run } = useAction();
  const change = (part: Partial<ReportForm>) => setForm((before) => ({ ...before, ...part }));
  const reason = faultOf(form, timeZone);
  const make = (event: FormEvent) => {
    event.preventDefault();
    if (reason !== null || busy !== null) return;
    setFailed(null);
    void run("make it", async () => {
      const made = await reportsApi.make(draftOf(form, timeZone));
      if (made.status === "made") goTo(`/reports/${encodeURIComponent(made.report_id)}`);
      else setFailed(made.error);
    });
  };
  return (
    <Page title="New report" heading="What should it tell?" above={<ReportsLink />}>
      <form onSubmit={make} className="mt-6 max-w-2xl space-y-5">
        <ChoiceField
          label="Of"
          value={form.kind}
          choices={KINDS}
          className="max-w-xs"
          onChange={(kind) => change({ kind })}
        />
        {needsRange(form.kind) && (
          <div className="grid gap-4 desk:grid-cols-2">
            <MomentField label="From" note={timeZone} value={form.from} onChange={(from) => change({ from })} />
            <MomentField label="To" note="Not included" value={form.to} onChange={(to) => change({ to })} />
          </div>
        )}
        <div className="grid gap-4 desk:grid-cols-2">
          <TextField
            label="Functions"
            note="Names, with commas between them. Empty: all."
            value={form.functions}
            onChange={(functions) => change({ functions })}
          />
          <TextField
            label="Kinds of jobs"
            note="Such as clips, merge. Empty: all."
            value={form.kinds}
            onChange={(kinds) => change({ kinds })}
          />
        </div>
        <Metrics chosen={form.metrics} onChange={(metrics) => change({ metrics })} />
        <TextField
          label="Title"
          note="Empty: its kind and its range."
          value={form.title}
          onChange={(title) => change({ title })}
        />
        <Button type="submit" busy={busy !== null} disabledReason={reason}>
          Make the report
        </Button>
        <FaultNote fault={fault ?? (failed === null ? null : { what: "make it", error: failed })} />
      </form>
    </Page>
  );
}

/** Back to all of them. */
export function ReportsLink() {
  return (
    <Link href="/reports" className="mb-2 inline-flex items-center gap-1 rounded-sm text-13 text-soft hover:text-ink">
      <Icon name="back" />
      Reports
    </Link>
  );
}

interface MomentFieldProps {
  readonly label: string;
  readonly note: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function MomentField({ label, note, value, onChange }: MomentFieldProps) {
  return (
    <Field label={label} note={note}>
      {(parts) => (
        <input
          {...parts}
          type="datetime-local"
          value={value}
          onChange={({ target }) => onChange(target.value)}
          className={`${FIELD} h-8`}
        />
      )}
    </Field>
  );
}

interface MetricsProps {
  readonly chosen: readonly string[] | null;
  readonly onChange: (chosen: readonly string[] | null) => void;
}

/** What it tells: all, or what one chooses. */
function Metrics({ chosen, onChange }: MetricsProps) {
  const isChosen = (metric: string) => chosen === null || chosen.includes(metric);
  const toggle = (metric: string) => {
    const next = METRICS.map(([each]) => each).filter((each) => isChosen(each) !== (each === metric));
    onChange(next.length === METRICS.length ? null : next);
  };
  return (
    <fieldset>
      <legend className="mb-1 text-12 text-soft">It tells of</legend>
      <div className="grid grid-cols-2 desk:grid-cols-4">
        {METRICS.map(([metric, word]) => (
          <label key={metric} className="flex h-8 items-center gap-2.5 text-13">
            <input type="checkbox" className="box" checked={isChosen(metric)} onChange={() => toggle(metric)} />
            {word}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
