import { useEffect } from "react";

/** What a key does, by its name as events have it. */
export type KeyActs = Readonly<Record<string, () => void>>;

/** Where keys mean something of their own. */
const OWN_KEYS = "input, textarea, select, [contenteditable], [role=tablist], [role=log], [role=dialog], [role=menu]";
/** Keys that press what has the focus. */
const PRESSES = new Set([" ", "Enter"]);

/** Keys of the whole page, wherever the focus is, but for where they mean something else. */
export function useMomentKeys(acts: KeyActs): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const { key, target } = event;
      if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
      const act = acts[key.length === 1 ? key.toLowerCase() : key];
      if (act === undefined || !(target instanceof Element) || target.closest(OWN_KEYS) !== null) return;
      if (PRESSES.has(key) && target.closest("button, a, summary, [role=button]") !== null) return;
      event.preventDefault();
      act();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [acts]);
}
