import type { LogEntry } from "@playhead/core";

/** The theme's colours as a canvas takes them. */
export interface FlamePalette {
  readonly ink: string;
  /** On a call. */
  readonly words: string;
  colorOf(call: LogEntry | undefined): string;
}

const CATEGORY_COLORS: Readonly<Record<string, string>> = {
  api: "var(--color-deliver)",
  db: "var(--color-analyse)",
  step: "var(--color-prepare)",
  function: "var(--color-render)",
};

/** The colours of now, read where they apply: a canvas knows neither variables nor `light-dark`. */
export function readFlamePalette(host: Element): FlamePalette {
  const probe = document.createElement("i");
  host.append(probe);
  const resolve = (color: string) => {
    probe.style.color = color;
    return getComputedStyle(probe).color;
  };
  const colors = Object.fromEntries(Object.entries(CATEGORY_COLORS).map(([name, color]) => [name, resolve(color)]));
  const failed = resolve("color-mix(in oklab, var(--color-failed) 70%, var(--color-page))");
  const other = resolve("var(--color-render)");
  const palette: FlamePalette = {
    ink: resolve("var(--color-ink)"),
    words: resolve("var(--color-on-segment)"),
    colorOf(call) {
      if (call?.event_type === "error") return failed;
      return colors[call?.category ?? "function"] ?? other;
    },
  };
  probe.remove();
  return palette;
}
