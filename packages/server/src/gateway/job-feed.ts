import { type JobSnapshot, PlayheadError, type PlayheadEvent } from "@playhead/core";
import type { Publication } from "../bus/bus.ts";
import type { FrameRun } from "./frame-run.ts";
import { type FeedSource, findJobStart, type JobFeedRequest, type JobStart, MAX_REPLAY } from "./job-start.ts";
import { readMissedFacts } from "./missed-facts.ts";
import { type SharedFrame, sharedFrame } from "./shared-frame.ts";

/** What a feed brings. */
export interface FeedSink {
  /** A fact (without a slot) or a tick, and where a client stands that has it. */
  readonly event: (frame: SharedFrame, slot: string | null, seq: number, tick: number) => void;
  /** Several at once that are all new to the client; where this is missing they come one by one. */
  readonly run?: (run: FrameRun) => void;
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
  let waiting: Waiting[] | null = [];
  let closed = false;
  const sent = { seq: 0, tick: 0 };
  let seqAtCheck = -1;
  // Before anything is read: what is not in what is read comes this way.
  const unsubscribe = source.channels.subscribe(jobId, receive);

  function receive(run: FrameRun): void {
    if (waiting === null && passWhole(run)) return;
    for (const [index, publication] of run.publications.entries()) {
      receiveOne({ publication, frame: run.frames[index] as SharedFrame });
    }
  }

  function receiveOne(each: Waiting): void {
    if (waiting === null) pass(each);
    else if (waiting.length < MAX_WAITING) waiting.push(each);
  }

  /** @returns whether all of it is new, and was passed on */
  function passWhole(run: FrameRun): boolean {
    const { fits } = run;
    if (fits === null || sink.run === undefined) return false;
    if (fits.hasFacts ? fits.after !== sent.seq : fits.after > sent.seq) return false;
    if (fits.lastTick > 0 && fits.firstTick <= sent.tick) return false;
    if (fits.hasFacts) sent.seq = fits.seq;
    if (fits.lastTick > 0) sent.tick = fits.lastTick;
    sink.run(run);
    return true;
  }

  function close(): void {
    closed = true;
    unsubscribe();
  }

  function pass({ publication, frame }: Waiting): void {
    const { seq, tick, slot, content } = publication;
    if ("log_id" in content) return sink.line?.(frame);
    if (seq > sent.seq + (tick === undefined ? 1 : 0)) {
      waiting = [{ publication, frame }];
      return void repair();
    }
    if (tick === undefined) {
      if (seq <= sent.seq) return;
      sent.seq = seq;
    } else {
      if (tick <= sent.tick) return;
      sent.tick = tick;
    }
    sink.event(frame, slot, sent.seq, sent.tick);
  }

  function passFacts(facts: readonly PlayheadEvent[]): void {
    for (const fact of facts) {
      if (fact.seq <= sent.seq) continue;
      sent.seq = fact.seq;
      sink.event(frameOf(fact), null, sent.seq, sent.tick);
    }
  }

  function passWaiting(): void {
    const queued = waiting ?? [];
    waiting = null;
    // One that stands behind a gap makes the others wait again.
    for (const each of queued) receiveOne(each);
  }

  /** Reads from the store what the bus did not bring. */
  async function repair(): Promise<void> {
    const from = sent.seq;
    const first = waiting?.[0]?.publication;
    const wanted = first === undefined ? from : first.tick === undefined ? first.seq - 1 : first.seq;
    try {
      const facts = await source.store.readFacts(jobId, from, MAX_REPLAY);
      if (closed) return;
      passFacts(facts);
      if (sent.seq < wanted) throw new PlayheadError("service_unavailable", `facts of job ${jobId} were missed`);
      passWaiting();
    } catch (error) {
      if (closed) return;
      close();
      sink.lost(error);
    }
  }

  function frameOf(event: PlayheadEvent): SharedFrame {
    return sharedFrame(JSON.stringify({ ...event, epoch: source.epoch }));
  }

  async function begin(): Promise<{ readonly start: JobStart; readonly missed: readonly PlayheadEvent[] }> {
    const start = await findJobStart(source, request);
    if (start.snapshot !== null || since === null) return { start, missed: [] };
    const missed = await readMissedFacts(source.store, jobId, since, start.seq);
    if (missed !== null) return { start, missed };
    return { start: await findJobStart(source, { ...request, since: null }), missed: [] };
  }

  try {
    const { start, missed } = await begin();
    let toSend: { readonly ticks: readonly SharedFrame[]; readonly missed: readonly PlayheadEvent[] } | null = {
      ticks: start.ticks,
      missed,
    };
    if (waiting.length >= MAX_WAITING)
      throw new PlayheadError("service_unavailable", `job ${jobId} could not be read in time`);
    sent.seq = start.seq;
    sent.tick = start.tick;
    return {
      recovered: start.snapshot === null,
      snapshot: start.snapshot,
      start() {
        const tick = since !== null && "tick" in since ? since.tick : 0;
        for (const event of toSend?.missed ?? []) sink.event(frameOf(event), null, event.seq, tick);
        // Who has only some of them has not come to where they stand.
        const ticks = toSend?.ticks ?? [];
        for (const each of ticks) sink.event(each, null, sent.seq, each === ticks.at(-1) ? sent.tick : tick);
        toSend = null;
        passWaiting();
      },
      position: () => [sent.seq, sent.tick],
      check() {
        const head = source.peekJob(jobId)?.draft.seq ?? 0;
        if (head > sent.seq && seqAtCheck === sent.seq && waiting === null) {
          waiting = [];
          void repair();
        }
        seqAtCheck = sent.seq;
      },
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}
