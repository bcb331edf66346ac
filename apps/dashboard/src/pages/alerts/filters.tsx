import { Button } from "../../ui/button.tsx";
import { FaultNote } from "../../ui/fault-note.tsx";

export interface FilterProps {
  readonly name: string;
  /** What stands for no choice. */
  readonly any: string;
  readonly value: string | null;
  readonly choices: readonly (readonly [value: string, word: string])[];
  readonly onChange: (value: string | null) => void;
}

/** Narrows a list down to one value of something, or to none. */
export function Filter({ name, any, value, choices, onChange }: FilterProps) {
  const isOffered = value === null || choices.some(([each]) => each === value);
  return (
    <select
      aria-label={name}
      value={value ?? ""}
      onChange={({ target }) => onChange(target.value === "" ? null : target.value)}
      className="h-8 max-w-full min-w-0 rounded-md border border-line bg-surface px-2 text-13 text-soft hover:border-edge focus-visible:border-edge"
    >
      <option value="">{any}</option>
      {/* An address may ask for one that there is no more. */}
      {!isOffered && <option value={value}>{value}</option>}
      {choices.map(([each, word]) => (
        <option key={each} value={each}>
          {word}
        </option>
      ))}
    </select>
  );
}

interface MoreButtonProps {
  readonly pages: { readonly hasMore: boolean; readonly more: () => Promise<void>; readonly fault: unknown };
}

/** Reads on in a list that goes on. */
export function MoreButton({ pages: { hasMore, more, fault } }: MoreButtonProps) {
  return (
    <div className="py-3">
      {hasMore && <Button onClick={() => void more()}>Show older ones</Button>}
      <FaultNote fault={fault === null ? null : { what: "read on", error: fault }} />
    </div>
  );
}
