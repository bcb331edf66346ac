export interface PresenceDeps {
  /** Resolves with any answer; else rejects, within bounded time. */
  readonly ask: () => Promise<unknown>;
  readonly everyMs: number;
  /** Who says nothing for longer than this is taken for gone. */
  readonly goneAfterMs: number;
  /** Told once of each such silence. @defaultValue nothing happens */
  readonly onGone?: () => void;
  /** Of a clock that nobody sets. */
  readonly nowMs: () => number;
}

/** Whether somebody is there on whom a node depends. */
export interface Presence {
  /** How long ago the last answer came, or the watch began. */
  readonly silentMs: () => number;
  /** Whether the last question was answered; none was at first. */
  readonly isThere: () => boolean;
  /** Whether there was no answer for so long. */
  readonly isGone: () => boolean;
  readonly close: () => void;
}

/** Asks somebody again and again, one question at a time. */
export function watchPresence({ ask, everyMs, goneAfterMs, onGone = () => {}, nowMs }: PresenceDeps): Presence {
  let heardMs = nowMs();
  let isThere = false;
  let isAsking = false;
  let isTold = false;
  const silentMs = () => nowMs() - heardMs;
  const isGone = () => silentMs() > goneAfterMs;

  async function look(): Promise<void> {
    if (isAsking) return;
    isAsking = true;
    try {
      await ask();
      heardMs = nowMs();
      isThere = true;
      isTold = false;
    } catch {
      isThere = false;
      if (isGone() && !isTold) onGone();
      isTold = isGone();
    }
    isAsking = false;
  }

  void look();
  const timer = setInterval(() => void look(), everyMs);
  timer.unref();
  return { silentMs, isThere: () => isThere, isGone, close: () => clearInterval(timer) };
}
