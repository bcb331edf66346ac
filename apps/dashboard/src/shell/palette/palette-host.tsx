import { Suspense, useCallback, useEffect, useState } from "react";
import { useLocation } from "wouter";
import { Icon } from "../../ui/icons.tsx";
import { lazily } from "../../ui/lazily.ts";
import { readLetterKeys } from "./letter-keys.ts";
import { createShortcuts } from "./shortcuts.ts";

// Fetched when somebody wants them first; then they stay.
const Palette = lazily(async () => (await import("./palette.tsx")).Palette);
const ShortcutsDialog = lazily(async () => (await import("./shortcuts-dialog.tsx")).ShortcutsDialog);

type What = "palette" | "help";

/** The button that opens the palette, and the keys that go anywhere. */
export function PaletteHost() {
  const [open, setOpen] = useState<What | null>(null);
  const [wanted, setWanted] = useState<ReadonlySet<What>>(new Set());
  const [, goTo] = useLocation();
  const show = useCallback((what: What) => {
    setWanted((before) => new Set(before).add(what));
    setOpen(what);
  }, []);
  const showHelp = useCallback(() => show("help"), [show]);
  useEffect(() => {
    const shortcuts = createShortcuts();
    function onKey(event: KeyboardEvent) {
      const action = shortcuts.press(
        {
          key: event.key,
          mod: event.ctrlKey || event.metaKey,
          alt: event.altKey,
          isTyping: event.defaultPrevented || event.isComposing || isTyping(event.target),
          atMs: event.timeStamp,
        },
        readLetterKeys(),
      );
      if (action === null) return;
      event.preventDefault();
      if (action.type === "go") goTo(action.href);
      else if (action.type === "help") show("help");
      else if (action.type === "palette" || !focusSearch()) show("palette");
    }
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [goTo, show]);
  const close = () => setOpen(null);
  return (
    <>
      <button
        type="button"
        onClick={() => show("palette")}
        aria-label="Search and commands"
        aria-keyshortcuts="Control+K Meta+K"
        title="Search and commands (Ctrl K)"
        className="flex size-8 items-center justify-center rounded-md text-soft transition-colors duration-150 hover:bg-raised hover:text-ink"
      >
        <Icon name="search" />
      </button>
      <Suspense fallback={null}>
        {wanted.has("palette") && <Palette open={open === "palette"} onClose={close} onHelp={showHelp} />}
        {wanted.has("help") && <ShortcutsDialog open={open === "help"} onClose={close} />}
      </Suspense>
    </>
  );
}

/** Where a letter is meant as one: in what takes text, and over a dialog, which has keys of its own. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable || target.closest("input, textarea, select, [role=dialog], [role=alertdialog]") !== null
  );
}

/** @returns whether the page has something to search in */
function focusSearch(): boolean {
  const field = document.querySelector<HTMLInputElement>("main input[type=search]");
  field?.focus();
  field?.select();
  return field !== null;
}
