/** What a shortcut asks for. */
export type ShortcutAction =
  | { readonly type: "palette" }
  | { readonly type: "search" }
  | { readonly type: "help" }
  | { readonly type: "go"; readonly href: string };

export interface Shortcut {
  /** Keys pressed one after the other; the first with Ctrl or ⌘ where it says so. */
  readonly keys: readonly string[];
  readonly needsMod?: true;
  readonly what: string;
  readonly action: ShortcutAction;
}

/** All of them, in the order in which they are told. */
export const SHORTCUTS: readonly Shortcut[] = [
  { keys: ["k"], needsMod: true, what: "Go anywhere, find a job, do something", action: { type: "palette" } },
  { keys: ["/"], what: "Search on this page", action: { type: "search" } },
  { keys: ["?"], what: "These shortcuts", action: { type: "help" } },
  { keys: ["g", "o"], what: "Overview", action: { type: "go", href: "/" } },
  { keys: ["g", "j"], what: "Jobs", action: { type: "go", href: "/jobs" } },
  { keys: ["g", "n"], what: "New job", action: { type: "go", href: "/new" } },
  { keys: ["g", "p"], what: "Performance", action: { type: "go", href: "/performance" } },
  { keys: ["g", "l"], what: "Logs", action: { type: "go", href: "/logs" } },
  { keys: ["g", "a"], what: "Alerts", action: { type: "go", href: "/alerts" } },
  { keys: ["g", "h"], what: "Health", action: { type: "go", href: "/health" } },
  { keys: ["g", "r"], what: "Reports", action: { type: "go", href: "/reports" } },
  { keys: ["g", "s"], what: "Settings", action: { type: "go", href: "/settings" } },
];

/** A key as it was pressed. */
export interface PressedKey {
  readonly key: string;
  /** Ctrl or ⌘. */
  readonly mod: boolean;
  readonly alt: boolean;
  /** In something that takes text, or in a dialog: there a letter is a letter. */
  readonly isTyping: boolean;
  readonly atMs: number;
}

/** A second key that comes later begins anew. */
const PATIENCE_MS = 1_200;

/** Understands keys, one after the other. */
export function createShortcuts() {
  let begun: { readonly key: string; readonly atMs: number } | null = null;

  return {
    /**
     * @param lettersCount whether keys without Ctrl or ⌘ count; who dictates wants them not to
     * @returns what is asked for; null for nothing (yet)
     */
    press({ key, mod, alt, isTyping, atMs }: PressedKey, lettersCount: boolean): ShortcutAction | null {
      const first = begun !== null && atMs - begun.atMs <= PATIENCE_MS ? begun.key : null;
      begun = null;
      if (alt) return null;
      if (mod) return SHORTCUTS.find(({ needsMod, keys }) => needsMod && keys[0] === key.toLowerCase())?.action ?? null;
      if (isTyping || !lettersCount) return null;
      const letters = SHORTCUTS.filter(({ needsMod }) => needsMod !== true);
      const whole = letters.find(({ keys }) => keys.join(" ") === (first === null ? key : `${first} ${key}`));
      if (whole !== undefined) return whole.action;
      if (letters.some(({ keys }) => keys.length > 1 && keys[0] === key)) begun = { key, atMs };
      return null;
    },
  };
}
