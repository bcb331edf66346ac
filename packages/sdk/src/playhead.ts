import { randomUUID } from "node:crypto";
import {
  type BatchAck,
  type ControlCommand,
  type EventRecord,
  PlayheadError,
  type RefusedRecord,
} from "@playhead/core";
import { messageOf } from "./cleaned-error.ts";
import type { JobHandle } from "./handles.ts";
import { createJob, type OpenJob } from "./job/job.ts";
import type { JobOptions } from "./job/job-options.ts";
import { createRecorder } from "./recorder/recorder.ts";
import { type SetTimer, setSystemTimer } from "./timer.ts";
import type { Transport } from "./transport/transport.ts";
import { createWarnings, type Warn, warnOnStderr } from "./warnings.ts";

/** A record that the server did not take, and why. */
export interface RefusedReport {
  readonly record: EventRecord;
  readonly refused: RefusedRecord;
}

/** Where a {@link Playhead} reports to, and what it is made of. */
export interface PlayheadOptions {
  readonly transport: Transport;
  /** Names this worker; never used twice. @defaultValue `worker_` and 16 hex digits */
  readonly source?: string;
  /** How long a record waits for others to share a batch with. @defaultValue 20 */
  readonly flushMs?: number;
  /** How many records wait at most while the server is away. @defaultValue 100 000 */
  readonly capacity?: number;
  /** Receives what the server refused. @defaultValue a line on stderr, at most one in 10 s */
  readonly onRefused?: (refused: readonly RefusedReport[]) => void;
  /** Receives what goes wrong with the monitoring itself, as a line. @defaultValue writes it to stderr */
  readonly warn?: Warn;
  /** Milliseconds since 1970. @defaultValue the platform's clock */
  readonly nowMs?: () => number;
  /** 32 lowercase hex digits, never the same. */
  readonly randomId?: () => string;
  /** 0 ≤ random < 1, for the jitter between tries. */
  readonly random?: () => number;
  readonly setTimer?: SetTimer;
}

/** A worker's connection to Playhead. None of its functions throws because of the monitoring. */
export interface Playhead {
  readonly source: string;
  /** Makes a job and announces it; it starts with `run` or `start`. */
  job(options: JobOptions): JobHandle;
  /**
   * Sends all that is recorded. Resolves with true when it is stored, with false when it could not be in time.
   * @defaultValue timeoutMs: 5 000
   */
  flush(options?: { readonly timeoutMs?: number }): Promise<boolean>;
  /**
   * Flushes, then ends every timer and the transport: nothing is reported any more, nothing keeps the process alive.
   * Resolves like {@link flush}. Jobs that have not ended stay open; the server will find that their worker is lost.
   * @defaultValue timeoutMs: 5 000
   */
  close(options?: { readonly timeoutMs?: number }): Promise<boolean>;
}

const FLUSH_MS = 20;
const CAPACITY = 100_000;
const FLUSH_LIMIT_MS = 5_000;
/** How many commands are remembered, so that one that comes twice is obeyed once. */
const MAX_KNOWN_COMMANDS = 1_000;
const ENDS: ReadonlySet<string> = new Set(["job.completed", "job.canceled", "job.failed"]);

/** Connects user code to a server by a transport. */
export function createPlayhead(options: PlayheadOptions): Playhead {
  const { transport, nowMs = Date.now, randomId = newRandomId } = options;
  const source = options.source ?? `worker_${randomId().slice(0, 16)}`;
  const warn = createWarnings({ nowMs, write: options.warn ?? warnOnStderr });
  /** Until their end is acknowledged: till then a command may come that crosses it. */
  const jobs = new Map<string, OpenJob>();
  const knownCommands = new Set<string>();
  let stopListening: (() => void) | null = null;
  let closing: Promise<boolean> | null = null;

  const recorder = createRecorder({
    transport,
    source,
    nowMs,
    setTimer: options.setTimer ?? setSystemTimer,
    random: options.random ?? Math.random,
    flushMs: options.flushMs ?? FLUSH_MS,
    capacity: options.capacity ?? CAPACITY,
    onAck,
    onRejected(records, error) {
      forgetEnded(records, new Set());
      const hint = error instanceof PlayheadError && error.hint !== undefined ? `; ${error.hint}` : "";
      warn(`${records.length} records were refused by the server and are lost: ${messageOf(error)}${hint}`);
    },
  });

  function onAck(records: readonly EventRecord[], ack: BatchAck): void {
    const refused = ack.refused.length === 0 ? [] : refusedReports(records, ack.refused);
    const unexpected = refused.filter(
      ({ record, refused: why }) => jobs.get(record.job_id)?.absorb(record, why) !== true,
    );
    // An end that was refused, as expected, is reported anew: such a job is still waited for.
    const expected = new Set(refused.filter((report) => !unexpected.includes(report)).map(({ record }) => record));
    forgetEnded(records, expected);
    if (unexpected.length > 0) tellRefused(unexpected);
  }

  function forgetEnded(records: readonly EventRecord[], except: ReadonlySet<EventRecord>): void {
    for (const record of records) {
      if (ENDS.has(record.type) && !except.has(record)) jobs.delete(record.job_id);
    }
    stopListeningIfIdle();
  }

  function tellRefused(refused: readonly RefusedReport[]): void {
    if (options.onRefused === undefined) {
      const [first] = refused;
      warn(
        `the server refused ${refused.length} records, the first ${first?.record.type}: ${first?.refused.error_message}`,
      );
      return;
    }
    try {
      options.onRefused(refused);
    } catch (error) {
      warn(`onRefused threw: ${messageOf(error)}`);
    }
  }

  function onCommand({ command_id, job_id, verb, reason }: ControlCommand): void {
    if (knownCommands.has(command_id)) return;
    knownCommands.add(command_id);
    if (knownCommands.size > MAX_KNOWN_COMMANDS) {
      const [oldest] = knownCommands;
      if (oldest !== undefined) knownCommands.delete(oldest);
    }
    jobs.get(job_id)?.control(verb, reason);
  }

  function stopListeningIfIdle(): void {
    if (jobs.size > 0) return;
    stopListening?.();
    stopListening = null;
  }

  async function closeOnce(timeoutMs: number): Promise<boolean> {
    const delivered = await recorder.close(timeoutMs);
    stopListening?.();
    stopListening = null;
    await transport.close();
    if (!delivered) warn("closed, though the server has not got all that was recorded");
    return delivered;
  }

  return {
    source,
    job(jobOptions) {
      const job = createJob(jobOptions, { recorder, randomId, warn });
      if (closing === null) {
        jobs.set(job.handle.job_id, job);
        stopListening ??= transport.onCommand(source, onCommand);
      }
      return job.handle;
    },
    flush: ({ timeoutMs = FLUSH_LIMIT_MS } = {}) => recorder.flush(timeoutMs),
    close({ timeoutMs = FLUSH_LIMIT_MS } = {}) {
      closing ??= closeOnce(timeoutMs);
      return closing;
    },
  };
}

function refusedReports(records: readonly EventRecord[], refused: readonly RefusedRecord[]): RefusedReport[] {
  const byNumber = new Map(records.map((record) => [record.n, record]));
  return refused.flatMap((why) => {
    // A tick has no number, and nobody misses it.
    const record = why.n === null ? undefined : byNumber.get(why.n);
    return record === undefined ? [] : [{ record, refused: why }];
  });
}

function newRandomId(): string {
  return randomUUID().replaceAll("-", "");
}
