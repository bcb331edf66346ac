/** What a reader chose; `system` follows the machine. */
export type Theme = "system" | "dark" | "light";

/** The name under which public/theme.js finds the choice as well. */
const KEY = "playhead.theme";

/** The choice that this browser keeps. */
export function readTheme(): Theme {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === "dark" || kept === "light" ? kept : "system";
  } catch {
    return "system";
  }
}

/** Applies a choice, and keeps it where the browser lets us. */
export function applyTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    if (theme === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // It holds for this visit only.
  }
}
