import type { Typed } from "./draft.ts";
import { inWords } from "./setting-words.ts";
import type { Setting } from "./settings-api.ts";

export interface SettingFieldProps {
  readonly setting: Setting;
  readonly text: string;
  readonly fault: string | undefined;
  readonly canSave: boolean;
  readonly onType: (typed: Typed) => void;
}

/** What takes the focus stays clear of the bar at the top and of the one that saves. */
const FIELD = "w-full min-w-0 scroll-mt-20 scroll-mb-36 rounded-md border px-2.5 text-13 aria-invalid:border-failed";
const OPEN = `${FIELD} border-edge bg-surface text-ink hover:border-soft`;
const LOCKED = `${FIELD} border-line bg-transparent text-soft opacity-100`;

/** The field of a setting, by what it may be; one that cannot be changed here stays readable. */
export function SettingField({ setting, text, fault, canSave, onType }: SettingFieldProps) {
  const { key, schema, unit, is_secret: isSecret, is_set: isSet, origin } = setting;
  const isLocked = !canSave || origin.kind === "environment" || origin.kind === "flag";
  const look = isLocked || isSecret ? LOCKED : OPEN;
  const parts = {
    id: `setting-${key}`,
    "aria-invalid": fault === undefined ? undefined : (true as const),
    "aria-describedby": fault === undefined ? `about-${key}` : `about-${key} fault-${key}`,
  };
  if (isSecret) {
    return <input {...parts} readOnly value={isSet ? "set, and not shown" : "not set"} className={`${look} h-8`} />;
  }
  const choices = schema.type === "boolean" ? ["", "true", "false"] : schema.enum;
  if (choices !== undefined) {
    return (
      <select
        {...parts}
        disabled={isLocked}
        value={text}
        onChange={({ target }) => onType(target.value === "" ? null : target.value)}
        className={`${look} h-8`}
      >
        {choices.map((choice) => (
          <option key={choice} value={choice}>
            {WORDS[choice] ?? choice}
          </option>
        ))}
      </select>
    );
  }
  if (schema.type === "object") {
    return (
      <textarea
        {...parts}
        rows={Math.min(12, Math.max(2, text.split("\n").length))}
        readOnly={isLocked}
        spellCheck={false}
        value={text}
        onChange={({ target }) => onType(target.value)}
        className={`${look} block resize-y py-1.5 font-mono`}
      />
    );
  }
  const isNumber = schema.type === "number" || schema.type === "integer";
  const words = inWords(text, unit);
  return (
    <div className="flex items-center gap-2">
      <input
        {...parts}
        type="text"
        inputMode={isNumber ? "decimal" : undefined}
        readOnly={isLocked}
        autoComplete="off"
        spellCheck={false}
        value={text}
        placeholder="not set"
        onChange={({ target }) => onType(target.value)}
        className={`${look} h-8 placeholder:text-faint ${isNumber ? "font-mono" : ""}`}
      />
      {unit !== null && (
        <span className="w-24 shrink-0 text-12 text-faint">
          {unit}
          {words !== null && ` · ${words}`}
        </span>
      )}
    </div>
  );
}

const WORDS: Readonly<Record<string, string>> = { "": "as it comes", true: "yes", false: "no" };
