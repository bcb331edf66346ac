import { Toggle } from "@base-ui/react/toggle";
import { ToggleGroup } from "@base-ui/react/toggle-group";
import type { JobSummary, LogLevel } from "@playhead/core";
import { type ReactNode, useEffect, useId, useState } from "react";
import { Icon } from "../../ui/icons.tsx";
import { FILTER, RangeField } from "../../ui/range/range-field.tsx";
import { isFiltered, type LogsView, USUAL_VIEW, WHATS, type WhatName } from "./logs-view.ts";

export interface LogsFiltersProps {
  readonly view: LogsView;
  /** Those that are offered. */
  readonly jobs: readonly JobSummary[];
  readonly onChange: (view: LogsView) => void;
  /** At the end of the row. */
  readonly children: ReactNode;
}

const LEVELS: readonly (readonly [LogLevel, string])[] = [
  ["debug", "All"],
  ["info", "Info"],
  ["warning", "Warnings"],
  ["error", "Errors"],
];
/** One types on; the server is asked when one does not. */
const TYPING_MS = 250;

/** What one looks for: words, levels, calls or lines, job, time. */
export function LogsFilters({ view, jobs, onChange, children }: LogsFiltersProps) {
  return (
    <search className="mt-4 flex flex-wrap items-center gap-2">
      <SearchField text={view.text} onChange={(text) => onChange({ ...view, text })} />
      <ToggleGroup
        aria-label="Level"
        value={[view.level]}
        onValueChange={([level]) => level !== undefined && onChange({ ...view, level: level as LogLevel })}
        className="flex rounded-md border border-line"
      >
        {LEVELS.map(([level, word]) => (
          <Toggle
            key={level}
            value={level}
            className="h-7.5 px-2.5 text-13 text-faint first:rounded-l-md last:rounded-r-md hover:text-ink data-pressed:bg-raised data-pressed:text-ink"
          >
            {word}
          </Toggle>
        ))}
      </ToggleGroup>
      <select
        aria-label="What"
        className={FILTER}
        value={view.what}
        onChange={({ target }) => onChange({ ...view, what: target.value as WhatName })}
      >
        {WHATS.map(({ name, word }) => (
          <option key={name} value={name}>
            {word}
          </option>
        ))}
      </select>
      <JobField jobId={view.jobId} jobs={jobs} onChange={(jobId) => onChange({ ...view, jobId })} />
      <RangeField range={view.range} any="Any time" onChange={(range) => onChange({ ...view, range })} />
      {isFiltered(view) && (
        <button
          type="button"
          onClick={() => onChange(USUAL_VIEW)}
          className="h-8 rounded-md px-2 text-13 text-soft hover:bg-raised hover:text-ink"
        >
          Clear filters
        </button>
      )}
      {children}
    </search>
  );
}

interface SearchFieldProps {
  readonly text: string;
  readonly onChange: (text: string) => void;
}

function SearchField({ text, onChange }: SearchFieldProps) {
  const [typed, setTyped] = useState({ of: text, text });
  // The address may have changed it.
  const shown = typed.of === text ? typed.text : text;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is typed starts the wait anew
  useEffect(() => {
    if (shown === text) return;
    const timer = setTimeout(() => onChange(shown), TYPING_MS);
    return () => clearTimeout(timer);
  }, [shown]);
  return (
    <label className="flex h-8 w-72 max-w-full items-center gap-2 rounded-md border border-line bg-surface px-2.5 text-faint focus-within:border-edge">
      <Icon name="search" />
      <span className="sr-only">Search the log</span>
      <input
        type="search"
        maxLength={500}
        value={shown}
        onChange={({ target }) => setTyped({ of: text, text: target.value })}
        placeholder={'Words, "a phrase", begin*'}
        className="min-w-0 grow bg-transparent text-13 text-ink outline-none placeholder:text-faint"
      />
    </label>
  );
}

interface JobFieldProps {
  readonly jobId: string | null;
  readonly jobs: readonly JobSummary[];
  readonly onChange: (jobId: string | null) => void;
}

function JobField({ jobId, jobs, onChange }: JobFieldProps) {
  const listId = useId();
  const [typed, setTyped] = useState({ of: jobId, text: jobId ?? "" });
  const text = typed.of === jobId ? typed.text : (jobId ?? "");
  const choose = (wanted: string) => {
    const next = wanted.trim() === "" ? null : wanted.trim();
    if (next !== jobId) onChange(next);
  };
  return (
    <>
      <input
        aria-label="Job"
        type="text"
        list={listId}
        value={text}
        placeholder="Any job"
        maxLength={200}
        autoComplete="off"
        spellCheck={false}
        className={`${FILTER} w-40 placeholder:text-soft`}
        onChange={({ target }) => {
          setTyped({ of: jobId, text: target.value });
          // One that was picked is whole; one that is typed is whole when Enter, or the next field, says so.
          if (target.value === "" || jobs.some(({ job_id }) => job_id === target.value)) choose(target.value);
        }}
        onBlur={({ target }) => choose(target.value)}
        onKeyDown={({ key, currentTarget }) => {
          if (key === "Enter") choose(currentTarget.value);
        }}
      />
      <datalist id={listId}>
        {jobs.map(({ job_id, title }) => (
          <option key={job_id} value={job_id}>
            {title}
          </option>
        ))}
      </datalist>
    </>
  );
}
