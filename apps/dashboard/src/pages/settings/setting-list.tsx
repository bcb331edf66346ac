import { useState } from "react";
import { Icon } from "../../ui/icons.tsx";
import { Section } from "../../ui/section.tsx";
import { ChannelList } from "./channel-list.tsx";
import type { Draft, Typed } from "./draft.ts";
import { SettingRow } from "./setting-row.tsx";
import { isLookedFor } from "./setting-words.ts";
import type { Configuration, Setting } from "./settings-api.ts";

export interface SettingListProps {
  readonly configuration: Configuration;
  readonly draft: Draft;
  readonly faults: Readonly<Record<string, string>>;
  readonly onType: (setting: Setting, typed: Typed) => void;
}

/** All settings under their headings, with a way to find one. */
export function SettingList({ configuration, draft, faults, onType }: SettingListProps) {
  const { settings, waiting_for_restart: waiting, file } = configuration;
  const [text, setText] = useState("");
  const [ownOnly, setOwnOnly] = useState(false);
  const shown = settings.filter(
    (setting) =>
      draft.has(setting.key) || (isLookedFor(setting, text) && (!ownOnly || setting.origin.kind !== "default")),
  );
  const sections = [...Map.groupBy(shown, ({ section }) => section)];
  return (
    <>
      <search className="mt-6 flex flex-wrap items-center gap-x-4 gap-y-2">
        <label className="flex h-8 w-72 max-w-full items-center gap-2 rounded-md border border-line bg-surface px-2.5 text-faint focus-within:border-edge">
          <Icon name="search" />
          <span className="sr-only">Find a setting</span>
          <input
            type="search"
            value={text}
            onChange={({ target }) => setText(target.value)}
            onKeyDown={(event) => event.key === "Enter" && event.preventDefault()}
            placeholder="Find a setting"
            className="min-w-0 grow bg-transparent text-13 text-ink outline-none placeholder:text-faint"
          />
        </label>
        <label className="flex h-8 items-center gap-2 text-13 text-soft">
          <input
            type="checkbox"
            className="box"
            checked={ownOnly}
            onChange={({ target }) => setOwnOnly(target.checked)}
          />
          Only what is not the default
        </label>
      </search>
      <div className="mt-6 grid gap-x-12 wide:grid-cols-[10rem_minmax(0,56rem)]">
        <nav aria-label="Sections" className="max-wide:hidden">
          <ul className="sticky top-16 space-y-1">
            {sections.map(([name]) => (
              <li key={name}>
                <a href={`#${anchorOf(name)}`} className="block rounded-sm py-1 text-13 text-soft hover:text-ink">
                  {name}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <div className="min-w-0 space-y-10">
          {sections.length === 0 && <p className="text-13 text-soft">No setting is like that.</p>}
          {sections.map(([name, ofSection]) => (
            <div key={name} id={anchorOf(name)} className="scroll-mt-16">
              <Section title={name}>
                <ul>
                  {ofSection.map((setting) =>
                    setting.key === "channels" ? (
                      <li key={setting.key}>
                        <ChannelList setting={setting} />
                      </li>
                    ) : (
                      <SettingRow
                        key={setting.key}
                        setting={setting}
                        typed={draft.get(setting.key)}
                        fault={faultOf(faults, setting.key)}
                        isWaiting={waiting.includes(setting.key)}
                        canSave={file !== null}
                        onType={(typed) => onType(setting, typed)}
                      />
                    ),
                  )}
                </ul>
              </Section>
            </div>
          ))}
        </div>
      </div>
    </>
  );
}

/** What is wrong with a setting, or with a part of it. */
function faultOf(faults: Readonly<Record<string, string>>, key: string): string | undefined {
  const part = Object.keys(faults).find((each) => each === key || each.startsWith(`${key}.`));
  if (part === undefined) return undefined;
  return part === key ? faults[part] : `${part.slice(key.length + 1)}: ${faults[part]}`;
}

function anchorOf(section: string): string {
  return section.toLowerCase().replaceAll(/\W+/g, "-");
}
