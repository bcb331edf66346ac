import type { ControlCommand } from "@playhead/core";

/** A worker that was silent for this long is not counted on any more. */
const SILENT_MS = 60_000;
/** One that was silent for this long does not come back: what waited for it is forgotten. */
const GONE_MS = 3_600_000;
/** Commands that wait for one worker; more than this nobody could mean. */
const MAX_WAITING = 1_000;
/** Beyond this many workers those that are silent are looked through. */
const MANY_WORKERS = 1_000;

interface Worker {
  waiting: ControlCommand[];
  /** Whoever is to be told that something waits. */
  readonly listeners: Set<() => void>;
  lastSeenMs: number;
}

/**
 * Hands commands to the workers that run jobs. A worker takes them through a listener (in this process) or by asking
 * (over HTTP); until it confirms one, it gets it again.
 */
export function createWorkers(nowMs: () => number) {
  const workers = new Map<string, Worker>();
  let closed = false;
  let lookAgainAt = MANY_WORKERS;

  function of(source: string): Worker {
    let worker = workers.get(source);
    if (worker === undefined) {
      if (workers.size >= lookAgainAt) forgetSilent();
      worker = { waiting: [], listeners: new Set(), lastSeenMs: nowMs() };
      workers.set(source, worker);
    }
    return worker;
  }

  function forgetSilent(): void {
    for (const [source, { waiting, listeners, lastSeenMs }] of workers) {
      const silentMs = nowMs() - lastSeenMs;
      if (listeners.size === 0 && silentMs > (waiting.length === 0 ? SILENT_MS : GONE_MS)) workers.delete(source);
    }
    lookAgainAt = Math.max(MANY_WORKERS, 2 * workers.size);
  }

  return {
    /** Notes that a worker was heard of. */
    seen(source: string): void {
      of(source).lastSeenMs = nowMs();
    },
    isConnected(source: string): boolean {
      const worker = workers.get(source);
      return worker !== undefined && (worker.listeners.size > 0 || nowMs() - worker.lastSeenMs <= SILENT_MS);
    },
    send(source: string, command: ControlCommand): void {
      const worker = of(source);
      worker.waiting.push(command);
      if (worker.waiting.length > MAX_WAITING) worker.waiting.shift();
      for (const tell of worker.listeners) tell();
    },
    /** The commands that wait for a worker; they stay until it confirms them. */
    waiting: (source: string): readonly ControlCommand[] => workers.get(source)?.waiting ?? [],
    /**
     * Takes a command off the list of a worker, or of all that it may be where it does not say who it is.
     *
     * @returns whether it was there
     */
    confirm(source: string | null, commandId: string, mayBe: (source: string) => boolean = () => true): boolean {
      for (const [name, worker] of workers) {
        if (source === null ? !mayBe(name) : name !== source) continue;
        const left = worker.waiting.filter(({ command_id }) => command_id !== commandId);
        if (left.length === worker.waiting.length) continue;
        worker.waiting = left;
        worker.lastSeenMs = nowMs();
        return true;
      }
      return false;
    },
    /** Calls the listener for each command; that confirms it. @returns ends it */
    listen(source: string, listener: (command: ControlCommand) => void): () => void {
      const worker = of(source);
      const deliver = () => {
        const commands = worker.waiting;
        worker.waiting = [];
        for (const command of commands) listener(command);
      };
      worker.listeners.add(deliver);
      deliver();
      return () => {
        worker.listeners.delete(deliver);
        if (worker.listeners.size === 0 && workers.get(source) === worker) workers.delete(source);
      };
    },
    /** Resolves as soon as a command waits for the worker, or after `waitMs`, or when `signal` aborts. */
    async wait(source: string, waitMs: number, signal: AbortSignal): Promise<void> {
      const worker = of(source);
      worker.lastSeenMs = nowMs();
      if (worker.waiting.length > 0 || signal.aborted || closed) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const wake = () => resolve();
      const timer = setTimeout(wake, waitMs);
      signal.addEventListener("abort", wake, { once: true });
      worker.listeners.add(wake);
      await promise;
      clearTimeout(timer);
      signal.removeEventListener("abort", wake);
      worker.listeners.delete(wake);
      worker.lastSeenMs = nowMs();
    },
    /** Ends all waiting: the server goes. */
    close(): void {
      closed = true;
      for (const { listeners } of workers.values()) for (const tell of listeners) tell();
    },
    size: (): number => workers.size,
  };
}

export type Workers = ReturnType<typeof createWorkers>;
