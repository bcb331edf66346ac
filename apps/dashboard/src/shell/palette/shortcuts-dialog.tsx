import { Dialog } from "@base-ui/react/dialog";
import { useState } from "react";
import { Button } from "../../ui/button.tsx";
import { keepLetterKeys, readLetterKeys } from "./letter-keys.ts";
import { SHORTCUTS } from "./shortcuts.ts";

export interface ShortcutsDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
}

/** Of parts of pages, which have keys of their own. */
const ON_PAGES = [
  { keys: "← →", what: "Timeline: along a track, from event to event" },
  { keys: "↑ ↓", what: "Timeline and lists: from row to row" },
  { keys: "Space", what: "Jobs: choose; with Shift, all up to here" },
  { keys: "Esc", what: "Close what is open, choose nothing" },
] as const;

/** All shortcuts, and whether those of letters alone are on. */
export function ShortcutsDialog({ open, onClose }: ShortcutsDialogProps) {
  const [lettersCount, setLettersCount] = useState(readLetterKeys);
  const mod = /Mac|iPhone|iPad/.test(navigator.userAgent) ? "⌘" : "Ctrl";
  return (
    <Dialog.Root open={open} onOpenChange={(isOpen) => isOpen || onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-50 bg-sunken/75 transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Dialog.Popup className="fixed top-[10vh] left-1/2 z-50 max-h-[80vh] w-[min(28rem,calc(100vw-2rem))] -translate-x-1/2 overflow-y-auto rounded-md border border-line bg-surface p-5 shadow-float transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0">
          <Dialog.Title className="text-16 font-semibold">Keyboard shortcuts</Dialog.Title>
          <dl className="mt-3 grid grid-cols-[1fr_auto] text-13">
            {SHORTCUTS.map(({ keys, needsMod, what }) => (
              <Row key={what} what={what} keys={[...(needsMod === true ? [mod] : []), ...keys]} />
            ))}
            {ON_PAGES.map(({ keys, what }) => (
              <Row key={what} what={what} keys={[keys]} />
            ))}
          </dl>
          <label className="mt-4 flex items-center gap-2.5 text-13">
            <input
              type="checkbox"
              checked={lettersCount}
              onChange={({ target }) => {
                keepLetterKeys(target.checked);
                setLettersCount(target.checked);
              }}
              className="box"
            />
            Letters without {mod} are shortcuts
          </label>
          <div className="mt-5 flex justify-end">
            <Button look="plain" onClick={onClose}>
              Close
            </Button>
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Row({ what, keys }: { readonly what: string; readonly keys: readonly string[] }) {
  return (
    <>
      <dt className="border-t border-line py-1.5 pr-6">{what}</dt>
      <dd className="flex items-start justify-end gap-1 border-t border-line py-1.5">
        {keys.map((key) => (
          <kbd key={key} className="rounded-sm border border-line bg-sunken px-1.5 font-mono text-12 text-soft">
            {key}
          </kbd>
        ))}
      </dd>
    </>
  );
}
