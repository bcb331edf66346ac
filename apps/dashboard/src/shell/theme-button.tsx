import { useSyncExternalStore } from "react";
import { applyTheme, onTheme, readTheme, type Theme } from "../theme/theme.ts";
import { Icon, type IconName } from "../ui/icons.tsx";

const NEXT: Readonly<Record<Theme, Theme>> = { system: "light", light: "dark", dark: "system" };
const ICONS: Readonly<Record<Theme, IconName>> = { system: "system", light: "sun", dark: "moon" };
const NAMES: Readonly<Record<Theme, string>> = { system: "as the system", light: "light", dark: "dark" };

/** Goes through the themes: as the system, light, dark. */
export function ThemeButton() {
  const theme = useSyncExternalStore(onTheme, readTheme);
  const label = `Theme: ${NAMES[theme]}. Change to ${NAMES[NEXT[theme]]}`;
  return (
    <button
      type="button"
      onClick={() => applyTheme(NEXT[theme])}
      aria-label={label}
      title={label}
      className="flex size-8 items-center justify-center rounded-md text-soft transition-colors duration-150 hover:bg-raised hover:text-ink"
    >
      <Icon name={ICONS[theme]} />
    </button>
  );
}
