import type { ControlCommand } from "@playhead/core";

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
  /** When it was heard of last; null for one that was only spoken to. */
  lastHeardMs: number | null;
  /** It was in this process, and has ended. */
  hasLeft: boolean;
  /** It asks for commands or beats: from then on its silence means something. */
  isExpected: boolean;
}

export interface WorkersOptions {
  readonly nowMs: () => number;
  /** A worker that was silent for this long is not counted on any more. */
  readonly lostAfterMs: () => number;
  /** What else a worker is to be told when it comes back: how its jobs are wanted by now. */
  readonly commandsOnReturn: (source: string) => readonly ControlCommand[];
  /** Told once of each worker that begins to ask or beat. */
  readonly onExpected: (source: string) => void;
}

/**
 * Hands commands to the workers that run jobs. A worker takes them through a listener (in this process) or by asking
 * (over HTTP); until it confirms one, it gets it again. What waits here is lost with the process; a worker that comes
 * back to another one is told what its jobs' states want of it.
 */
export function createWorkers({ nowMs, lostAfterMs, commandsOnReturn, onExpected }: WorkersOptions) {
  const workers = new Map<string, Worker>();
  /** Who was never heard of has been silent since then: the process before may have heard of it. */
  const startedMs = nowMs();
  let closed = false;
  let lookAgainAt = MANY_WORKERS;

  function of(source: string): Worker {
    let worker = workers.get(source);
    if (worker === undefined) {
      if (workers.size >= lookAgainAt) forgetSilent();
      worker = { waiting: [], listeners: new Set(), lastHeardMs: null, hasLeft: false, isExpected: false };
      workers.set(source, worker);
    }
    return worker;
  }

  const silentMs = (worker: Worker | undefined) => nowMs() - (worker?.lastHeardMs ?? startedMs);

  function forgetSilent(): void {
    for (const [source, worker] of workers) {
      if (worker.listeners.size > 0) continue;
      const keepsMs = worker.waiting.length === 0 && !worker.isExpected ? lostAfterMs() : GONE_MS;
      if (silentMs(worker) > keepsMs) workers.delete(source);
    }
    lookAgainAt = Math.max(MANY_WORKERS, 2 * workers.size);
  }

  function send(source: string, command: ControlCommand): void {
    const worker = of(source);
    worker.waiting.push(command);
    if (worker.waiting.length > MAX_WAITING) worker.waiting.shift();
    for (const tell of worker.listeners) tell();
  }

  function hear(source: string): Worker {
    const worker = of(source);
    const isBack = worker.lastHeardMs === null;
    worker.lastHeardMs = nowMs();
    worker.hasLeft = false;
    if (isBack) for (const command of commandsOnReturn(source)) addUnlessWaiting(worker, command);
    return worker;
  }

  function expect(source: string): Worker {
    const worker = hear(source);
    if (!worker.isExpected) onExpected(source);
    worker.isExpected = true;
    return worker;
  }

  return {
    /** Notes that a worker was heard of. */
    seen(source: string): void {
      hear(source);
    },
    /** Notes that a worker said that it lives, and will go on to say so. */
    beat(source: string): void {
      expect(source);
    },
    /** Counts on a worker that an earlier process of the server knew. */
    remember(source: string): void {
      of(source).isExpected = true;
    },
    /** For how long a worker has been silent; null for one that never said that it would be heard of. */
    silentMs(source: string): number | null {
      const worker = workers.get(source);
      if (worker === undefined) return null;
      if (worker.listeners.size > 0) return 0;
      if (worker.hasLeft) return Number.POSITIVE_INFINITY;
      return worker.isExpected ? silentMs(worker) : null;
    },
    /** Whether nothing is to be expected of a worker any more. */
    isLost(source: string): boolean {
      const worker = workers.get(source);
      if (worker !== undefined && worker.listeners.size > 0) return false;
      return worker?.hasLeft === true || silentMs(worker) > lostAfterMs();
    },
    send,
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
        worker.lastHeardMs = nowMs();
        return true;
      }
      return false;
    },
    /** Calls the listener for each command; that confirms it. @returns ends it */
    listen(source: string, listener: (command: ControlCommand) => void): () => void {
      const worker = of(source);
      worker.hasLeft = false;
      const deliver = () => {
        const commands = worker.waiting;
        worker.waiting = [];
        for (const command of commands) listener(command);
      };
      worker.listeners.add(deliver);
      deliver();
      return () => {
        worker.listeners.delete(deliver);
        if (worker.listeners.size === 0 && workers.get(source) === worker) {
          worker.lastHeardMs = nowMs();
          worker.hasLeft = true;
        }
      };
    },
    /** Resolves as soon as something waits for the worker, or after `waitMs`, or when `signal` aborts. */
    async wait(source: string, waitMs: number, signal: AbortSignal): Promise<void> {
      const worker = expect(source);
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
      worker.lastHeardMs = nowMs();
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

function addUnlessWaiting(worker: Worker, command: ControlCommand): void {
  const isWaiting = worker.waiting.some(({ job_id, verb }) => job_id === command.job_id && verb === command.verb);
  if (!isWaiting) worker.waiting.push(command);
}
