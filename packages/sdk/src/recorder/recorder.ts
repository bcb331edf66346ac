import {
  type BatchAck,
  createWakeUp,
  type EventRecord,
  type EventType,
  type JsonObject,
  type LogRecordData,
  type PlayheadError,
} from "@playhead/core";
import type { Observation } from "../observe/execution-record.ts";
import type { Spool } from "../spool/spool.ts";
import type { SetTimer } from "../timer.ts";
import type { Transport } from "../transport/transport.ts";
import { createBacklog } from "./backlog.ts";
import { type AnyRecord, mergeInOrder } from "./batch.ts";
import { createDropTally, type Loser } from "./drop-tally.ts";
import { createFlushWaiters } from "./flush-waiters.ts";
import { isoTime } from "./iso-time.ts";
import { createRecordQueue, type Importance, type NumberedRecord } from "./record-queue.ts";
import { createRoom } from "./room.ts";
import { createSender } from "./sender.ts";
import { createTickPace } from "./tick-pace.ts";
import { createTickSlots, type TickSlot } from "./tick-slots.ts";

/** What is reported of a job: everything but its time and its number. */
export interface Report {
  readonly type: EventType;
  readonly job_id: string;
  readonly correlation_id?: string;
  readonly data: JsonObject;
}

/**
 * The first hop (DESIGN §3). Takes reports from the user's code without ever throwing, blocking or doing I/O on its
 * stack, and sends them in order, one batch after the other.
 */
export interface Recorder {
  readonly nowMs: () => number;
  /** Takes a fact or a log line. @returns false when there was no room for it, and it was dropped and counted */
  record(report: Report, importance: Importance): boolean;
  /** Takes a call, a log line, or whatever else is no fact of a job. */
  observe(observation: Observation, importance: "execution" | "log"): void;
  /** Takes calls that have ended, and the list. */
  observeCalls(observations: Observation[]): void;
  /** Calls wait to be made records of. @param isCrowd so many that they are not to wait for more */
  callsWait(isCrowd: boolean): void;
  /** A task has moved: its slot is read when its throttle allows. */
  tick(slot: TickSlot): void;
  /** Before a fact that says where the task stands: a tick that is held back goes first, or is forgotten. */
  settleTick(slot: TickSlot, fate: "send" | "forget"): void;
  /** Forgets all that is unsent of a task's progress. */
  dropTick(slot: TickSlot): void;
  /** The moment of a tick: a record of it. */
  stamp(report: Report): EventRecord;
  /** Sends what there is without waiting for more. */
  hurry(): void;
  /**
   * A promise of room while much is waiting and the server takes it, for code that makes records faster than they can
   * be sent; else null. Nobody is held up for long: it resolves after a second, and then no more are made until there
   * was room again.
   */
  room(): Promise<void> | null;
  /** Reports what was dropped of a job; called before its end. */
  reportDrops(jobId: string): void;
  /** How many facts and log lines were lost so far: dropped for want of room, or refused a whole batch at a time. */
  lost(): number;
  /**
   * Resolves with true when all that was recorded before is stored, with false when it could not be in time, and at once
   * when the server does not accept the key.
   */
  flush(timeoutMs: number): Promise<boolean>;
  /** Flushes, takes nothing more, and leaves on disk what was not delivered. */
  close(timeoutMs: number): Promise<Closed>;
}

/** What became of all that was recorded. */
export interface Closed {
  readonly isDelivered: boolean;
  /** How many records wait on disk for whoever starts next. */
  readonly onDisk: number;
  /** Whether some could be neither delivered nor left on disk. */
  readonly isSomeLost: boolean;
}

export interface RecorderOptions {
  readonly transport: Transport;
  readonly source: string;
  readonly nowMs: () => number;
  readonly setTimer: SetTimer;
  readonly random: () => number;
  /** How long a record waits for others. */
  readonly flushMs: number;
  /** How many records wait in memory at most. */
  readonly capacity: number;
  /** Where they wait while the server is away; null keeps them in memory. */
  readonly spool: Spool | null;
  /** Where calls wait to be made records of. */
  readonly calls: CallSource;
  /** Hears of each record as it is taken, and of each tick as it is sent. Must not throw, like the others. */
  readonly onRecorded?: (record: AnyRecord) => void;
  /** Whether it hears of ticks at the moment. */
  readonly areTicksHeard?: () => boolean;
  /** @param mayHaveFacts false: they are calls, lines and ticks, and no fact of a job is among them */
  readonly onAck: (records: readonly AnyRecord[], ack: BatchAck, mayHaveFacts: boolean) => void;
  /** The server does not accept the key: what is recorded waits until it does, and is tried now and then. */
  readonly onKeyRefused: (error: PlayheadError) => void;
  /** A whole batch was refused, and is lost. */
  readonly onRejected: (records: readonly AnyRecord[], error: unknown) => void;
}

/** Calls cost less than their records: those are made when they are sent. */
export interface CallSource {
  /** Hands over records of what waits, at most so many that it holds nobody up. @returns whether there is more */
  drain(): boolean;
  /** Hands over what was only added up. */
  sendTotals(): void;
  /** A record of calls that there is no room for. @returns false when it is lost */
  addUp(record: Observation): boolean;
}

/** Where calls are not recorded. */
export const NO_CALLS: CallSource = { drain: () => false, sendTotals: () => undefined, addUp: () => true };

type Writable<Data> = { -readonly [Name in keyof Data]: Data[Name] };

const BATCH_RECORDS = 2_000;
const ROOM_MS = 1_000;
/** So much of what is recorded while the server is away a killed process may lose. */
const SPILL_MS = 100;

export function createRecorder(options: RecorderOptions): Recorder {
  const { transport, source, nowMs, setTimer, random, flushMs, capacity, spool, calls, onRecorded } = options;
  let lastN = 0;
  let lost = 0;
  /** Of what is recorded of jobs. Batches that begin after it are not looked through: they may be all that there is. */
  let lastFactN = 0;
  let closed = false;
  let inFlight = false;
  let sentMs = Number.NEGATIVE_INFINITY;
  let closing: Promise<Closed> | null = null;
  const drops = createDropTally();
  const queue = createRecordQueue({
    capacity,
    onDrop(record, importance) {
      const isOfCalls = importance === "execution" || record.type === "function.summarized";
      if (isOfCalls && calls.addUp(record as Observation)) return;
      lost += 1;
      // Of a job that could not be announced nothing can be said, not even this.
      if (record.type !== "job.created") drops.count(record.job_id ?? null, importance);
    },
  });
  const pace = createTickPace({ nowMs, isHeardHere: options.areTicksHeard ?? (() => false) });
  const ticks = createTickSlots({ dueMs: pace.dueMs, lastNumber: () => lastN });
  const sender = createSender({ transport, setTimer, random, onFailing, onKeyRefused });
  const backlog = createBacklog({
    queue,
    spool,
    isFailing: sender.isFailing,
    crowd: capacity / 2,
    batchRecords: BATCH_RECORDS,
  });
  const waiters = createFlushWaiters();
  const drainAt = createWakeUp({ nowMs, setTimer, keepsAlive: true, onWake: takeCalls });
  const flushAt = createWakeUp({ nowMs, setTimer, keepsAlive: true, onWake: pump });
  const spillAt = createWakeUp({ nowMs, setTimer, keepsAlive: true, onWake: backlog.spill });
  const throttleAt = createWakeUp({ nowMs, setTimer, keepsAlive: false, onWake: releaseTicks });
  const room = createRoom({
    setTimer,
    limitMs: ROOM_MS,
    isWanted: () => isCrowded() && !sender.isFailing() && !closed,
  });

  const isIdle = () => backlog.isEmpty() && ticks.dueCount() === 0;
  const isCrowded = () => queue.size() >= capacity / 2;

  function onFailing(): void {
    room.check();
    backlog.spill();
  }

  function onKeyRefused(error: PlayheadError): void {
    waiters.giveUp();
    options.onKeyRefused(error);
  }

  function schedule(): void {
    if (inFlight || isIdle() || closed) return;
    flushAt.set(nowMs() + (queue.size() >= BATCH_RECORDS ? 0 : flushMs));
  }

  /** Ticks alone leave at once: nothing comes with them, and a timer would cost as much as to send them. */
  const mayTicksLeave = () => !inFlight && backlog.isEmpty() && nowMs() - sentMs >= flushMs;

  function scheduleTick(): void {
    if (!mayTicksLeave()) schedule();
    // Not on the stack of the user's code, and with all that it says in one go: the first of them sees to that.
    else if (ticks.dueCount() === 1) queueMicrotask(() => void pump());
  }

  function releaseTicks(): void {
    ticks.releaseDue(nowMs());
    if (mayTicksLeave()) void pump();
    else schedule();
    const nextMs = ticks.nextDueMs();
    if (nextMs !== Number.POSITIVE_INFINITY) throttleAt.set(nextMs);
  }

  function takeCalls(): void {
    if (closed) return;
    if (calls.drain()) drainAt.set(nowMs());
    scheduleAll();
  }

  function scheduleAll(): void {
    schedule();
    if (spool !== null && backlog.isSpilling()) spillAt.set(nowMs() + SPILL_MS);
  }

  /** Sends batch after batch, until little is left. */
  async function pump(): Promise<void> {
    if (inFlight || closed) return;
    inFlight = true;
    do {
      await sendBatch();
    } while (!closed && (isMuchWaiting() || (waiters.areWaiting() && !isIdle())));
    inFlight = false;
    schedule();
  }

  const isMuchWaiting = () => queue.size() >= BATCH_RECORDS || backlog.isOnDisk();

  async function sendBatch(): Promise<void> {
    const next = backlog.next();
    const facts = next instanceof Promise ? await next : next;
    // What waits behind a fact that does not fit in this batch has to stay behind it.
    const upTo = backlog.isEmpty() ? lastN : (facts.at(-1)?.n ?? 0);
    const due = ticks.takeUpTo(upTo);
    if (onRecorded !== undefined) for (const tick of due) onRecorded(tick.record);
    const records = mergeInOrder(facts, due);
    if (records.length === 0) return;
    sentMs = nowMs();
    const serial = waiters.batchLeaves();
    const delivery = await sender.deliver({ source, records });
    if (delivery.outcome !== "abandoned") await backlog.settle();
    const mayHaveFacts = (facts[0]?.n ?? Number.POSITIVE_INFINITY) <= lastFactN;
    if (delivery.outcome === "acknowledged") {
      pace.answered(delivery.ack);
      options.onAck(records, delivery.ack, mayHaveFacts);
    }
    if (delivery.outcome === "rejected") {
      lost += facts.length;
      options.onRejected(records, delivery.error);
    }
    waiters.batchSettled(serial, upTo, delivery.outcome === "acknowledged");
    if (!drops.isEmpty() && !isCrowded() && delivery.outcome === "acknowledged") drops.jobIds().forEach(reportDrops);
    room.check();
  }

  function reportDrops(jobId: Loser): void {
    const data = drops.takeReport(jobId);
    if (data === null) return;
    const line = data as unknown as LogRecordData;
    const about = jobId === null ? {} : { job_id: jobId };
    add({ type: "log", ts: isoTime(nowMs()), ...about, data: line, n: nextNumber() }, "job");
  }

  const stamp = (report: Report): EventRecord => ({ ts: isoTime(nowMs()), ...report });

  function nextNumber(): number {
    lastN += 1;
    return lastN;
  }

  function record(report: Report, importance: Importance): boolean {
    if (closed) return false;
    lastFactN = nextNumber();
    return add({ ...report, ts: isoTime(nowMs()), n: lastFactN }, importance);
  }

  function keep(record: NumberedRecord, importance: Importance): boolean {
    const taken = queue.add(record, importance);
    if (taken) onRecorded?.(record);
    return taken;
  }

  function add(record: NumberedRecord, importance: Importance): boolean {
    if (closed) return false;
    const taken = keep(record, importance);
    scheduleAll();
    return taken;
  }

  function takeAllCalls(): void {
    while (calls.drain()) {
      // A portion at a time; whoever flushes waits for all of them.
    }
    calls.sendTotals();
  }

  async function flush(timeoutMs: number): Promise<boolean> {
    ticks.releaseDue(Number.POSITIVE_INFINITY);
    if (!closed) takeAllCalls();
    if (closed || (isIdle() && !inFlight)) return isIdle() && !inFlight;
    const done = waiters.wait(lastN, isIdle());
    const stopTimer = setTimer(done.giveUp, timeoutMs, true);
    flushAt.set(nowMs());
    sender.hurry();
    const delivered = await done.settled;
    stopTimer();
    return delivered;
  }

  async function closeOnce(timeoutMs: number): Promise<Closed> {
    const startedMs = nowMs();
    let isDelivered = await flush(timeoutMs);
    // What had to wait for room comes behind what was flushed: sums of calls, and word of what was lost.
    if (isDelivered) isDelivered = await flush(Math.max(0, startedMs + timeoutMs - nowMs()));
    closed = true;
    sender.abandon();
    for (const wakeUp of [flushAt, spillAt, throttleAt, drainAt]) wakeUp.clear();
    room.check();
    const { isAllThere, count } = await backlog.leave();
    return { isDelivered, onDisk: count, isSomeLost: !isAllThere };
  }

  return {
    nowMs,
    record,
    observe(observation, importance) {
      if (closed) return;
      // It is nobody else's: to copy it would cost as much as to make it.
      const numbered = observation as Writable<NumberedRecord>;
      numbered.n = nextNumber();
      add(numbered, importance);
    },
    observeCalls(observations) {
      if (closed) return;
      const numbered = observations as Writable<NumberedRecord>[];
      for (const each of numbered) each.n = nextNumber();
      if (!queue.addCalls(numbered)) for (const each of numbered) keep(each, "execution");
      else if (onRecorded !== undefined) for (const each of numbered) onRecorded(each);
    },
    callsWait: (isCrowd) => drainAt.set(nowMs() + (isCrowd ? 0 : flushMs)),
    stamp,
    reportDrops,
    lost: () => lost,
    flush,
    tick(slot) {
      if (slot.isWaiting || closed) return;
      if (ticks.offer(slot, nowMs())) scheduleTick();
      else throttleAt.set(ticks.nextDueMs());
    },
    settleTick(slot, fate) {
      if (fate === "send") ticks.release(slot, nowMs());
      else ticks.dropWaiting(slot);
    },
    dropTick: (slot) => ticks.drop(slot),
    hurry() {
      if (!inFlight && !isIdle()) flushAt.set(nowMs());
    },
    room: room.wait,
    close(timeoutMs) {
      closing ??= closeOnce(timeoutMs);
      return closing;
    },
  };
}
