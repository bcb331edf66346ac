import { Toggle } from "@base-ui/react/toggle";
import { useId, useState } from "react";
import { Icon } from "../../ui/icons.tsx";
import { MomentField } from "../../ui/range/range-field.tsx";
import { StateMark } from "../../ui/state-mark.tsx";
import { shownZone } from "../../ui/time-zone.ts";
import { momentOf, wallText } from "../../ui/wall-clock.ts";
import { type JobSpan, SINCES } from "./job-span.ts";
import {
  ALL_JOBS,
  countOf,
  formatCount,
  isFiltered,
  type JobsSort,
  type JobsView,
  STATE_GROUPS,
  type StateCounts,
  toggleGroup,
} from "./jobs-query.ts";

export interface JobsFiltersProps {
  readonly view: JobsView;
  /** Null before they have come. */
  readonly counts: StateCounts | null;
  /** What jobs there are of, as far as they have been seen. */
  readonly kinds: readonly string[];
  readonly users: readonly string[];
  readonly onChange: (view: JobsView) => void;
}

const FIELD =
  "h-8 min-w-0 rounded-md border border-line bg-surface px-2 text-13 text-soft hover:border-edge focus-visible:border-edge";

/** What one looks for: text, states, kind, user, time; and the order. */
export function JobsFilters({ view, counts, kinds, users, onChange }: JobsFiltersProps) {
  return (
    <search className="mt-5 block space-y-2">
      <div className="flex flex-wrap items-center gap-2">
        <label className="flex h-8 w-72 max-w-full items-center gap-2 rounded-md border border-line bg-surface px-2.5 text-faint focus-within:border-edge">
          <Icon name="search" />
          <span className="sr-only">Search by title or id</span>
          <input
            type="search"
            maxLength={200}
            value={view.text}
            onChange={(event) => onChange({ ...view, text: event.target.value })}
            placeholder="Search by title or id"
            className="min-w-0 grow bg-transparent text-13 text-ink outline-none placeholder:text-faint"
          />
        </label>
        <StateToggles view={view} counts={counts} onChange={onChange} />
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <KindField view={view} kinds={kinds} onChange={onChange} />
        <UserField view={view} users={users} onChange={onChange} />
        <SpanField span={view.span} onChange={(span) => onChange({ ...view, span })} />
        <SortField sort={view.sort} onChange={(sort) => onChange({ ...view, sort })} />
        {isFiltered(view) && (
          <button
            type="button"
            onClick={() => onChange({ ...ALL_JOBS, sort: view.sort })}
            className="h-8 rounded-md px-2 text-13 text-soft hover:bg-raised hover:text-ink"
          >
            Clear filters
          </button>
        )}
      </div>
    </search>
  );
}

type PartProps = Pick<JobsFiltersProps, "view" | "onChange">;

function StateToggles({ view, counts, onChange }: PartProps & Pick<JobsFiltersProps, "counts">) {
  return (
    <fieldset className="flex flex-wrap gap-1">
      <legend className="sr-only">States</legend>
      {STATE_GROUPS.map(({ name, word, shape, states }) => (
        <Toggle
          key={name}
          pressed={states.every((state) => view.states.includes(state))}
          onPressedChange={() => onChange(toggleGroup(view, states))}
          className="flex h-8 items-center gap-1.5 rounded-md border border-transparent px-2.5 text-13 text-soft transition-colors duration-150 hover:bg-raised data-pressed:border-edge data-pressed:bg-raised data-pressed:text-ink max-desk:px-2"
        >
          <StateMark shape={shape} />
          {word}
          <span className="font-mono text-12 text-faint">
            {counts === null ? "" : formatCount(countOf(counts, states))}
          </span>
        </Toggle>
      ))}
    </fieldset>
  );
}

function KindField({ view, kinds, onChange }: PartProps & Pick<JobsFiltersProps, "kinds">) {
  const [first] = view.kinds;
  const several = view.kinds.length > 1;
  const offered = [...new Set([...kinds, ...view.kinds])].sort();
  return (
    <select
      aria-label="Kind"
      className={FIELD}
      value={several ? "\n" : (first ?? "")}
      onChange={({ target }) => onChange({ ...view, kinds: target.value === "" ? [] : [target.value] })}
    >
      <option value="">Any kind</option>
      {/* An address may ask for several. */}
      {several && <option value={"\n"}>{view.kinds.join(" or ")}</option>}
      {offered.map((kind) => (
        <option key={kind}>{kind}</option>
      ))}
    </select>
  );
}

function UserField({ view, users, onChange }: PartProps & Pick<JobsFiltersProps, "users">) {
  const listId = useId();
  const [typed, setTyped] = useState({ of: view.user, text: view.user ?? "" });
  // The address may have changed it.
  const text = typed.of === view.user ? typed.text : (view.user ?? "");
  const choose = (text: string) => {
    const user = text.trim() === "" ? null : text.trim();
    if (user !== view.user) onChange({ ...view, user });
  };
  return (
    <>
      <input
        aria-label="User"
        type="text"
        list={listId}
        value={text}
        placeholder="Any user"
        maxLength={200}
        autoComplete="off"
        spellCheck={false}
        className={`${FIELD} w-32 placeholder:text-soft`}
        onChange={({ target }) => {
          setTyped({ of: view.user, text: target.value });
          // One that was picked is whole; one that is typed is whole when Enter, or the next field, says so.
          if (target.value === "" || users.includes(target.value)) choose(target.value);
        }}
        onBlur={({ target }) => choose(target.value)}
        onKeyDown={({ key, currentTarget }) => {
          if (key === "Enter") choose(currentTarget.value);
        }}
      />
      <datalist id={listId}>
        {users.map((user) => (
          <option key={user} value={user} />
        ))}
      </datalist>
    </>
  );
}

interface SpanFieldProps {
  readonly span: JobSpan | null;
  readonly onChange: (span: JobSpan | null) => void;
}

function SpanField({ span, onChange }: SpanFieldProps) {
  const between = span !== null && "from" in span ? span : null;
  const choose = (name: string) => {
    const since = SINCES.find((each) => each.name === name);
    if (since !== undefined) onChange({ since: since.name });
    else onChange(name === "" ? null : { from: startOfToday(), to: null });
  };
  return (
    <>
      <select
        aria-label="Created"
        className={FIELD}
        value={span === null ? "" : between === null && "since" in span ? span.since : "between"}
        onChange={({ target }) => choose(target.value)}
      >
        <option value="">Any time</option>
        {SINCES.map(({ name, word }) => (
          <option key={name} value={name}>
            {word}
          </option>
        ))}
        <option value="between">Between …</option>
      </select>

      {between !== null && (
        <span className="flex flex-wrap items-center gap-2 text-13 text-faint">
          <MomentField
            name="Created from"
            moment={between.from}
            onChange={(from) => onChange(from === null && between.to === null ? null : { ...between, from })}
          />
          to
          <MomentField
            name="Created before"
            moment={between.to}
            onChange={(to) => onChange(between.from === null && to === null ? null : { ...between, to })}
          />
        </span>
      )}
    </>
  );
}

function startOfToday(): string {
  const { timeZone } = shownZone();
  const midnight = `${wallText(Date.now(), timeZone).slice(0, 10)}T00:00`;
  return new Date(momentOf(midnight, timeZone) ?? Date.now()).toISOString();
}

const SORTS: readonly (JobsSort & { readonly word: string })[] = [
  { by: "created_at", order: "desc", word: "Newest first" },
  { by: "created_at", order: "asc", word: "Oldest first" },
  { by: "ended_at", order: "desc", word: "Last ended first" },
  { by: "ended_at", order: "asc", word: "First ended first" },
  { by: "title", order: "asc", word: "Title from A" },
  { by: "title", order: "desc", word: "Title from Z" },
];

function SortField({ sort, onChange }: { readonly sort: JobsSort; readonly onChange: (sort: JobsSort) => void }) {
  return (
    <select
      aria-label="Order"
      className={FIELD}
      value={SORTS.findIndex(({ by, order }) => by === sort.by && order === sort.order)}
      onChange={({ target }) => {
        const chosen = SORTS[Number(target.value)];
        if (chosen !== undefined) onChange({ by: chosen.by, order: chosen.order });
      }}
    >
      {SORTS.map(({ word }, at) => (
        <option key={word} value={at}>
          {word}
        </option>
      ))}
    </select>
  );
}
