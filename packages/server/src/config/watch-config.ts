import { PlayheadError } from "@playhead/core";
import type { Config } from "./config.ts";
import { watchFile } from "./file-watch.ts";
import { type LoadedConfig, parseConfigFile, resolveConfig } from "./load-config.ts";
import { differingSettings, type Setting, settingsOf, valueAt, withValueAt } from "./settings.ts";

/** Why what the file holds is not what is in force. */
export interface ConfigRefusal {
  /** ISO 8601. */
  readonly at: string;
  readonly message: string;
  /** What is wrong, each by its path; none where the file cannot be read at all. */
  readonly faults: readonly string[];
}

export interface ConfigWatchDeps {
  /** As the server was started. */
  readonly initial: LoadedConfig;
  /** Told once of each version that is right and changes something; what waits for a start is as it was. */
  readonly onChange: (next: Config, changedKeys: readonly string[]) => void;
  /** Told once of each version that changes something, also of what waits for a start. */
  readonly onAccepted: (change: { readonly keys: readonly string[]; readonly waiting: readonly string[] }) => void;
  /** Told once of each version that is refused. */
  readonly onRefused: (refusal: ConfigRefusal) => void;
  readonly nowMs: () => number;
}

/** A configuration that changes while the server runs. */
export interface ConfigWatch {
  /** What is in force. */
  readonly running: () => Config;
  /** What the newest version says that was right. */
  readonly latest: () => LoadedConfig;
  /** What a start would change. */
  readonly waiting: () => readonly string[];
  /** Why the file does not hold now; null while it does. */
  readonly refusal: () => ConfigRefusal | null;
  /** What the file was last seen to hold, right or wrong; null for nothing. */
  readonly text: () => string | null;
  readonly settings: readonly Setting[];
  /** Takes what we wrote into the file ourselves, by `write`. @returns the keys that changed */
  take(next: LoadedConfig, write: () => Promise<void>): Promise<readonly string[]>;
  close(): void;
}

const GONE = "the configuration file is gone or cannot be read";

/**
 * Follows the configuration file. A version is taken whole or not at all: of one that is wrong the server keeps the one
 * before, and says so. The environment and the flags of the start hold over each version.
 */
export function watchConfig({ initial, onChange, onAccepted, onRefused, nowMs }: ConfigWatchDeps): ConfigWatch {
  const settings = settingsOf(initial.schema);
  const started = initial.config;
  let latest = initial;
  let running = started;
  let refusal: ConfigRefusal | null = null;
  let held = initial.text;

  /** What is in force once a version is taken: what cannot change while the server runs stays as it was. */
  function inForce(next: Config): Config {
    return settings
      .filter(({ reloadable }) => !reloadable)
      .reduce<unknown>((config, { path }) => withValueAt(config, path, valueAt(started, path)), next) as Config;
  }

  const waiting = () =>
    differingSettings(settings, started, latest.config)
      .filter(({ reloadable }) => !reloadable)
      .map(({ key }) => key);

  function accept(next: LoadedConfig): readonly string[] {
    const changed = differingSettings(settings, latest.config, next.config);
    const live = changed.filter(({ reloadable }) => reloadable).map(({ key }) => key);
    const config = inForce(next.config);
    if (live.length > 0) apply(config, live);
    [latest, held, running, refusal] = [next, next.text, config, null];
    return changed.map(({ key }) => key);
  }

  /** Whoever cannot go by a version says so by throwing: then all go by the one before again. */
  function apply(config: Config, keys: readonly string[]): void {
    try {
      onChange(config, keys);
    } catch (error) {
      onChange(running, keys);
      throw error;
    }
  }

  function refuse(message: string, faults: readonly string[]): void {
    refusal = { at: new Date(nowMs()).toISOString(), message, faults };
    onRefused(refusal);
  }

  function takeText(text: string | null): void {
    held = text;
    if (text === null) {
      refuse(GONE, []);
      return;
    }
    try {
      const keys = accept(resolveConfig(text, initial.sources, initial.schema));
      if (keys.length > 0) onAccepted({ keys, waiting: waiting() });
    } catch (error) {
      refuseFor(error);
    }
  }

  function refuseFor(error: unknown): void {
    const faults = error instanceof PlayheadError ? error.detail.faults : undefined;
    refuse((error as Error).message, (faults ?? []) as readonly string[]);
  }

  const { file: path, text } = initial;
  const file =
    path === null
      ? null
      : watchFile({ path, text, isWhole: (text) => text !== null && isConfigFile(path, text), onText: takeText });

  return {
    running: () => running,
    latest: () => latest,
    waiting,
    refusal: () => refusal,
    text: () => held,
    settings,
    async take(next, write) {
      const before = held;
      // First, so that it is no news when the watch sees it.
      file?.know(next.text);
      try {
        await write();
      } catch (error) {
        file?.know(before);
        throw error;
      }
      try {
        return accept(next);
      } catch (error) {
        held = next.text;
        refuseFor(error);
        throw error;
      }
    },
    close: () => file?.close(),
  };
}

function isConfigFile(path: string, text: string): boolean {
  try {
    return parseConfigFile(path, text) !== null;
  } catch {
    return false;
  }
}
