import { type JobSnapshot, PlayheadError, type PlayheadEvent } from "@playhead/core";
import type { Publication } from "../bus/bus.ts";
import type { Hearing } from "../bus/listeners.ts";
import { type FrameRun, slotKey } from "./frame-run.ts";
import { type FeedSource, type JobFeedRequest, type JobStart, MAX_REPLAY } from "./job-start.ts";
import { readMissedFacts } from "./missed-facts.ts";
import { type SharedFrame, sharedFrame } from "./shared-frame.ts";

/** What a feed brings. */
export interface FeedSink {
  /** A fact (without a slot) or a tick, and where a client stands that has it. */
  readonly event: (frame: SharedFrame, slot: string | null, seq: number, tick: number) => void;
  /** Takes several at once that are all new to the client; where this is missing they come one by one. */
  readonly runs?: { pushRun(run: FrameRun): void };
  /** A line of the job's log, for who wants them. */
  readonly line?: (frame: SharedFrame) => void;
  /** Something was missed that is not to be had: the client has to begin anew. */
  readonly lost: (error: unknown) => void;
}

export interface JobFeed {
  /** Whether what was missed is sent; else the snapshot replaces what the client had. */
  readonly recovered: boolean;
  readonly snapshot: JobSnapshot | null;
  /** Sends what was missed, and from then on what happens. */
  start(): void;
  /** What the client has been sent. */
  position(): readonly [seq: number, tick: number];
  /** Reads what the bus may have lost: what is behind now and was so at the last check. */
  check(): void;
  close(): void;
}

/** More than this cannot have happened while a snapshot was read, unless something hangs. */
const MAX_WAITING = 20_000;

interface Waiting {
  readonly publication: Publication;
  readonly frame: SharedFrame;
}

/**
 * Follows one job for one client: what happens while the snapshot or the missed facts are read is kept and merged by
 * number, so that every fact comes once, in order, and none before it is stored. A fact that the bus lost shows as a gap,
 * or at the next check; it is read from the store.
 *
 * @throws PlayheadError `not_found` for no job, and for another tenant's.
 */
export async function openJobFeed(source: FeedSource, request: JobFeedRequest, sink: FeedSink): Promise<JobFeed> {
  const { jobId, since } = request;
  const follower = new JobFollower(source, jobId, sink);
  try {
    const { start, missed } = await readStart(source, request);
    follower.placeAt(start.seq, start.tick);
    let toSend: readonly PlayheadEvent[] | null = missed;
    let ticks = start.ticks;
    return {
      recovered: start.snapshot === null,
      snapshot: start.snapshot,
      start() {
        follower.begin(toSend ?? [], ticks, since !== null && "tick" in since ? since.tick : 0);
        toSend = null;
        ticks = [];
      },
      position: () => follower.position(),
      check: () => follower.check(),
      close: () => follower.close(),
    };
  } catch (error) {
    follower.close();
    throw error;
  }
}

async function readStart(
  source: FeedSource,
  request: JobFeedRequest,
): Promise<{ readonly start: JobStart; readonly missed: readonly PlayheadEvent[] }> {
  const { jobId, since } = request;
  const start = await source.findStart(request);
  if (start.snapshot !== null || since === null) return { start, missed: [] };
  const missed = await readMissedFacts(source.store, jobId, since, start.seq);
  if (missed !== null) return { start, missed };
  return { start: await source.findStart({ ...request, since: null }), missed: [] };
}

/** A class, since there is one for each client and job: functions of its own would be most of what it weighs. */
class JobFollower implements Hearing<FrameRun> {
  readonly #source: FeedSource;
  readonly #jobId: string;
  readonly #sink: FeedSink;
  readonly #runs: FeedSink["runs"];
  readonly #unsubscribe: () => void;
  /** What came while something is read; null when nothing is. */
  #waiting: Waiting[] | null = [];
  #closed = false;
  #seq = 0;
  #tick = 0;
  #seqAtCheck = -1;

  constructor(source: FeedSource, jobId: string, sink: FeedSink) {
    this.#source = source;
    this.#jobId = jobId;
    this.#sink = sink;
    this.#runs = sink.runs;
    // Before anything is read: what is not in what is read comes this way.
    this.#unsubscribe = source.channels.subscribe(jobId, this);
  }

  /** @throws PlayheadError `service_unavailable` when too much happened while the start was read */
  placeAt(seq: number, tick: number): void {
    if (this.#waiting !== null && this.#waiting.length >= MAX_WAITING)
      throw new PlayheadError("service_unavailable", `job ${this.#jobId} could not be read in time`);
    this.#seq = seq;
    this.#tick = tick;
  }

  /** @param tick where a client stands that has none of `ticks` */
  begin(missed: readonly PlayheadEvent[], ticks: readonly SharedFrame[], tick: number): void {
    for (const event of missed) this.#sink.event(this.#frameOf(event), null, event.seq, tick);
    // Who has only some of them has not come to where they stand.
    for (const each of ticks) this.#sink.event(each, null, this.#seq, each === ticks.at(-1) ? this.#tick : tick);
    this.#passWaiting();
  }

  position(): readonly [seq: number, tick: number] {
    return [this.#seq, this.#tick];
  }

  check(): void {
    const head = this.#source.headOf(this.#jobId);
    if (head > this.#seq && this.#seqAtCheck === this.#seq && this.#waiting === null) {
      this.#waiting = [];
      void this.#repair();
    }
    this.#seqAtCheck = this.#seq;
  }

  close(): void {
    this.#closed = true;
    this.#unsubscribe();
  }

  hear(run: FrameRun): void {
    if (this.#waiting === null && this.#passWhole(run)) return;
    for (const [index, publication] of run.publications.entries()) {
      this.#receiveOne({ publication, frame: run.frames[index] as SharedFrame });
    }
  }

  #receiveOne(each: Waiting): void {
    if (this.#waiting === null) this.#pass(each);
    else if (this.#waiting.length < MAX_WAITING) this.#waiting.push(each);
  }

  /** @returns whether all of it is new, and was passed on */
  #passWhole(run: FrameRun): boolean {
    const { fits } = run;
    if (fits === null || this.#runs === undefined) return false;
    if (fits.hasFacts ? fits.after !== this.#seq : fits.after > this.#seq) return false;
    if (fits.lastTick > 0 && fits.firstTick <= this.#tick) return false;
    if (fits.hasFacts) this.#seq = fits.seq;
    if (fits.lastTick > 0) this.#tick = fits.lastTick;
    this.#runs.pushRun(run);
    return true;
  }

  #pass({ publication, frame }: Waiting): void {
    const { seq, tick, content } = publication;
    if ("log_id" in content) return this.#sink.line?.(frame);
    if (seq > this.#seq + (tick === undefined ? 1 : 0)) {
      this.#waiting = [{ publication, frame }];
      return void this.#repair();
    }
    if (tick === undefined) {
      if (seq <= this.#seq) return;
      this.#seq = seq;
    } else {
      if (tick <= this.#tick) return;
      this.#tick = tick;
    }
    this.#sink.event(frame, slotKey(publication), this.#seq, this.#tick);
  }

  #passFacts(facts: readonly PlayheadEvent[]): void {
    for (const fact of facts) {
      if (fact.seq <= this.#seq) continue;
      this.#seq = fact.seq;
      this.#sink.event(this.#frameOf(fact), null, this.#seq, this.#tick);
    }
  }

  #passWaiting(): void {
    const queued = this.#waiting ?? [];
    this.#waiting = null;
    // One that stands behind a gap makes the others wait again.
    for (const each of queued) this.#receiveOne(each);
  }

  /** Reads from the store what the bus did not bring. */
  async #repair(): Promise<void> {
    const first = this.#waiting?.[0]?.publication;
    const wanted = first === undefined ? this.#seq : first.tick === undefined ? first.seq - 1 : first.seq;
    try {
      const facts = await this.#source.store.readFacts(this.#jobId, this.#seq, MAX_REPLAY);
      if (this.#closed) return;
      this.#passFacts(facts);
      if (this.#seq < wanted) throw new PlayheadError("service_unavailable", `facts of job ${this.#jobId} were missed`);
      this.#passWaiting();
    } catch (error) {
      if (this.#closed) return;
      this.close();
      this.#sink.lost(error);
    }
  }

  #frameOf(event: PlayheadEvent): SharedFrame {
    return sharedFrame(JSON.stringify({ ...event, epoch: this.#source.epoch }));
  }
}
