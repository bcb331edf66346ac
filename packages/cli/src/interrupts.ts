/** The part of a process that signals come through. */
export interface SignalSource {
  on(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
  off(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
}

/** Ctrl-C and its like, as a command sees them. */
export interface Interrupts {
  /** Aborted by the first signal: end what you do. Its reason is the signal's name. */
  readonly signal: AbortSignal;
  /** Stops listening. */
  stop(): void;
}

export interface InterruptsOptions {
  readonly source: SignalSource;
  readonly nowMs: () => number;
  /** Called by the second signal: whoever asks twice does not want to wait. */
  readonly onImpatience: (signal: NodeJS.Signals) => void;
}

const SIGNALS: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/** npm passes on to its script the Ctrl-C that the terminal has sent to both: what comes this soon after is no second wish. */
const ECHO_MS = 500;

/** Listens to the signals that ask a process to end: first politely, then at once. */
export function listenForInterrupts({ source, nowMs, onImpatience }: InterruptsOptions): Interrupts {
  const controller = new AbortController();
  let firstMs: number | null = null;
  const listener = (signal: NodeJS.Signals) => {
    if (firstMs === null) {
      firstMs = nowMs();
      controller.abort(signal);
    } else if (nowMs() - firstMs >= ECHO_MS) onImpatience(signal);
  };
  for (const signal of SIGNALS) source.on(signal, listener);
  return {
    signal: controller.signal,
    stop() {
      for (const signal of SIGNALS) source.off(signal, listener);
    },
  };
}

/** Resolves when the signal is aborted. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
