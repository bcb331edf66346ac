import type { ControlCommand } from "@playhead/core";

/** A worker that was silent for this long is not counted on any more. */
const SILENT_MS = 60_000;
/** Commands that wait for one worker; more than this nobody could mean. */
const MAX_WAITING = 1_000;

interface Worker {
  waiting: ControlCommand[];
  listener: (() => void) | null;
  lastSeenMs: number;
}

/**
 * Hands commands to the workers that run jobs. A worker takes them through a listener (in this process) or by asking
 * (over HTTP); until it confirms one, it gets it again.
 */
export function createWorkers(nowMs: () => number) {
  const workers = new Map<string, Worker>();

  function of(source: string): Worker {
    let worker = workers.get(source);
    if (worker === undefined) {
      worker = { waiting: [], listener: null, lastSeenMs: nowMs() };
      workers.set(source, worker);
    }
    return worker;
  }

  function forgetSilent(): void {
    for (const [source, worker] of workers) {
      if (worker.listener === null && worker.waiting.length === 0 && nowMs() - worker.lastSeenMs > SILENT_MS) workers.delete(source);
    }
  }

  return {
    /** Notes that a worker was heard of. */
    seen(source: string): void {
      of(source).lastSeenMs = nowMs();
    },
    isConnected(source: string): boolean {
      const worker = workers.get(source);
      return worker !== undefined && (worker.listener !== null || nowMs() - worker.lastSeenMs <= SILENT_MS);
    },
    send(source: string, command: ControlCommand): void {
      forgetSilent();
      const worker = of(source);
      worker.waiting.push(command);
      if (worker.waiting.length > MAX_WAITING) worker.waiting.shift();
      worker.listener?.();
    },
    /** The commands that wait for a worker; they stay until it confirms them. */
    waiting: (source: string): readonly ControlCommand[] => workers.get(source)?.waiting ?? [],
    confirm(source: string, commandId: string): void {
      const worker = workers.get(source);
      if (worker !== undefined) worker.waiting = worker.waiting.filter(({ command_id }) => command_id !== commandId);
    },
    /** Calls the listener for each command. @returns ends it */
    listen(source: string, listener: (command: ControlCommand) => void): () => void {
      const worker = of(source);
      const deliver = () => {
        const commands = worker.waiting;
        worker.waiting = [];
        for (const command of commands) listener(command);
      };
      worker.listener = deliver;
      deliver();
      return () => {
        if (worker.listener === deliver) workers.delete(source);
      };
    },
    /** Resolves as soon as a command waits for the worker, or after `waitMs`, or when `signal` aborts. */
    async wait(source: string, waitMs: number, signal: AbortSignal): Promise<void> {
      const worker = of(source);
      worker.lastSeenMs = nowMs();
      if (worker.waiting.length > 0 || signal.aborted) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, waitMs);
      signal.addEventListener("abort", () => resolve(), { once: true });
      worker.listener = resolve;
      await promise;
      clearTimeout(timer);
      if (worker.listener === resolve) worker.listener = null;
      worker.lastSeenMs = nowMs();
    },
  };
}

export type Workers = ReturnType<typeof createWorkers>;
