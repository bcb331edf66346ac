import { useId } from "react";
import { AreaField, ChoiceField, TextField } from "../../ui/field.tsx";
import type { FieldValue, FormField } from "./form-fields.ts";
import { UploadField } from "./upload-field.tsx";

export interface InputFieldProps {
  readonly field: FormField;
  readonly value: FieldValue;
  readonly fault: string | undefined;
  readonly onChange: (value: FieldValue) => void;
  readonly onBusy: (isBusy: boolean) => void;
}

/** A property of the input, asked for by what it may be. */
export function InputField({ field, value, fault, onChange, onBusy }: InputFieldProps) {
  const { kind, title, note, isRequired, choices } = field;
  const label = isRequired ? title : `${title} (optional)`;
  const common = { label, note, fault };
  const text = typeof value === "string" ? value : "";
  switch (kind) {
    case "upload":
    case "uploads":
      return (
        <UploadField
          {...common}
          isMany={kind === "uploads"}
          onBusy={onBusy}
          onChange={(names) => onChange(kind === "uploads" ? names : (names[0] ?? ""))}
        />
      );
    case "choices":
      return <ManyField {...common} choices={choices} value={Array.isArray(value) ? value : []} onChange={onChange} />;
    case "choice":
      return (
        <ChoiceField
          {...common}
          value={text}
          choices={[
            ...(isRequired ? [] : [["", "as it comes"] as const]),
            ...choices.map((each) => [each, each] as const),
          ]}
          onChange={onChange}
        />
      );
    case "boolean":
      return <TickField {...common} label={title} value={value === true} onChange={onChange} />;
    case "lines":
      return <AreaField {...common} note={note ?? "One a line"} rows={3} value={text} onChange={onChange} />;
    case "json":
      return (
        <AreaField
          {...common}
          note={`${note === undefined ? "" : `${note}. `}As JSON`}
          rows={isRequired ? 10 : 3}
          code
          value={text}
          onChange={onChange}
        />
      );
    default:
      return <TextField {...common} numeric={kind === "number"} value={text} onChange={onChange} />;
  }
}

interface Common {
  readonly label: string;
  readonly note: string | undefined;
  readonly fault: string | undefined;
}

/** Any of several, each with a box to tick. */
function ManyField({
  label,
  note,
  fault,
  choices,
  value,
  onChange,
}: Common & {
  readonly choices: readonly string[];
  readonly value: readonly string[];
  readonly onChange: (value: readonly string[]) => void;
}) {
  const id = useId();
  // In the order in which they are offered, whatever was ticked first.
  const toggle = (choice: string) =>
    onChange(choices.filter((each) => (each === choice ? !value.includes(each) : value.includes(each))));
  return (
    <fieldset aria-describedby={`${id}-about`}>
      <legend className="mb-1 text-12 text-soft">{label}</legend>
      <div className="flex flex-wrap gap-x-5">
        {choices.map((choice, at) => (
          <label key={choice} className="flex h-8 items-center gap-2 text-13">
            <input
              type="checkbox"
              className="box"
              checked={value.includes(choice)}
              aria-invalid={fault !== undefined && at === 0 ? true : undefined}
              onChange={() => toggle(choice)}
            />
            {choice}
          </label>
        ))}
      </div>
      <p id={`${id}-about`} className={`mt-1 text-12 ${fault === undefined ? "text-faint" : "text-failed"}`}>
        {fault ?? note ?? ""}
      </p>
    </fieldset>
  );
}

/** Yes or no. */
function TickField({
  label,
  note,
  fault,
  value,
  onChange,
}: Common & { readonly value: boolean; readonly onChange: (value: boolean) => void }) {
  const id = useId();
  return (
    <div>
      <label className="flex h-8 items-center gap-2 text-13">
        <input
          type="checkbox"
          className="box"
          checked={value}
          aria-invalid={fault === undefined ? undefined : true}
          aria-describedby={`${id}-about`}
          onChange={({ target }) => onChange(target.checked)}
        />
        {label}
      </label>
      <p id={`${id}-about`} className={`text-12 ${fault === undefined ? "text-faint" : "text-failed"}`}>
        {fault ?? note ?? ""}
      </p>
    </div>
  );
}
