import { useSyncExternalStore } from "react";

/** Whose zone times are told in: the reader's machine's, or the one that the server sums days up by. */
export type ZoneChoice = "viewer" | "server";

/** The zone in which times are told, and whose it is. */
export interface ShownZone {
  readonly choice: ZoneChoice;
  /** IANA name, such as `Europe/Rome`. */
  readonly timeZone: string;
  /** The other one; null where the two are the same, and before the server has said. */
  readonly other: string | null;
}

const KEY = "playhead.time-zone";

const viewerZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const listeners = new Set<() => void>();
let serverZone: string | null = null;
let choice: ZoneChoice | null = null;
let shown: ShownZone | null = null;

/** The zone that holds now. */
export function shownZone(): ShownZone {
  shown ??= decide();
  return shown;
}

/** The zone that holds now, followed as it changes. Pages begin anew with another one: see `ZonedPages`. */
export function useTimeZone(): ShownZone {
  return useSyncExternalStore(onZone, shownZone);
}

/** Chooses whose zone times are told in, and keeps that where the browser lets us. */
export function chooseZone(next: ZoneChoice): void {
  choice = next;
  try {
    if (next === "viewer") window.localStorage.removeItem(KEY);
    else window.localStorage.setItem(KEY, next);
  } catch {
    // It holds for this visit only.
  }
  change();
}

/** The server has said which zone is its own. One that this browser does not know is left out. */
export function noteServerZone(timeZone: string): void {
  serverZone = isKnown(timeZone) ? timeZone : null;
  change();
}

/** `Europe/Rome` as it is said beside times: `Rome`, with its offset at a moment: `Rome, GMT+1`. */
export function zoneLabel(timeZone: string, atMs: number): string {
  const city = timeZone.split("/").at(-1)?.replaceAll("_", " ") ?? timeZone;
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone, timeZoneName: "shortOffset" }).formatToParts(atMs);
  const offset = parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
  return city === "UTC" || offset === "" ? city : `${city}, ${offset}`;
}

function decide(): ShownZone {
  choice ??= keptChoice();
  const isServer = choice === "server" && serverZone !== null;
  const timeZone = isServer && serverZone !== null ? serverZone : viewerZone;
  const other = isServer ? viewerZone : serverZone;
  return { choice: isServer ? "server" : "viewer", timeZone, other: other === timeZone ? null : other };
}

function change(): void {
  const [before, next] = [shownZone(), decide()];
  if (next.timeZone === before.timeZone && next.choice === before.choice && next.other === before.other) return;
  shown = next;
  for (const listener of listeners) listener();
}

function onZone(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

function keptChoice(): ZoneChoice {
  try {
    return window.localStorage.getItem(KEY) === "server" ? "server" : "viewer";
  } catch {
    return "viewer";
  }
}

function isKnown(timeZone: string): boolean {
  try {
    return Intl.DateTimeFormat("en", { timeZone }) !== null;
  } catch {
    return false;
  }
}
