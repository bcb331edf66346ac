import { type ReactNode, useId } from "react";

/** How what one types into looks. */
export const FIELD =
  "w-full min-w-0 rounded-md border border-line bg-surface px-2.5 text-13 text-ink placeholder:text-faint hover:border-edge focus-visible:border-edge aria-invalid:border-failed";

interface FieldParts {
  readonly id: string;
  readonly "aria-invalid": true | undefined;
  readonly "aria-describedby": string | undefined;
}

export interface FieldProps {
  readonly label: string;
  /** What it is for, or in which unit. */
  readonly note?: string | undefined;
  readonly fault?: string | undefined;
  readonly className?: string;
  readonly children: (parts: FieldParts) => ReactNode;
}

/** A field with its name, what it is for, and what is wrong with what stands in it. */
export function Field({ label, note, fault, className = "", children }: FieldProps) {
  const id = useId();
  const described = [note !== undefined && `${id}-note`, fault !== undefined && `${id}-fault`].filter(Boolean);
  return (
    <div className={className}>
      <label htmlFor={id} className="mb-1 block text-12 text-soft">
        {label}
      </label>
      {children({
        id,
        "aria-invalid": fault === undefined ? undefined : true,
        "aria-describedby": described.length === 0 ? undefined : described.join(" "),
      })}
      {note !== undefined && (
        <p id={`${id}-note`} className="mt-1 text-12 text-faint">
          {note}
        </p>
      )}
      {fault !== undefined && (
        <p id={`${id}-fault`} className="mt-1 text-12 text-failed wrap-anywhere">
          {fault}
        </p>
      )}
    </div>
  );
}

interface TypedProps extends Omit<FieldProps, "children"> {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly placeholder?: string;
}

/** A line of text, or a number. */
export function TextField({
  value,
  onChange,
  placeholder,
  numeric = false,
  ...field
}: TypedProps & { readonly numeric?: boolean }) {
  return (
    <Field {...field}>
      {(parts) => (
        <input
          {...parts}
          type="text"
          inputMode={numeric ? "decimal" : undefined}
          autoComplete="off"
          spellCheck={false}
          value={value}
          placeholder={placeholder}
          onChange={({ target }) => onChange(target.value)}
          className={`${FIELD} h-8 ${numeric ? "font-mono" : ""}`}
        />
      )}
    </Field>
  );
}

/** Lines of text. */
export function AreaField({
  value,
  onChange,
  placeholder,
  rows,
  code = false,
  ...field
}: TypedProps & { readonly rows: number; readonly code?: boolean }) {
  return (
    <Field {...field}>
      {(parts) => (
        <textarea
          {...parts}
          rows={rows}
          spellCheck={!code}
          autoCapitalize={code ? "off" : undefined}
          value={value}
          placeholder={placeholder}
          onChange={({ target }) => onChange(target.value)}
          className={`${FIELD} block resize-y py-1.5 ${code ? "font-mono" : ""}`}
        />
      )}
    </Field>
  );
}

interface ChoiceProps<Value extends string> extends Omit<FieldProps, "children"> {
  readonly value: Value;
  readonly choices: readonly (readonly [value: Value, word: string])[];
  readonly onChange: (value: Value) => void;
}

/** One of several. */
export function ChoiceField<Value extends string>({ value, choices, onChange, ...field }: ChoiceProps<Value>) {
  return (
    <Field {...field}>
      {(parts) => (
        <select
          {...parts}
          value={value}
          onChange={({ target }) => onChange(target.value as Value)}
          className={`${FIELD} h-8`}
        >
          {choices.map(([each, word]) => (
            <option key={each} value={each}>
              {word}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
