import {
  type Artifact,
  type ControlVerb,
  type EventRecord,
  type EventType,
  type JsonObject,
  PlayheadError,
  type RefusedRecord,
  type ScrubText,
} from "@playhead/core";
import { artifactOf } from "../artifact.ts";
import { canceledError, isCancellation } from "../cleaned-error.ts";
import { contextOf, runInContext } from "../context.ts";
import { createGate } from "../control/gate.ts";
import type { JobContext, JobHandle, Maybe, WorkerJobState } from "../handles.ts";
import { shortText } from "../json-copy.ts";
import type { Lane } from "../observe/execution.ts";
import type { Observer } from "../observe/observer.ts";
import type { Recorder } from "../recorder/recorder.ts";
import { createTaskHandle } from "../task/task-handle.ts";
import type { JobScope } from "../task/task-node.ts";
import { inboundTrace } from "../traces/current-trace.ts";
import { parseTraceparent } from "../traces/traceparent.ts";
import type { Warn } from "../warnings.ts";
import { createWork } from "../work.ts";
import {
  afterRefusal,
  completedEnd,
  failedEnd,
  goesOn,
  isBegunElsewhere,
  isEndedAtServer,
  isGivenBack,
  type JobEnd,
  stoppedEnd,
  summaryOf,
} from "./job-end.ts";
import { type JobOptions, jobCreatedData, traceIdOf } from "./job-options.ts";

/** A job as the Playhead that it belongs to sees it. */
export interface OpenJob {
  readonly handle: JobHandle;
  /** Obeys the server. @returns why a command means nothing to the job as it is; null when it does, or comes too late */
  control(verb: ControlVerb, reason: string | null): string | null;
  /** @returns whether the refusal of a record of this job was to be expected, and has been dealt with */
  absorb(record: EventRecord, refused: RefusedRecord): boolean;
  /** The server has taken the job's announcement: what it says of a job of this id is said of this one. */
  taken(): void;
  /** Whether another worker runs the job. */
  isOthers(): boolean;
  /** The server has ended the job, since nothing was heard of this worker: its work is canceled. */
  abandon(): void;
}

export interface JobDeps {
  readonly recorder: Recorder;
  /** Where calls within the job are recorded; null: nowhere. */
  readonly lane: Lane | null;
  /** Takes secrets out of a text. */
  readonly scrub: ScrubText;
  readonly observer: Observer;
  /** 32 lowercase hex digits. */
  readonly randomId: () => string;
  readonly warn: Warn;
}

/** How many artifacts of its own a job's end repeats. */
const MAX_REPEATED_ARTIFACTS = 100;
/** How often the end of a job is reported anew, when it crosses a command. */
const MAX_END_REPORTS = 5;

/** What is said of a job that may be one of the server's. */
export interface GivenJobOptions extends JobOptions {
  /** The server gave it to this worker: it may have given it to another one since. */
  readonly isGiven?: boolean;
}

/** Makes a job, and announces it. */
export function createJob(
  options: GivenJobOptions,
  { recorder, lane, scrub, observer, randomId, warn }: JobDeps,
): OpenJob {
  const job_id = options.id ?? `job_${randomId().slice(0, 16)}`;
  const inbound = parseTraceparent(options.traceparent) ?? inboundTrace();
  const correlationId = traceIdOf(options.correlation_id ?? inbound?.trace_id, randomId());
  const artifacts: Artifact[] = [];
  let state: "pending" | "running" | JobEnd["type"] = "pending";
  let isInRun = false;
  let endReports = 0;
  let isOthers = false;
  /** From then on a job may be told to run that does so already. */
  let wasPaused = false;
  /** Until its announcement is taken, the server may know another job by this id, which is none of ours to obey. */
  let isKnown = options.announce === false;

  const gate = createGate(() => {
    // A callback that has just ended may be the last that was busy.
    if (state === "running") sayState("paused");
  });
  const rootFrame = gate.frames.open(null);

  function say(type: EventType, data: JsonObject): boolean {
    if (scope.isUnknown) return false;
    const trace = correlationId === null ? {} : { correlation_id: correlationId };
    return recorder.record({ type, job_id, ...trace, data }, "job");
  }

  function sayState(newState: "running" | "paused"): void {
    say("job.state_changed", { new_state: newState });
    recorder.hurry();
  }

  function start(): void {
    if (state !== "pending") return;
    state = "running";
    sayState("running");
  }

  function end({ type, data }: JobEnd): void {
    if (isEnded()) return;
    if (type === "job.completed" && gate.state() === "paused") say(goesOn().type, goesOn().data);
    state = type;
    scope.isSilent = true;
    recorder.reportDrops(job_id);
    say(type, data);
    recorder.hurry();
    gate.frames.close(rootFrame);
    options.signal?.removeEventListener("abort", onAbort);
  }

  const isEnded = () => state !== "pending" && state !== "running";

  function complete(summary: JsonObject | null): void {
    start();
    end(gate.signal.aborted ? stoppedEnd(gate.signal.reason, summary) : completedEnd(summary, artifacts));
  }

  function fail(error: unknown): void {
    if (gate.signal.aborted) end(stoppedEnd(gate.signal.reason, null));
    else end(isCancellation(error) ? stoppedEnd(error, null) : failedEnd(error));
  }

  /** @param mayEnd whether a job that is not within `run` ends with this, or its owner is waited for */
  function cancel(reason: PlayheadError, mayEnd: boolean): void {
    if (isEnded()) return;
    gate.cancel(reason);
    if (state === "pending" || (mayEnd && !isInRun)) end(stoppedEnd(gate.signal.reason, null));
  }

  function abandon(): void {
    if (isKnown) cancel(canceledError("the server has ended this job; what it still does is not taken"), true);
  }

  /** Another worker was given the job before this one could say that it runs: not a word more of it. */
  function leaveToOthers(): void {
    isOthers = true;
    scope.isUnknown = true;
    scope.isSilent = true;
    cancel(canceledError("another worker runs this job"), true);
  }

  const onAbort = () => {
    const why: unknown = options.signal?.reason;
    if (isGivenBack(why)) {
      cancel(why, false);
      return;
    }
    const words = why instanceof PlayheadError ? why.message : "canceled by the program that runs it";
    cancel(canceledError(words, why), false);
  };

  async function run<Value>(work: (context: JobContext) => Maybe<Value>): Promise<Value> {
    gate.signal.throwIfAborted();
    if (state !== "pending")
      throw new PlayheadError("conflict", `job ${job_id} was started before`, { hint: "a retry is a new job" });
    start();
    isInRun = true;
    try {
      const origin = inbound?.trace_id === correlationId ? inbound : null;
      const context = { job: handle, task: null, frame: rootFrame, lane, origin };
      const value = await runInContext(context, () => work({ signal: gate.signal, job: handle }));
      complete(summaryOf(value));
      if (shownState() === "canceled") gate.signal.throwIfAborted();
      return value;
    } catch (error) {
      fail(error);
      if (shownState() === "canceled") gate.signal.throwIfAborted();
      throw error;
    } finally {
      isInRun = false;
    }
  }

  function shownState(): WorkerJobState {
    if (state === "pending") return state;
    if (state === "running")
      return ({ open: "running", pausing: "pausing", paused: "paused", canceled: "canceling" } as const)[gate.state()];
    return state.slice("job.".length) as WorkerJobState;
  }

  const handle: JobHandle = {
    ...createWork(
      () => scope,
      null,
      gate.signal,
      () => contextOf(job_id)?.task?.task_id ?? null,
    ),
    job_id,
    kind: options.kind,
    correlation_id: correlationId ?? "",
    get state() {
      return shownState();
    },
    run,
    start,
    complete: (summary) => complete(summaryOf(summary)),
    fail,
    pause(reason = "pause requested") {
      if (state !== "running" || gate.state() !== "open") return;
      wasPaused = true;
      say("job.state_changed", { new_state: "pausing", reason: shortText(reason, 500) });
      gate.pause();
      recorder.hurry();
    },
    resume() {
      if (state !== "running" || (gate.state() !== "pausing" && gate.state() !== "paused")) return;
      sayState("running");
      gate.resume();
    },
    cancel: (reason = "canceled") => cancel(canceledError(shortText(reason, 500)), true),
    artifact(input) {
      if (isEnded()) return;
      const artifact = artifactOf(input);
      if (artifacts.length < MAX_REPEATED_ARTIFACTS) artifacts.push(artifact);
      say("job.artifact_added", { artifact: { ...artifact } });
    },
    update({ title, rate_limited, retry_after_ms, rate, processing_deadline_ms }) {
      if (isEnded()) return;
      say("job.updated", {
        ...(title !== undefined && { title: shortText(title, 500) }),
        ...(rate_limited !== undefined && { rate_limited }),
        ...(retry_after_ms !== undefined && { retry_after_ms }),
        ...(rate !== undefined && { rate: shortText(rate, 50) }),
        ...(processing_deadline_ms !== undefined && { processing_deadline_ms }),
      });
    },
  };

  const scope: JobScope = {
    job: handle,
    recorder,
    lane,
    scrub,
    observer,
    gate,
    rootFrame,
    weights: options.weights ?? {},
    handleOf: createTaskHandle,
    taskIds: new Set(),
    taskCount: 0,
    clipsDeclared: 0,
    clipsUploaded: 0,
    isUnknown: false,
    isSilent: false,
  };

  if (options.announce !== false && !say("job.created", jobCreatedData(options))) {
    scope.isUnknown = true;
    scope.isSilent = true;
    warn(`nothing can be reported of job ${job_id}: too much is waiting for the server, or this Playhead is closed`);
  }
  if (options.signal?.aborted) onAbort();
  else options.signal?.addEventListener("abort", onAbort, { once: true });

  return {
    handle,
    control(verb, reason) {
      if (verb === "pause") wasPaused = true;
      if (verb === "cancel") cancel(canceledError(shortText(reason ?? "canceled", 500)), false);
      else if (state === "running") gate[verb]();
      else if (state === "pending" && verb === "pause") return "it has not started";
      return null;
    },
    taken() {
      isKnown = true;
    },
    abandon,
    isOthers: () => isOthers,
    absorb(record, refused) {
      if (options.isGiven === true && !wasPaused && isBegunElsewhere(record, refused)) {
        leaveToOthers();
        return true;
      }
      if (isEndedAtServer(refused)) abandon();
      const instead = afterRefusal(record, refused);
      if (instead === null || endReports >= MAX_END_REPORTS) return false;
      if (instead.length > 0) endReports += 1;
      for (const { type, data } of instead) say(type, data);
      return true;
    },
  };
}
