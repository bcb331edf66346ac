import { randomUUID } from "node:crypto";
import {
  type BatchAck,
  type EventRecord,
  isEventType,
  type JsonObject,
  type ObservationRecord,
  PlayheadError,
  type RefusedRecord,
} from "@playhead/core";
import { messageOf } from "./cleaned-error.ts";
import { type Claimed, createClaim } from "./control/claim.ts";
import { createCommands } from "./control/commands.ts";
import { createListening } from "./control/listening.ts";
import { createRemoteControl, type RemoteControl } from "./control/remote-control.ts";
import { createStarts, type HandleOptions, type StartHandler } from "./control/starts.ts";
import { EventBus } from "./event-bus/event-bus.ts";
import { createRecordTeller } from "./event-bus/tell-records.ts";
import type { JobHandle } from "./handles.ts";
import { createJob, type GivenJobOptions, type OpenJob } from "./job/job.ts";
import type { JobOptions } from "./job/job-options.ts";
import { createMonitoring, type MonitoringOptions, type MonitoringReport } from "./observe/monitoring.ts";
import type { Observer } from "./observe/observer.ts";
import type { AnyRecord } from "./recorder/batch.ts";
import { type Closed, createRecorder, NO_CALLS } from "./recorder/recorder.ts";
import { deliverLeftovers } from "./spool/leftovers.ts";
import { createSpool } from "./spool/spool.ts";
import { withoutSecrets } from "./summary/clean-facts.ts";
import { createGauges } from "./system/gauges.ts";
import { type MachineOptions, openMachine } from "./system/machine.ts";
import { startSampler } from "./system/sampler.ts";
import { type SetTimer, setSystemTimer } from "./timer.ts";
import type { Reading, ReadQuery } from "./transport/reading.ts";
import { timedTransport } from "./transport/timed-transport.ts";
import type { ChangeMethod, Heartbeat, Transport } from "./transport/transport.ts";
import { createWarnings, type Warn, warnOnStderr } from "./warnings.ts";

/** A record that the server did not take, and why. */
export interface RefusedReport {
  readonly record: EventRecord | ObservationRecord;
  readonly refused: RefusedRecord;
}

/** Where a {@link Playhead} reports to, and what it is made of. */
export interface PlayheadOptions {
  readonly transport: Transport;
  /** Names this worker; never used twice. @defaultValue `worker_` and 16 hex digits */
  readonly source?: string;
  /** How long a record waits for others to share a batch with. @defaultValue 20 */
  readonly flushMs?: number;
  /** How many records wait in memory at most; what has a place on disk waits there. @defaultValue 100 000 */
  readonly capacity?: number;
  /** Receives what the server refused. @defaultValue a line on stderr, at most one in 10 s */
  readonly onRefused?: (refused: readonly RefusedReport[]) => void;
  /** What is recorded of instrumented functions, and what that may cost. */
  readonly monitoring?: MonitoringOptions;
  /** Receives what goes wrong with the monitoring itself, as a line. @defaultValue writes it to stderr */
  readonly warn?: Warn;
  /** Milliseconds since 1970. @defaultValue the platform's clock */
  readonly nowMs?: () => number;
  /** 32 lowercase hex digits, never the same. */
  readonly randomId?: () => string;
  /** 0 ≤ random < 1, for the jitter between tries. */
  readonly random?: () => number;
  readonly setTimer?: SetTimer;
  /** Where events are told to handlers in this process; whoever subscribed before hears `system.startup`. @defaultValue a new one */
  readonly events?: EventBus;
  /** Samples the machine every 15 s, with the disk of this folder. @defaultValue nobody does */
  readonly machine?: MachineOptions;
}

/**
 * A worker's connection to Playhead. None of its functions throws because of the monitoring; those that ask for something
 * of other jobs (`control`, `retry`) tell when it could not be had.
 */
export interface Playhead extends RemoteControl {
  readonly source: string;
  /** Tells handlers in this process of what is recorded, as it is recorded. */
  readonly events: EventBus;
  /**
   * A figure that goes into each sample of the machine from now on, such as `ffmpeg_slots_used`; null takes it away. Of
   * 100 names at most.
   */
  gauge(name: string, value: number | null): void;
  /**
   * Reads what the server's `GET /api/v1/PATH` answers, such as `logs`.
   * @throws PlayheadError as the server answers: `forbidden` where the key may only report; `usage_error` where the
   * transport can only report
   */
  read(path: string, query?: ReadQuery): Promise<Reading>;
  /**
   * Asks the server for a change of something that is no job, as `METHOD /api/v1/PATH` does: such as `POST`, `alert-rules`.
   * @returns the answer; null for one that has none
   * @throws PlayheadError as the server answers; `usage_error` where the transport can only report
   */
  change(method: ChangeMethod, path: string, body?: JsonObject): Promise<unknown>;
  /** Takes what is no fact of a job: calls, log lines, samples of the machine. */
  readonly observer: Observer;
  /** What the monitoring of calls costs, and what it leaves out. */
  monitoring(): MonitoringReport;
  /** Makes a job and announces it; it starts with `run` or `start`. */
  job(options: JobOptions): JobHandle;
  /**
   * Takes jobs of a kind that the server wants run: those announced over HTTP, and retries. Each gets its handle, and
   * runs as with `job.run`. While this worker waits for jobs it keeps the process alive, until the returned function,
   * or {@link close}, is called; what runs by then runs on.
   * @throws PlayheadError `validation_error` when the kind is handled already, or `parallel` is not 1 or more
   */
  handle(kind: string, work: StartHandler, options?: HandleOptions): () => void;
  /**
   * Starts one job that a queue has named, with the handler of its kind ({@link handle}), if the server gives it to this
   * worker: it gives each to one, when it may begin.
   * @throws PlayheadError `not_found` for no job of the tenant's; `server_unreachable` and others where there is no answer
   */
  claim(jobId: string): Promise<Claimed>;
  /**
   * Sends all that is recorded. Resolves with true when it is stored, with false when it could not be in time, or the
   * server does not accept the key.
   * @defaultValue timeoutMs: 5 000
   */
  flush(options?: { readonly timeoutMs?: number }): Promise<boolean>;
  /**
   * Takes no more jobs, flushes, then ends every timer and the transport: nothing is reported any more, nothing keeps the
   * process alive. What could not be delivered stays on disk, where the transport has a place there, for whoever starts
   * next. Resolves like {@link flush}. Jobs that have not ended stay open; the server will find that their worker is lost.
   * @defaultValue timeoutMs: 5 000
   */
  close(options?: { readonly timeoutMs?: number }): Promise<boolean>;
}

const FLUSH_MS = 20;
const CAPACITY = 100_000;
const FLUSH_LIMIT_MS = 5_000;
const ENDS: ReadonlySet<string> = new Set(["job.completed", "job.canceled", "job.failed"]);

/** Connects user code to a server by a transport. */
export function createPlayhead(options: PlayheadOptions): Playhead {
  const { transport, nowMs = Date.now, randomId = newRandomId } = options;
  const source = options.source ?? `worker_${randomId().slice(0, 16)}`;
  const warn = createWarnings({ nowMs, write: options.warn ?? warnOnStderr });
  /** Until their end is acknowledged: till then a command may come that crosses it. */
  const jobs = new Map<string, OpenJob>();
  let heartbeat: Heartbeat | null = null;
  let closing: Promise<boolean> | null = null;

  const setTimer = options.setTimer ?? setSystemTimer;
  const random = options.random ?? Math.random;
  const settings = transport.spool;
  const leftovers =
    settings === undefined
      ? null
      : deliverLeftovers({ root: settings.folder, transport, nowMs, setTimer, random, warn });
  const starts = createStarts({ openJob, onKinds: jobsChanged });
  const obey = createCommands({ findJob: (jobId) => jobs.get(jobId), start: starts.take, warn });
  const listening = createListening(transport, source, obey);

  const monitoring = createMonitoring({
    options: options.monitoring ?? {},
    nowMs,
    setTimer,
    randomId,
    onWaiting: (isCrowd) => recorder.callsWait(isCrowd),
    record: (observation, importance) => recorder.observe(observation, importance),
    recordEnded: (observations) => recorder.observeCalls(observations),
  });
  const { lane, observer, summaries } = monitoring;
  const spoolId = () => randomId().slice(0, 8);
  const spool =
    settings === undefined ? null : createSpool({ settings, source, id: spoolId(), nowMs, warn, timer: lane });

  const events = options.events ?? new EventBus({ warn, nowMs });
  const teller = createRecordTeller(events);
  const gauges = createGauges();
  const stopSampler =
    options.machine === undefined
      ? null
      : startSampler({
          machine: openMachine(options.machine),
          gauges,
          activeJobs: options.machine.activeJobs ?? (() => jobs.size),
          setTimer,
          onSample: observer.sampled,
        });

  const recorder = createRecorder({
    transport: lane === null ? transport : timedTransport(transport, lane),
    calls: lane ?? NO_CALLS,
    source,
    nowMs,
    setTimer,
    random,
    spool,
    flushMs: options.flushMs ?? FLUSH_MS,
    capacity: options.capacity ?? CAPACITY,
    onRecorded: teller.tell,
    areTicksHeard: teller.areTicksHeard,
    onAck,
    onKeyRefused(error) {
      const where = spool === null || spool.room() === "none" ? "in memory" : `on disk in ${spool.root}`;
      warn(`the server does not accept the key, and records wait ${where}: ${withHint(error)}`);
    },
    onRejected(records, error) {
      forgetEnded(records, new Set());
      warn(`${records.length} records were refused by the server and are lost: ${withHint(error)}`);
    },
  });

  const jobRecorder = withoutSecrets(recorder, summaries);

  function onAck(records: readonly AnyRecord[], ack: BatchAck, mayHaveFacts: boolean): void {
    if (!mayHaveFacts && ack.refused.length === 0) return;
    const refused = ack.refused.length === 0 ? [] : refusedReports(records, ack.refused);
    noteTaken(records, refused);
    const unexpected = refused.filter(
      ({ record, refused: why }) => !isOfJob(record) || jobs.get(record.job_id)?.absorb(record, why) !== true,
    );
    const reported = refused.map(({ record }) => record).filter(isOfJob);
    forget(reported.filter((record) => jobs.get(record.job_id)?.isOthers() === true));
    // An end that was refused, as expected, is reported anew: such a job is still waited for.
    const expected = new Set(refused.filter((report) => !unexpected.includes(report)).map(({ record }) => record));
    forgetEnded(records, expected);
    if (unexpected.length > 0) tellRefused(unexpected);
  }

  function noteTaken(records: readonly AnyRecord[], refused: readonly RefusedReport[]): void {
    for (const record of records) {
      const isTaken = record.type === "job.created" && !refused.some((each) => each.record === record);
      if (isTaken) jobs.get(record.job_id)?.taken();
    }
  }

  function forgetEnded(records: readonly AnyRecord[], except: ReadonlySet<AnyRecord>): void {
    forget(records.filter((record) => ENDS.has(record.type) && !except.has(record)).filter(isOfJob));
  }

  /** Most batches end no job, and who is told of jobs wakes up for it. */
  function forget(records: readonly Readonly<{ job_id: string }>[]): void {
    const before = jobs.size;
    for (const { job_id } of records) jobs.delete(job_id);
    if (jobs.size !== before) jobsChanged();
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

  function openJob(jobOptions: GivenJobOptions): JobHandle {
    const job = createJob(jobOptions, { recorder: jobRecorder, lane, scrub: summaries.text, observer, randomId, warn });
    if (closing === null) {
      jobs.set(job.handle.job_id, job);
      jobsChanged();
    }
    return job.handle;
  }

  function jobsChanged(): void {
    heartbeat ??= jobs.size > 0 ? (transport.startHeartbeat?.(source, abandon) ?? null) : null;
    heartbeat?.setJobs([...jobs.keys()]);
    const kinds = starts.kinds();
    const more = starts.offers();
    listening.update(jobs.size > 0 || more.offers.length > 0 ? kinds : null, more);
  }

  function abandon(jobIds: readonly string[]): void {
    for (const jobId of jobIds) jobs.get(jobId)?.abandon();
  }

  async function closeOnce(timeoutMs: number): Promise<boolean> {
    starts.stop();
    stopSampler?.();
    events.publish("system.shutdown", { source });
    const [closed] = await Promise.all([recorder.close(timeoutMs), leftovers?.close(timeoutMs)]);
    monitoring.close();
    listening.update(null);
    heartbeat?.stop();
    await transport.close();
    await leftovers?.ended;
    if (!closed.isDelivered) warn(whatIsLeft(closed, settings?.folder));
    return closed.isDelivered;
  }

  events.publish("system.startup", { source, pid: process.pid, node: process.version });

  const flush = ({ timeoutMs = FLUSH_LIMIT_MS } = {}) => recorder.flush(timeoutMs);
  return {
    source,
    ...createRemoteControl({ transport, isOpenHere: (jobId) => jobs.has(jobId), flush }),
    events,
    gauge: gauges.set,
    async read(path, query = {}) {
      if (transport.read !== undefined) return transport.read(path, query);
      throw new PlayheadError("usage_error", "expected a transport that can read, got one that can only report");
    },
    async change(method, path, body) {
      if (transport.change !== undefined) return transport.change(method, path, body ?? null);
      throw new PlayheadError(
        "usage_error",
        "expected a transport that can change things, got one that can only report",
      );
    },
    observer,
    monitoring: () => ({ ...monitoring.report(), lost_records: recorder.lost() }),
    job: openJob,
    handle: starts.handle,
    claim: createClaim({ source, transport, obey, endOf: starts.endOf, flush }),
    flush,
    close({ timeoutMs = FLUSH_LIMIT_MS } = {}) {
      closing ??= closeOnce(timeoutMs);
      return closing;
    },
  };
}

function withHint(error: unknown): string {
  const hint = error instanceof PlayheadError && error.hint !== undefined ? `; ${error.hint}` : "";
  return `${messageOf(error)}${hint}`;
}

function whatIsLeft({ onDisk, isSomeLost }: Closed, folder: string | undefined): string {
  const line = "closed, though the server has not got all that was recorded";
  if (onDisk === 0) return line;
  const kept = `${onDisk} records wait in ${folder} for the next start`;
  return `${line}; ${kept}${isSomeLost ? ", the others are lost" : ""}`;
}

/** Log lines count: a job whose end they cross absorbs their refusal. */
function isOfJob(record: AnyRecord): record is EventRecord {
  return isEventType(record.type) && record.job_id !== undefined;
}

function refusedReports(records: readonly AnyRecord[], refused: readonly RefusedRecord[]): RefusedReport[] {
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
