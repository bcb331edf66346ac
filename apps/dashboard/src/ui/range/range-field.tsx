import { shownZone } from "../time-zone.ts";
import { momentOf, wallText } from "../wall-clock.ts";
import { type BetweenRange, boundsOfRange, LASTS, type ViewRange } from "./view-range.ts";

/** How what one chooses from looks, in a row of filters. */
export const FILTER =
  "h-8 max-w-full min-w-0 rounded-md border border-line bg-surface px-2 text-13 text-soft hover:border-edge focus-visible:border-edge";

interface RangeFieldProps<Range extends ViewRange | null> {
  readonly range: Range;
  readonly onChange: (range: Range) => void;
  /** The word for no range at all, where there may be none. */
  readonly any?: Range extends null ? string : never;
}

/** Which stretch of time: one up to now, or between two moments in the shown zone. */
export function RangeField<Range extends ViewRange | null>({ range, onChange, any }: RangeFieldProps<Range>) {
  const given: ViewRange | null = range;
  const between = given !== null && "from" in given ? given : null;
  const choose = (name: string) => {
    const last = LASTS.find((each) => each.name === name);
    if (last !== undefined) onChange({ last: last.name } as Range);
    else if (name === "") onChange(null as Range);
    else onChange(fixed(given ?? { last: "24h" }) as Range);
  };
  const change = (part: Partial<BetweenRange>) => {
    if (between === null) return;
    const next: BetweenRange = { ...between, ...part };
    if (next.to === null || next.to > next.from) onChange(next as Range);
  };
  return (
    <>
      <select
        aria-label="Time"
        className={FILTER}
        value={given === null ? "" : "last" in given ? given.last : "between"}
        onChange={({ target }) => choose(target.value)}
      >
        {any !== undefined && <option value="">{any}</option>}
        {LASTS.map(({ name, word }) => (
          <option key={name} value={name}>
            {word}
          </option>
        ))}
        <option value="between">Between …</option>
      </select>
      {between !== null && (
        <span className="flex flex-wrap items-center gap-2 text-13 text-faint">
          <MomentField name="From" moment={between.from} onChange={(from) => from !== null && change({ from })} />
          to
          <MomentField name="Before" moment={between.to} onChange={(to) => change({ to })} />
        </span>
      )}
    </>
  );
}

export interface MomentFieldProps {
  readonly name: string;
  readonly moment: string | null;
  readonly onChange: (moment: string | null) => void;
}

/** A moment, in the shown zone. */
export function MomentField({ name, moment, onChange }: MomentFieldProps) {
  const { timeZone } = shownZone();
  return (
    <input
      aria-label={name}
      type="datetime-local"
      className={FILTER}
      value={moment === null ? "" : wallText(Date.parse(moment), timeZone)}
      onChange={({ target }) => {
        const atMs = momentOf(target.value, timeZone);
        onChange(atMs === null ? null : new Date(atMs).toISOString());
      }}
    />
  );
}

/** The same range between moments, to the minute, so that its ends can be moved. */
function fixed(range: ViewRange): BetweenRange {
  const { fromMs, toMs } = boundsOfRange(range, Date.now());
  const minute = (ms: number) => new Date(Math.floor(ms / 60_000) * 60_000).toISOString();
  return { from: minute(fromMs), to: minute(toMs) };
}
