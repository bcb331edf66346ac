import { useSyncExternalStore } from "react";
import type { ChartTone } from "./chart-series.ts";

/** The theme's colours as a canvas takes them. */
export interface Palette {
  readonly lines: Readonly<Record<ChartTone, string>>;
  readonly bands: Readonly<Record<ChartTone, string>>;
  readonly grid: string;
  readonly words: string;
}

/** Where each comes from; a canvas knows neither variables nor `light-dark`. */
const LINES: Readonly<Record<ChartTone, string>> = {
  main: "var(--color-processing)",
  soft: "var(--color-faint)",
  warn: "var(--color-paused)",
  bad: "var(--color-failed)",
};
const BAND_PERCENT = 18;

let current: Palette | null = null;

/** The colours of now; the same object until the theme changes. */
export function usePalette(): Palette {
  return useSyncExternalStore(onThemeChange, () => {
    current ??= readPalette();
    return current;
  });
}

function readPalette(): Palette {
  const probe = document.createElement("i");
  document.body.append(probe);
  const resolve = (color: string) => {
    probe.style.color = color;
    return getComputedStyle(probe).color;
  };
  const each = (of: (color: string) => string): Record<ChartTone, string> => ({
    main: resolve(of(LINES.main)),
    soft: resolve(of(LINES.soft)),
    warn: resolve(of(LINES.warn)),
    bad: resolve(of(LINES.bad)),
  });
  const palette: Palette = {
    lines: each((color) => color),
    bands: each((color) => `color-mix(in oklab, ${color} ${BAND_PERCENT}%, transparent)`),
    grid: resolve("var(--color-line)"),
    words: resolve("var(--color-faint)"),
  };
  probe.remove();
  return palette;
}

function onThemeChange(listener: () => void): () => void {
  const changed = () => {
    current = null;
    listener();
  };
  const system = matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", changed);
  const chosen = new MutationObserver(changed);
  chosen.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  return () => {
    system.removeEventListener("change", changed);
    chosen.disconnect();
  };
}
