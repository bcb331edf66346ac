import { Dialog } from "@base-ui/react/dialog";
import { type KeyboardEvent, useId, useMemo, useState } from "react";
import { useLocation } from "wouter";
import { Icon } from "../../ui/icons.tsx";
import { lookOfJob, StateMark } from "../../ui/state-mark.tsx";
import { type Command, findCommands, groupCommands } from "./commands.ts";
import { fixedCommands } from "./fixed-commands.ts";
import { noteRecent, readRecent } from "./recent.ts";
import { useFoundJobs } from "./use-found-jobs.ts";

export interface PaletteProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly onHelp: () => void;
}

/** Goes anywhere, finds jobs, and does what is done often: by typing a few letters. */
export function Palette({ open, onClose, onHelp }: PaletteProps) {
  return (
    <Dialog.Root open={open} onOpenChange={(isOpen) => isOpen || onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-50 bg-sunken/75 transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Dialog.Popup className="fixed top-[10vh] left-1/2 z-50 flex max-h-[70vh] w-[min(36rem,calc(100vw-2rem))] -translate-x-1/2 flex-col overflow-hidden rounded-md border border-line bg-surface shadow-float transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0">
          <Dialog.Title className="sr-only">Search and commands</Dialog.Title>
          <PaletteBody onClose={onClose} onHelp={onHelp} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

const jobHref = (jobId: string) => `/jobs/${encodeURIComponent(jobId)}`;

function PaletteBody({ onClose, onHelp }: Omit<PaletteProps, "open">) {
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const [, goTo] = useLocation();
  const listId = useId();
  const { jobs, isCurrent, hasFailed } = useFoundJobs(typed);
  const known = useMemo(() => {
    const recent = readRecent().map(
      ({ jobId, title }): Command => ({
        id: `recent ${jobId}`,
        name: title,
        aside: jobId,
        group: "Recent",
        href: jobHref(jobId),
      }),
    );
    return [...recent, ...fixedCommands({ onHelp })];
  }, [onHelp]);
  const found = jobs.map(
    (job): Command => ({
      id: job.job_id,
      name: job.title,
      aside: job.job_id,
      group: "Jobs",
      href: jobHref(job.job_id),
    }),
  );
  const groups = groupCommands([...findCommands(known, typed), ...found]);
  const shown = groups.flatMap(([, commands]) => commands);
  const chosen = Math.min(at, shown.length - 1);
  const optionId = (index: number) => `${listId}-${index}`;

  const choose = (command: Command) => {
    onClose();
    if (command.href === undefined) command.run?.();
    else goTo(command.href);
    if (command.group === "Jobs" || command.group === "Recent")
      noteRecent({ jobId: command.aside ?? command.id, title: command.name });
  };
  const move = (to: number) => {
    const next = (to + shown.length) % shown.length;
    setAt(next);
    document.getElementById(optionId(next))?.scrollIntoView({ block: "nearest" });
  };
  const onKey = (event: KeyboardEvent) => {
    const command = shown[chosen];
    if (command === undefined || event.nativeEvent.isComposing) return;
    if (event.key === "ArrowDown") move(chosen + 1);
    else if (event.key === "ArrowUp") move(chosen - 1);
    else if (event.key === "Enter") choose(command);
    else return;
    event.preventDefault();
  };

  let index = -1;
  return (
    <>
      <label className="flex items-center gap-3 border-b border-line px-4">
        <Icon name="search" className="text-faint" />
        <span className="sr-only">Search and commands</span>
        <input
          role="combobox"
          aria-expanded="true"
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={shown.length === 0 ? undefined : optionId(chosen)}
          autoComplete="off"
          spellCheck={false}
          placeholder="Go to, find a job, do"
          value={typed}
          onChange={({ target }) => {
            setTyped(target.value);
            setAt(0);
          }}
          onKeyDown={onKey}
          className="h-12 min-w-0 grow bg-transparent text-14 outline-none placeholder:text-faint"
        />
      </label>
      <div id={listId} role="listbox" aria-label="Found" className="min-h-0 overflow-y-auto py-2">
        {groups.map(([group, commands]) => (
          // biome-ignore lint/a11y/useSemanticElements: a fieldset is no part of a listbox
          <div key={group} role="group" aria-label={group}>
            <p aria-hidden="true" className="px-4 pt-2 pb-1 text-12 text-faint">
              {group}
            </p>
            {commands.map((command) => {
              index += 1;
              const mine = index;
              const job = command.group === "Jobs" ? jobs.find(({ job_id }) => job_id === command.id) : undefined;
              return (
                // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the focus, and its keys choose
                <div
                  key={command.id}
                  id={optionId(mine)}
                  role="option"
                  tabIndex={-1}
                  aria-selected={mine === chosen}
                  onClick={() => choose(command)}
                  onPointerMove={() => mine !== chosen && setAt(mine)}
                  className="mx-2 flex h-9 cursor-pointer items-center gap-2.5 rounded-md px-2 text-13 aria-selected:bg-raised"
                >
                  {job !== undefined && <StateMark shape={lookOfJob(job).shape} />}
                  <span className="min-w-0 truncate">{command.name}</span>
                  {command.aside !== undefined && (
                    <span className="ml-auto min-w-0 shrink-[2] truncate font-mono text-12 text-faint">
                      {command.aside}
                    </span>
                  )}
                </div>
              );
            })}
          </div>
        ))}
      </div>
      <p role="status" className={shown.length === 0 || hasFailed ? "px-4 pb-4 text-13 text-soft" : "sr-only"}>
        {hasFailed ? "The server could not be asked for jobs." : summary(shown.length, isCurrent)}
      </p>
    </>
  );
}

function summary(count: number, isCurrent: boolean): string {
  if (!isCurrent) return "Searching";
  if (count === 0) return "Nothing is called like that.";
  return `${count} found`;
}
