import { isFinalJobState, JOB_TRANSITIONS, type JobProgress, type JobState, PlayheadError } from "@playhead/core";
import { messageOf } from "../cleaned-error.ts";
import type { Playhead } from "../playhead.ts";
import { type SetTimer, setSystemTimer } from "../timer.ts";
import { type Warn, warnOnStderr } from "../warnings.ts";
import { createMonitoredJob, type ItemCounts, type MonitoredJob, type VideoUpdate } from "./monitored-job.ts";

export type { VideoUpdate } from "./monitored-job.ts";

/** Hears that a job goes from one state to another. */
export type StateChangeHandler = (
  jobId: string,
  priorState: JobState,
  newState: JobState,
  reason: string | null,
) => void;

/** Hears how far a job is. */
export type ProgressHandler = (jobId: string, progress: JobProgress) => void;

/** A job as it is registered; the fields of seed 003's job, of which all but the counts may be missing. */
export interface JobData extends ItemCounts {
  readonly state?: JobState;
  readonly kind?: string;
  readonly title?: string;
  readonly user_id?: string;
  /** How many videos the job is to deliver. */
  readonly items_total?: number;
  /** Their ids, as far as they are known: viewers see a video under its own id only when it is named here. */
  readonly videos?: readonly string[];
  readonly processing_deadline_ms?: number;
  readonly rate_limited?: boolean;
}

/** What a {@link ProgressMonitor} reports through. */
export interface ProgressMonitorOptions {
  readonly playhead: Playhead;
  /** How often handlers hear of progress, and of what people did elsewhere. @defaultValue 250 */
  readonly intervalMs?: number;
  /** Receives what a handler throws, as a line. @defaultValue writes it to stderr */
  readonly warn?: Warn;
  readonly nowMs?: () => number;
  readonly setTimer?: SetTimer;
}

interface Watched {
  readonly job: MonitoredJob;
  /** As handlers know it. */
  state: JobState;
  /** The progress that handlers heard of last, as text. */
  told: string;
}

const INTERVAL_MS = 250;
/** What changes by itself as time goes by is no news. */
const CLOCKED: ReadonlySet<string> = new Set([
  "eta_ms",
  "eta_low_ms",
  "eta_high_ms",
  "estimated_completion",
  "items_per_minute",
]);
/** The states through which a job passes to its end; whoever reports the end need not report them. */
const GATES: Readonly<Partial<Record<JobState, JobState>>> = { completed: "completing", canceled: "canceling" };
const WITHOUT_CLOCK = (name: string, value: unknown) => (CLOCKED.has(name) ? undefined : value);

/**
 * The `ProgressMonitor` of seed 003 (bulk generation) on the sdk: jobs with videos, handlers for what happens to them.
 * Sockets, storage, ETA for viewers and the Supabase mirror are the server's; what handlers hear is this worker's view.
 */
export class ProgressMonitor {
  readonly #options: Required<Omit<ProgressMonitorOptions, "playhead">> & { readonly playhead: Playhead };
  readonly #jobs = new Map<string, Watched>();
  readonly #stateHandlers = new Set<StateChangeHandler>();
  readonly #progressHandlers = new Set<ProgressHandler>();
  #stopTimer: (() => void) | null = null;

  constructor(options: ProgressMonitorOptions) {
    this.#options = {
      intervalMs: INTERVAL_MS,
      warn: warnOnStderr,
      nowMs: Date.now,
      setTimer: setSystemTimer,
      ...options,
    };
  }

  /** Announces a job with its videos. @throws PlayheadError `conflict` when this id is registered and has not ended */
  registerJob(jobId: string, data: JobData = {}): void {
    const known = this.#jobs.get(jobId);
    if (known !== undefined && !isFinalJobState(known.state)) {
      throw new PlayheadError("conflict", `job ${jobId} is registered already`, { detail: { state: known.state } });
    }
    const { kind = "bulk", title, user_id, processing_deadline_ms, items_total = 0, videos = [] } = data;
    const { playhead, nowMs } = this.#options;
    const handle = playhead.job({
      id: jobId,
      kind,
      ...(title !== undefined && { title }),
      ...(user_id !== undefined && { user_id }),
      ...(processing_deadline_ms !== undefined && { processing_deadline_ms }),
    });
    const job = createMonitoredJob(handle, { videoIds: videos, itemsTotal: items_total, nowMs });
    this.#jobs.set(jobId, { job, state: "pending", told: "" });
    if (data.rate_limited === true) job.setRateLimited(true);
    if (data.state !== undefined && data.state !== "pending") this.updateJobState(jobId, data.state);
    job.count(data);
  }

  /**
   * Takes a job to another state, and tells the handlers. Does nothing when it is in that state already.
   *
   * @param error what a failed job failed with
   * @throws PlayheadError `conflict` where the table of SPEC §2 does not allow it, `not_found` for a job that is not registered
   */
  updateJobState(jobId: string, newState: JobState, reason: string | null = null, error?: unknown): void {
    const watched = this.#find(jobId);
    this.#look(jobId, watched);
    const { state, job } = watched;
    if (state === newState) return;
    const gate = GATES[newState];
    if (gate !== undefined && JOB_TRANSITIONS[state][gate]) {
      this.updateJobState(jobId, gate, reason);
    } else if (!JOB_TRANSITIONS[state][newState]) {
      throw new PlayheadError("conflict", `job ${jobId} cannot go from ${state} to ${newState}`, { detail: { state } });
    }
    enter(job, newState, reason, error);
    this.#changeState(jobId, watched, newState, reason);
  }

  /** Says how many videos are done by now, and whether a limit of someone else's holds the job up. */
  updateJobProgress(jobId: string, progress: ItemCounts & { readonly rate_limited?: boolean }): void {
    const { job } = this.#find(jobId);
    if (progress.rate_limited !== undefined) job.setRateLimited(progress.rate_limited);
    job.count(progress);
  }

  /** Says how far a video is. A name that is new takes the place of a video without one, or adds to the total. */
  updateVideoProgress(jobId: string, videoId: string, update: VideoUpdate): void {
    this.#find(jobId).job.updateVideo(videoId, update);
  }

  /** Whether a job waits for someone else's limit. False for a job that is not registered. */
  isRateLimited(jobId: string): boolean {
    return this.#jobs.get(jobId)?.job.isRateLimited() ?? false;
  }

  addStateChangeHandler(handler: StateChangeHandler): void {
    this.#stateHandlers.add(handler);
  }

  addProgressHandler(handler: ProgressHandler): void {
    this.#progressHandlers.add(handler);
  }

  /** Tells the handlers from now on of progress, and of what was asked elsewhere: a pause, a cancel. */
  startMonitoring(): void {
    const { setTimer, intervalMs } = this.#options;
    if (this.#stopTimer !== null) return;
    const turn = () => {
      this.#stopTimer = setTimer(turn, intervalMs, false);
      for (const [jobId, watched] of this.#jobs) this.#look(jobId, watched);
    };
    this.#stopTimer = setTimer(turn, intervalMs, false);
  }

  /** Tells what is new once more, then nothing. The jobs go on. */
  stopMonitoring(): void {
    if (this.#stopTimer === null) return;
    for (const [jobId, watched] of this.#jobs) this.#look(jobId, watched);
    this.#stopTimer?.();
    this.#stopTimer = null;
  }

  #find(jobId: string): Watched {
    const watched = this.#jobs.get(jobId);
    if (watched === undefined) throw new PlayheadError("not_found", `job ${jobId} is not registered`);
    return watched;
  }

  /** Compares a job with what handlers know of it. */
  #look(jobId: string, watched: Watched): void {
    const { handle } = watched.job;
    // The states on the way to an end are the server's: the worker goes straight there.
    const isOnItsWay = watched.state === "completing" && handle.state === "running";
    if (handle.state !== watched.state && !isOnItsWay) this.#changeState(jobId, watched, handle.state, null);
    if (this.#stopTimer === null) return;
    const progress = watched.job.progress();
    const told = JSON.stringify(progress, WITHOUT_CLOCK);
    if (told === watched.told) return;
    watched.told = told;
    this.#tell(this.#progressHandlers, (handler) => handler(jobId, progress));
  }

  #changeState(jobId: string, watched: Watched, newState: JobState, reason: string | null): void {
    const { state } = watched;
    watched.state = newState;
    this.#tell(this.#stateHandlers, (handler) => handler(jobId, state, newState, reason));
    if (!isFinalJobState(newState)) return;
    this.#jobs.delete(jobId);
    const progress = watched.job.progress();
    this.#tell(this.#progressHandlers, (handler) => handler(jobId, progress));
  }

  /** One handler that throws harms neither the job nor the others. */
  #tell<Handler>(handlers: ReadonlySet<Handler>, call: (handler: Handler) => void): void {
    for (const handler of handlers) {
      try {
        call(handler);
      } catch (error) {
        this.#options.warn(`a handler of the ProgressMonitor threw: ${messageOf(error)}`);
      }
    }
  }
}

function enter({ handle }: MonitoredJob, state: JobState, reason: string | null, error: unknown): void {
  switch (state) {
    case "running":
      if (handle.state === "pending") handle.start();
      else handle.resume();
      break;
    case "pausing":
      handle.pause(reason ?? undefined);
      break;
    case "paused":
      // Who says so stands still: that is what a checkpoint is.
      handle.checkpoint().catch(() => undefined);
      break;
    case "canceling":
    case "canceled":
      handle.cancel(reason ?? undefined);
      break;
    case "completed":
      handle.complete();
      break;
    case "failed":
      handle.fail(error ?? new Error(reason ?? "the job failed"));
      break;
    default:
      // `completing` is a moment on the way, which the server adds by itself; `pending` leads nowhere.
      break;
  }
}
