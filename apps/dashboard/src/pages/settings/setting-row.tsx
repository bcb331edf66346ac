import { Button } from "../../ui/button.tsx";
import { StateMark } from "../../ui/state-mark.tsx";
import { type Typed, textOf } from "./draft.ts";
import { SettingField } from "./setting-field.tsx";
import { originWords } from "./setting-words.ts";
import type { Setting } from "./settings-api.ts";

export interface SettingRowProps {
  readonly setting: Setting;
  /** What was typed and is not saved; undefined for nothing. */
  readonly typed: Typed | undefined;
  /** Why the server refused what was typed. */
  readonly fault: string | undefined;
  /** Whether a start would change it. */
  readonly isWaiting: boolean;
  /** Whether there is a file to change. */
  readonly canSave: boolean;
  readonly onType: (typed: Typed) => void;
}

/** A setting: what it is for, what it is, where that comes from, and a field to change it. */
export function SettingRow({ setting, typed, fault, isWaiting, canSave, onType }: SettingRowProps) {
  const { key, description, origin, reloadable } = setting;
  const isChanged = typed !== undefined;
  return (
    <li
      className={`grid gap-x-8 gap-y-2 border-b border-line py-3 desk:grid-cols-[minmax(0,1fr)_18rem] ${isChanged ? "-mx-3 bg-raised px-3" : ""}`}
    >
      <div className="min-w-0">
        <label htmlFor={`setting-${key}`} className="font-mono text-13 font-medium text-ink wrap-anywhere">
          {key}
        </label>
        <p id={`about-${key}`} className="mt-0.5 max-w-[60ch] text-13 text-soft">
          <WithCode text={description} />
        </p>
        <p className="mt-1 flex flex-wrap items-center gap-x-3 text-12 text-faint">
          <span className={`wrap-anywhere ${origin.kind === "default" ? "" : "text-soft"}`}>{originWords(origin)}</span>
          {!reloadable && <span>holds from the next start on</span>}
          {isWaiting && (
            <span className="flex items-center gap-1 text-paused">
              <StateMark shape="paused" />
              {textOf(setting.value) === "" ? "not set" : textOf(setting.value)} until the restart
            </span>
          )}
        </p>
      </div>
      <div className="min-w-0">
        <SettingField
          setting={setting}
          text={typed === undefined ? textOf(setting.configured) : (typed ?? textOf(setting.default))}
          fault={fault}
          canSave={canSave}
          onType={onType}
        />
        {fault !== undefined && (
          <p id={`fault-${key}`} className="mt-1 text-12 text-failed wrap-anywhere">
            {fault}
          </p>
        )}
        <div className="mt-1 text-12">
          {isChanged && <Was setting={setting} isReset={typed === null} />}
          {origin.kind === "file" && !isChanged && key !== "channels" && canSave && (
            <span className="-ml-3 block">
              <Button look="plain" label={`Back to default: ${key}`} onClick={() => onType(null)}>
                Back to default
              </Button>
            </span>
          )}
        </div>
      </div>
    </li>
  );
}

function Was({ setting: { configured }, isReset }: { readonly setting: Setting; readonly isReset: boolean }) {
  const was = textOf(configured);
  return (
    <span className="text-soft wrap-anywhere">
      {isReset && "Back to its default; "}
      {was === "" ? "was not set" : <>was {was.length > 60 ? "something else" : was}</>}
    </span>
  );
}

/** Text in which names stand between backticks. */
function WithCode({ text }: { readonly text: string }) {
  return text.split("`").map((part, at) =>
    at % 2 === 0 ? (
      part
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text that does not change
      <code key={at} className="text-12">
        {part}
      </code>
    ),
  );
}
