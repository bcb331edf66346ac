import { formatDuration, formatSize } from "@playhead/client/format";
import type { Configuration, Setting } from "./settings-api.ts";

/** The one line at the top: whether what is wanted is what is in force. */
export function settingsAnswer({ settings, waiting_for_restart: waiting, refused }: Configuration): string {
  if (refused !== null) return "The file is refused; what it said before still holds";
  if (waiting.length > 0) return `${counted(waiting.length, "setting waits", "settings wait")} for a restart`;
  const set = settings.filter(({ origin }) => origin.kind !== "default").length;
  return set === 0 ? "Everything is as it comes" : `${counted(set, "setting", "settings")} of your own, all in force`;
}

/** Where a value comes from, in words. */
export function originWords({ kind, name }: Setting["origin"]): string {
  if (kind === "environment") return `set by the variable ${name}`;
  if (kind === "flag") return `set by the flag ${name}`;
  return kind === "file" ? "set in the file" : "default";
}

/** A large number in the words of its unit, such as `5 m 00 s`; null where it needs none. */
export function inWords(text: string, unit: string | null): string | null {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) return null;
  if (unit === "ms" && value >= 1_000) return formatDuration(value);
  if (unit === "s" && value >= 60) return formatDuration(value * 1_000);
  return unit === "bytes" && value >= 1_000 ? formatSize(value) : null;
}

/** How many, with the word for one or for several. */
export function counted(count: number, one: string, several: string): string {
  return `${count} ${count === 1 ? one : several}`;
}

/** Whether a setting is one that somebody looks for. */
export function isLookedFor({ key, description, section, environment }: Setting, text: string): boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const all = [key, description, section, ...environment].join(" ").toLowerCase();
  return words.every((word) => all.includes(word));
}
