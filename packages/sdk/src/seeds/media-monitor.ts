import type { JobHandle, TaskHandle } from "../handles.ts";
import { copyAsJsonObject } from "../json-copy.ts";
import type { Playhead } from "../playhead.ts";

/** The stages of seed 004, in their order. */
export const ProcessingStage = {
  UPLOAD: "upload",
  ANALYSIS: "analysis",
  PREPARATION: "preparation",
  MERGING: "merging",
  COMPRESSION: "compression",
  STORAGE_UPLOAD: "storage_upload",
  CLEANUP: "cleanup",
} as const;
/** One of {@link ProcessingStage}. */
export type ProcessingStage = (typeof ProcessingStage)[keyof typeof ProcessingStage];

/** What a {@link MediaMonitor} reports through. */
export interface MediaMonitorOptions {
  readonly playhead: Pick<Playhead, "job">;
  /** The kind of the jobs. @defaultValue "merge" */
  readonly kind?: string;
  /** The stage whose end ends the session. @defaultValue `cleanup` */
  readonly lastStage?: string;
}

export interface StartProcessing {
  readonly session_id: string;
  readonly user_id?: string;
  /** One of {@link ProcessingStage}, or a word of your own. */
  readonly stage: string;
}

export interface CompleteProcessing {
  readonly session_id: string;
  readonly stage: string;
  /** @defaultValue true */
  readonly success?: boolean;
  readonly file_size_bytes?: number;
  readonly video_count?: number;
  /** Why it did not succeed. */
  readonly error?: unknown;
}

export interface ProcessingError {
  readonly session_id: string;
  readonly user_id?: string;
  readonly stage: string;
  readonly error: unknown;
  /** Whatever else is known, for the log. */
  readonly context?: Readonly<Record<string, unknown>>;
}

/** A session that goes on: its job, and the stages that are at work. */
interface Session {
  readonly job: JobHandle;
  readonly stages: Map<string, TaskHandle>;
  /** How often each stage was begun. */
  readonly begun: Map<string, number>;
  readonly attempt: number;
}

/** So many sessions that ended are remembered, so that what is said of them late does not begin them anew. */
const MAX_ENDED = 1_000;

/**
 * The `media_monitor` of seed 004 on the sdk: a session is a job, each stage a task of it. A stage that fails fails its
 * session, but for the cleanup; whoever then begins a stage of that session tries it again, as a new job. Nothing throws.
 */
export class MediaMonitor {
  readonly #playhead: Pick<Playhead, "job">;
  readonly #kind: string;
  readonly #lastStage: string;
  readonly #sessions = new Map<string, Session>();

  constructor({ playhead, kind = "merge", lastStage = ProcessingStage.CLEANUP }: MediaMonitorOptions) {
    this.#playhead = playhead;
    this.#kind = kind;
    this.#lastStage = lastStage;
  }

  /** Work on a stage begins; with the first of a session, the session does. */
  startProcessing({ session_id, user_id, stage }: StartProcessing): void {
    const known = this.#sessions.get(session_id);
    if (known !== undefined && isOpen(known)) this.#begin(known, stage);
    // To clean up after a failure is no new try.
    else if (known === undefined || stage !== ProcessingStage.CLEANUP) {
      this.#begin(this.#open(session_id, user_id, known), stage);
    }
  }

  /** A stage has ended, well or not. */
  completeProcessing(end: CompleteProcessing): void {
    const { session_id, stage, success = true, file_size_bytes, video_count } = end;
    const session = this.#sessions.get(session_id);
    if (session === undefined || !isOpen(session)) return;
    const told = copyAsJsonObject({ file_size_bytes, video_count }) ?? {};
    if (success) {
      this.#stage(session, stage).complete(told);
      session.stages.delete(stage);
      if (stage === this.#lastStage) session.job.complete(told);
    } else this.#fail(session, stage, end.error ?? new Error(`${titleOf(stage)} failed`));
  }

  /** A stage has failed; what is known of it is written into the log. */
  logProcessingError({ session_id, user_id, stage, error, context }: ProcessingError): void {
    const known = this.#sessions.get(session_id);
    if (known !== undefined && !isOpen(known)) return;
    const session = known ?? this.#open(session_id, user_id, undefined);
    const message = error instanceof Error ? error.message : String(error);
    this.#stage(session, stage).log.error(message, copyAsJsonObject({ stage, ...context }) ?? {});
    this.#fail(session, stage, error);
  }

  /** The session's job as it was begun last; undefined for one that was never begun, or is long over. */
  handle(sessionId: string): JobHandle | undefined {
    return this.#sessions.get(sessionId)?.job;
  }

  #fail(session: Session, stage: string, error: unknown): void {
    const failure = typeof error === "string" ? new Error(error) : error;
    this.#stage(session, stage).fail(failure);
    session.stages.delete(stage);
    // What is left behind spoils nothing that was made.
    if (stage !== ProcessingStage.CLEANUP) session.job.fail(failure);
    else if (stage === this.#lastStage) session.job.complete();
  }

  #stage(session: Session, stage: string): TaskHandle {
    return session.stages.get(stage) ?? this.#begin(session, stage);
  }

  #begin({ job, stages, begun }: Session, stage: string): TaskHandle {
    const open = stages.get(stage);
    if (open !== undefined) return open;
    const times = (begun.get(stage) ?? 0) + 1;
    begun.set(stage, times);
    const id = times === 1 ? stage : `${stage}-${times}`;
    const task = job.create({ kind: "stage", id, title: titleOf(stage), fields: { stage } });
    task.start();
    stages.set(stage, task);
    return task;
  }

  #open(sessionId: string, userId: string | undefined, before: Session | undefined): Session {
    const attempt = (before?.attempt ?? 0) + 1;
    const job = this.#playhead.job({
      id: attempt === 1 ? sessionId : `${sessionId}-${attempt}`,
      kind: this.#kind,
      title: sessionId,
      ...(userId !== undefined && { user_id: userId }),
      ...(before !== undefined && { retry_of: before.job.job_id, attempt }),
    });
    job.start();
    const session: Session = { job, stages: new Map(), begun: new Map(), attempt };
    // The one that was begun last is last.
    this.#sessions.delete(sessionId);
    this.#sessions.set(sessionId, session);
    this.#forget();
    return session;
  }

  #forget(): void {
    if (this.#sessions.size <= MAX_ENDED) return;
    for (const [id, session] of this.#sessions) {
      if (isOpen(session)) continue;
      this.#sessions.delete(id);
      return;
    }
  }
}

const ENDS: ReadonlySet<string> = new Set(["completed", "failed", "canceled"]);
const isOpen = ({ job }: Session): boolean => !ENDS.has(job.state);

/** `storage_upload` as `Storage upload`. */
function titleOf(stage: string): string {
  const words = stage.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const monitors = new WeakMap<Pick<Playhead, "job">, MediaMonitor>();

/** The one {@link MediaMonitor} of a Playhead, as the seed has one for the whole program. */
export function mediaMonitor(playhead: Pick<Playhead, "job">): MediaMonitor {
  const monitor = monitors.get(playhead) ?? new MediaMonitor({ playhead });
  monitors.set(playhead, monitor);
  return monitor;
}
