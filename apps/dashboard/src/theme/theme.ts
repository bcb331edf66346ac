/** What a reader chose; `system` follows the machine. */
export type Theme = "system" | "dark" | "light";

/** The name under which public/theme.js finds the choice as well. */
const KEY = "playhead.theme";

const listeners = new Set<() => void>();
let applied: Theme | null = null;

/** The choice that holds: the one of this visit, else the one that this browser keeps. */
export function readTheme(): Theme {
  applied ??= keptTheme();
  return applied;
}

/** Tells of another choice. @returns ends it */
export function onTheme(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Applies a choice, and keeps it where the browser lets us. */
export function applyTheme(theme: Theme): void {
  applied = theme;
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    if (theme === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // It holds for this visit only.
  }
  for (const listener of listeners) listener();
}

function keptTheme(): Theme {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === "dark" || kept === "light" ? kept : "system";
  } catch {
    return "system";
  }
}
