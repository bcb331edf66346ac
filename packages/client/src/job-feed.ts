import {
  type ErrorBody,
  type EventFrame,
  type EventOf,
  foldAll,
  isEventType,
  type Job,
  type JobSnapshot,
  jobFromSnapshot,
  type Position,
  positionOf,
  type ServerFrame,
} from "@playhead/core";
import { clockOffsetMs } from "./clock-offset.ts";

/** What a client knows of one job it follows, and how it stands to the server's history of it. */
export interface JobFeed {
  readonly job: Job | null;
  /** The history that the job's numbers count in; null when it cannot be continued, so that a snapshot is needed. */
  readonly epoch: string | null;
  /** How many tasks the job has in all; a snapshot of a large one holds the open and the newest only. */
  readonly tasksTotal: number;
  /** Whether the server's answer to the last subscription came; what came before it belongs to an older one. */
  readonly joined: boolean;
  /** Whether all that was missed has come, so that what is shown is now. */
  readonly live: boolean;
  /** Why there is no job to show: the server's answer, such as `not_found`. */
  readonly error: ErrorBody | null;
  /** How far this machine's clock is ahead of the server's; null while nothing tells. */
  readonly clockOffsetMs: number | null;
  /** When something about the job came last. */
  readonly heardAtMs: number | null;
  /** Where the server stood when it last told us that we were behind. */
  readonly behind: readonly [seq: number, tick: number] | null;
}

/** What a batch of frames comes to. */
export interface JobFeedStep {
  readonly feed: JobFeed;
  /** What had not been known, in order. What a snapshot stands for is not in it. */
  readonly events: readonly EventOf[];
  /** Something was lost: subscribe again. With the feed's epoch gone, the server answers with a snapshot. */
  readonly renew: boolean;
}

/** A feed before anything came. */
export const EMPTY_FEED: JobFeed = {
  job: null,
  epoch: null,
  tasksTotal: 0,
  joined: false,
  live: false,
  error: null,
  clockOffsetMs: null,
  heardAtMs: null,
  behind: null,
};

/** Where to go on from; undefined when only a snapshot will do. */
export function resumePoint({ job, epoch }: JobFeed): Position | undefined {
  return job === null || epoch === null ? undefined : { epoch, seq: job.seq, tick: job.tick };
}

/** The feed that has just asked the server (again) and waits for its answer. */
export function rejoining(feed: JobFeed): JobFeed {
  return { ...feed, joined: false, live: false };
}

/** Takes in frames of one job, in order. Pure; a feed that nothing changes keeps its reference. */
export function receiveFrames(start: JobFeed, frames: readonly ServerFrame[], nowMs: number): JobFeedStep {
  let feed = start;
  let renew = false;
  const news: EventFrame[] = [];
  let events: EventFrame[] = [];

  const foldEvents = () => {
    if (events.length > 0 && !renew) {
      const folded = foldEventFrames(feed, events, nowMs);
      if (folded !== null) news.push(...newEvents(feed, folded, events));
      feed = folded ?? { ...feed, epoch: null };
      renew = folded === null;
    }
    events = [];
  };

  for (const frame of frames) {
    if (isEventFrame(frame)) {
      events.push(frame);
      continue;
    }
    foldEvents();
    if (renew) break;
    switch (frame.type) {
      case "subscribed":
        feed = joinFeed(feed, frame.data, nowMs);
        break;
      case "snapshot":
        feed = replaceJob(feed, frame.data, frame.epoch, nowMs);
        break;
      case "live":
        feed = { ...feed, live: true, heardAtMs: nowMs };
        break;
      case "heads": {
        const head = frame.data.jobs[feed.job?.job_id ?? ""];
        if (head === undefined || !feed.live) break;
        const checked = checkHead(feed, frame.data.epoch, head);
        feed = checked.feed;
        renew = checked.renew;
        break;
      }
      case "error":
        feed = { ...feed, joined: true, live: false, error: frame.data };
        break;
      // A reset announces the snapshot that follows it.
    }
  }
  foldEvents();
  // docs/events.md is what a server promises of their data.
  return { feed, events: news as readonly EventOf[], renew };
}

function isEventFrame(frame: ServerFrame): frame is EventFrame {
  return isEventType(frame.type);
}

/** Those of the events that a fold took in. */
function newEvents(before: JobFeed, after: JobFeed, events: readonly EventFrame[]): readonly EventFrame[] {
  if (before.job === null || before.job === after.job) return [];
  let { seq, tick } = before.job;
  return events.filter((event) => {
    if (positionOf({ seq, tick }, event) !== "next") return false;
    if (event.tick === undefined) seq = event.seq;
    else tick = event.tick;
    return true;
  });
}

/** The feed after events, or null when one stands behind a gap or in another history. */
function foldEventFrames(feed: JobFeed, events: readonly EventFrame[], nowMs: number): JobFeed | null {
  const { epoch, job: before } = feed;
  // Before the server's answer, what comes is of the subscription before, and the answer covers it.
  if (!feed.joined || before === null) return feed;
  if (events.some((event) => event.epoch !== epoch)) return null;
  const after = foldAll(before, events);
  if (events.some((event) => positionOf(after, event) === "gap")) return null;
  return {
    ...feed,
    job: after,
    tasksTotal: feed.tasksTotal + after.tasks.size - before.tasks.size,
    // What is replayed is old, and tells nothing about clocks.
    clockOffsetMs: feed.live ? clockOffsetMs(feed.clockOffsetMs, events, nowMs) : feed.clockOffsetMs,
    heardAtMs: nowMs,
  };
}

function joinFeed(
  feed: JobFeed,
  answer: { readonly epoch: string; readonly snapshot: JobSnapshot | null },
  nowMs: number,
): JobFeed {
  const joined: JobFeed = { ...feed, joined: true, error: null };
  return answer.snapshot === null ? joined : replaceJob(joined, answer.snapshot, answer.epoch, nowMs);
}

function replaceJob(feed: JobFeed, snapshot: JobSnapshot, epoch: string, nowMs: number): JobFeed {
  const job = jobFromSnapshot(snapshot);
  return {
    ...feed,
    job,
    epoch,
    tasksTotal: snapshot.tasks_total,
    joined: true,
    error: null,
    heardAtMs: nowMs,
    behind: null,
  };
}

/**
 * Compares with where the server says that the job stands. What it has just sent may still be under way, so being behind
 * once means to ask for what is missing, and still being behind that same point the next time, to start afresh.
 */
function checkHead(
  feed: JobFeed,
  epoch: string,
  head: readonly [seq: number, tick: number],
): { readonly feed: JobFeed; readonly renew: boolean } {
  const { job, behind } = feed;
  if (job === null) return { feed, renew: false };
  if (epoch !== feed.epoch) return { feed: { ...feed, epoch: null }, renew: true };
  const isBehind = ([seq, tick]: readonly [number, number]) => job.seq < seq || job.tick < tick;
  if (behind !== null && isBehind(behind)) return { feed: { ...feed, epoch: null, behind: null }, renew: true };
  if (!isBehind(head)) return { feed: behind === null ? feed : { ...feed, behind: null }, renew: false };
  return { feed: { ...feed, behind: head }, renew: job.seq < head[0] };
}
