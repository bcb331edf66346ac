import { PlayheadError } from "@playhead/core";
import { type FormEvent, useEffect, useMemo, useRef, useState } from "react";
import { useLocation } from "wouter";
import { Button } from "../../ui/button.tsx";
import { describeError } from "../../ui/error-text.ts";
import { FaultNote } from "../../ui/fault-note.tsx";
import { ChoiceField, TextField } from "../../ui/field.tsx";
import { Page } from "../../ui/page.tsx";
import { usePolled } from "../../ui/poll.ts";
import { Skeleton } from "../../ui/skeleton.tsx";
import { useAction } from "../../ui/use-action.ts";
import { type FieldValue, type FieldValues, faultsByField, fieldsOf, inputOf } from "./form-fields.ts";
import { InputField } from "./input-field.tsx";
import { type JobKindInfo, newJobApi } from "./new-job-api.ts";

/** The place to have something run: what, on which files, how. */
export function NewJobPage() {
  const { value: kinds, error, refresh } = usePolled("job kinds", newJobApi.kinds);
  const [chosen, setChosen] = useState<string | null>(null);
  const info = kinds?.find(({ kind }) => kind === chosen) ?? kinds?.[0];
  return (
    <Page title="New job" heading="New job" below={<p className="mt-1 text-13 text-soft">{info?.description}</p>}>
      {kinds === null && error === null && <Loading />}
      {kinds === null && error !== null && <Unread error={error} onRetry={refresh} />}
      {kinds?.length === 0 && (
        <p className="mt-6 max-w-[60ch] text-soft">
          This server knows no kinds of jobs. Start it with <code>playhead serve</code>, and it knows them.
        </p>
      )}
      {kinds !== null && info !== undefined && (
        <div className="mt-6 max-w-2xl space-y-5">
          <ChoiceField
            label="What to make"
            note={whoRuns(info)}
            value={info.kind}
            choices={kinds.map(({ kind, title }) => [kind, title] as const)}
            onChange={setChosen}
          />
          <JobForm key={info.kind} info={info} />
        </div>
      )}
    </Page>
  );
}

/** Whether the job will begin, and after how many others. */
function whoRuns({ workers, waiting }: JobKindInfo): string {
  if (workers === 0) return "No worker offers it now: the job waits until one does";
  const ahead = waiting === 0 ? "nothing waits" : waiting === 1 ? "1 job waits" : `${waiting} jobs wait`;
  return `${workers === 1 ? "1 worker offers" : `${workers} workers offer`} it, ${ahead}`;
}

function JobForm({ info }: { readonly info: JobKindInfo }) {
  const [, goTo] = useLocation();
  // The list is read again and again; the form stays the one that it is.
  const schema = JSON.stringify(info.input_schema);
  const fields = useMemo(() => fieldsOf(JSON.parse(schema)), [schema]);
  const [values, setValues] = useState<FieldValues>({});
  const [title, setTitle] = useState("");
  const [priority, setPriority] = useState("");
  const [uploading, setUploading] = useState<ReadonlySet<string>>(new Set());
  const [faults, setFaults] = useState<Readonly<Record<string, string>>>({});
  const { busy, fault, run } = useAction();
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    // Where there is something to mend, that is where one goes on.
    if (Object.keys(faults).length > 0) form.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus();
  }, [faults]);

  const change = (name: string, value: FieldValue) => {
    setValues((before) => ({ ...before, [name]: value }));
    setFaults(({ [name]: _, ...others }) => (name in faults ? others : faults));
  };
  const noteBusy = (name: string, isBusy: boolean) =>
    setUploading((before) => {
      if (before.has(name) === isBusy) return before;
      const next = new Set(before);
      if (isBusy) next.add(name);
      else next.delete(name);
      return next;
    });

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy !== null || uploading.size > 0) return;
    const answer = inputOf(fields, values);
    const rank = priority.trim() === "" ? 0 : Number(priority);
    const wrong: Record<string, string> = "faults" in answer ? { ...answer.faults } : {};
    if (!Number.isInteger(rank) || Math.abs(rank) > 100) wrong[PRIORITY] = "Expected a whole number from -100 to 100.";
    setFaults(wrong);
    if ("faults" in answer || Object.keys(wrong).length > 0) return;
    await run("submit the job", async () => {
      try {
        const job = await newJobApi.submit({
          ...{ kind: info.kind, input: answer.input },
          ...(title.trim() !== "" && { title: title.trim() }),
          ...(rank !== 0 && { priority: rank }),
        });
        goTo(`/jobs/${encodeURIComponent(job.job_id)}`);
      } catch (error) {
        if (error instanceof PlayheadError) setFaults(faultsByField(error.detail));
        throw error;
      }
    });
  };

  return (
    <form ref={form} onSubmit={submit} noValidate className="space-y-5">
      {fields.map((field) => (
        <InputField
          key={field.name}
          field={field}
          value={values[field.name] ?? field.initial}
          fault={faults[field.name]}
          onChange={(value) => change(field.name, value)}
          onBusy={(isBusy) => noteBusy(field.name, isBusy)}
        />
      ))}
      <div className="grid gap-5 border-t border-line pt-5 desk:grid-cols-[1fr_12rem]">
        <TextField label="Title (optional)" note="How the job is called in lists" value={title} onChange={setTitle} />
        <TextField
          label="Priority (optional)"
          note="-100 to 100; higher comes first"
          fault={faults[PRIORITY]}
          numeric
          value={priority}
          onChange={setPriority}
        />
      </div>
      <div>
        <Button
          type="submit"
          busy={busy !== null}
          disabledReason={uploading.size > 0 ? "A file is still on its way" : null}
        >
          Submit
        </Button>
        <FaultNote fault={fault} />
      </div>
    </form>
  );
}

/** No property of an input is called so. */
const PRIORITY = "(priority)";

function Loading() {
  return (
    <div className="mt-6 max-w-2xl space-y-5" role="status" aria-label="Loading the kinds of jobs">
      <Skeleton className="h-8 w-full" />
      <Skeleton className="h-24 w-full" />
      <Skeleton className="h-8 w-full" />
    </div>
  );
}

function Unread({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => Promise<void> }) {
  const { message, hint } = describeError(error);
  return (
    <div role="alert" className="mt-6 flex flex-wrap items-center gap-3 text-13">
      <p>
        What can be submitted could not be read. {message} {hint !== null && <span className="text-soft">{hint}</span>}
      </p>
      <Button onClick={() => void onRetry()}>Try again</Button>
    </div>
  );
}
