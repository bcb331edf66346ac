import { PlayheadError } from "@playhead/core";

/** The part of a process that signals come through. */
export interface SignalSource {
  on(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
  off(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
}

/** Ctrl-C and its like, as a command sees them. */
export interface Interrupts {
  /** Aborted by the first signal: end what you do. Its reason is a PlayheadError `canceled` that names the signal. */
  readonly signal: AbortSignal;
  /** The signal that came first; null before one came. */
  received(): NodeJS.Signals | null;
  /** Stops listening. */
  stop(): void;
}

export interface InterruptsOptions {
  readonly source: SignalSource;
  readonly nowMs: () => number;
  /** Called by the second signal: whoever asks twice does not want to wait. */
  readonly onImpatience: (signal: NodeJS.Signals) => void;
}

/** What is recorded as the reason of what a signal canceled. */
const REASONS: Partial<Record<NodeJS.Signals, string>> = {
  SIGINT: "canceled with Ctrl-C",
  SIGTERM: "canceled, since its process was told to end (SIGTERM)",
  SIGHUP: "canceled, since its terminal was closed (SIGHUP)",
};
const SIGNALS = Object.keys(REASONS) as NodeJS.Signals[];

/** npm passes on to its script the Ctrl-C that the terminal has sent to both: what comes this soon after is no second wish. */
const ECHO_MS = 500;

/** Listens to the signals that ask a process to end: first politely, then at once. */
export function listenForInterrupts({ source, nowMs, onImpatience }: InterruptsOptions): Interrupts {
  const controller = new AbortController();
  let first: { readonly signal: NodeJS.Signals; readonly atMs: number } | null = null;
  const listener = (signal: NodeJS.Signals) => {
    if (first === null) {
      first = { signal, atMs: nowMs() };
      controller.abort(new PlayheadError("canceled", REASONS[signal] ?? `canceled by ${signal}`));
    } else if (nowMs() - first.atMs >= ECHO_MS) onImpatience(signal);
  };
  for (const signal of SIGNALS) source.on(signal, listener);
  return {
    signal: controller.signal,
    received: () => first?.signal ?? null,
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
