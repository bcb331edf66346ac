import {
  applyEvent,
  type BatchAck,
  createRedaction,
  decide,
  draftOf,
  type EventRecord,
  emptyJob,
  type JsonObject,
  PlayheadError,
  parseRecord,
  redactFact,
} from "@playhead/core";

const redaction = createRedaction();

/** A piece of work that is known from the start. */
export interface AnnouncedTask {
  readonly task_id: string;
  readonly parent_id?: string | null | undefined;
  readonly kind: string;
  readonly title?: string | undefined;
  readonly weight?: number | null | undefined;
  readonly fields?: Readonly<Record<string, unknown>> | undefined;
}

/** A video that the job is to deliver. */
export interface AnnouncedVideo {
  readonly id?: string | undefined;
  readonly title?: string | undefined;
  readonly weight?: number | null | undefined;
  readonly fields?: Readonly<Record<string, unknown>> | undefined;
}

/** A job to come, as a client defines it. */
export interface JobDefinition {
  readonly kind: string;
  readonly title?: string | undefined;
  readonly user_id?: string | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  readonly processing_deadline_ms?: number | undefined;
  readonly priority?: number | undefined;
  readonly max_attempts?: number | undefined;
  readonly callback_url?: string | undefined;
  /** Parents before their children. */
  readonly tasks?: readonly AnnouncedTask[] | undefined;
  readonly videos?: readonly AnnouncedVideo[] | undefined;
}

/** One announcement. */
export interface Announcement {
  readonly tenantId: string;
  readonly jobId: string;
  readonly definition: JobDefinition;
  /** 32 lowercase hex digits. */
  readonly correlationId: string;
  /** When an earlier try at the same announcement began, which may have stored a part of it; null for the first try. */
  readonly resumedSinceMs: number | null;
}

export interface AnnouncerDeps {
  /** When the tenant's job came to be; null when there is none. */
  readonly createdMs: (tenantId: string, jobId: string) => Promise<number | null>;
  /** Stores facts of the server's own, in order. */
  readonly ingest: (tenantId: string, records: readonly EventRecord[]) => Promise<BatchAck>;
  /** Keeps an address that is to be called when the job has ended. @returns forgets it again */
  readonly keepCallback: (tenantId: string, jobId: string, url: string) => Promise<() => Promise<void>>;
  /** Notes that the job is to be tried again, should it fail. @returns takes the note away */
  readonly keepAttempts: (tenantId: string, jobId: string) => Promise<() => Promise<void>>;
  readonly nowMs: () => number;
}

/** Announces jobs with all that is known of them from the start: their tasks, their videos, whom to call at the end. */
export function createAnnouncer({ createdMs, ingest, keepCallback, keepAttempts, nowMs }: AnnouncerDeps) {
  const underWay = new Set<string>();

  /** Whether there is anything left to do for a try that goes on where another one ended. */
  async function checkFree({ tenantId, jobId, resumedSinceMs }: Announcement): Promise<void> {
    const existingMs = await createdMs(tenantId, jobId);
    const isOurs = existingMs !== null && resumedSinceMs !== null && existingMs >= resumedSinceMs;
    if (existingMs !== null && !isOurs) throw exists(jobId);
  }

  async function announce(announcement: Announcement): Promise<void> {
    const { tenantId, jobId, definition, resumedSinceMs } = announcement;
    const records = recordsOf(announcement, new Date(nowMs()).toISOString());
    rehearse(records);
    await checkFree(announcement);
    // Before the job, so that none can end without its callback, or without its next try.
    const { callback_url: callback, max_attempts: attempts = 1 } = definition;
    const forgetCallback = callback === undefined ? null : await keepCallback(tenantId, jobId, callback);
    const forgetAttempts = attempts > 1 ? await keepAttempts(tenantId, jobId) : null;
    const { refused } = await ingest(tenantId, records);
    // What an earlier try stored is refused as known.
    const fault = refused.find(({ error_code }) => resumedSinceMs === null || error_code !== "conflict");
    if (fault === undefined) return;
    if (resumedSinceMs === null) {
      await forgetCallback?.();
      await forgetAttempts?.();
    }
    throw new PlayheadError(fault.error_code, fault.error_message, { detail: fault.detail });
  }

  return {
    /**
     * Announces a job; resolves after all of it is stored.
     *
     * @throws PlayheadError `conflict` when there is such a job, `validation_error` for tasks that make no tree; then
     * nothing is stored.
     */
    async announce(announcement: Announcement): Promise<void> {
      const { jobId } = announcement;
      // Else the tasks of a second one would go to the job of the first.
      if (underWay.has(jobId)) throw exists(jobId);
      underWay.add(jobId);
      try {
        await announce(announcement);
      } finally {
        underWay.delete(jobId);
      }
    },
  };
}

/** The facts of an announcement, in order. */
function recordsOf({ jobId, definition, correlationId }: Announcement, ts: string): readonly EventRecord[] {
  const { callback_url: _, tasks = [], videos = [], ...job } = definition;
  // As a worker's own: what is attached to jobs and tasks is stored without secrets.
  const record = (type: "job.created" | "task.created" | "video.created", data: JsonObject): EventRecord =>
    parseRecord({ type, ts, job_id: jobId, correlation_id: correlationId, data: redactFact(data, redaction) });
  return [
    record("job.created", defined(job)),
    ...tasks.map((task) => record("task.created", defined(task))),
    ...videos.map((video, at) => record("video.created", videoData(video, at))),
  ];
}

function videoData({ id, title, weight, fields }: AnnouncedVideo, at: number): JsonObject {
  const videoId = id ?? `v${at + 1}`;
  const data = { task_id: videoId, id: videoId, parent_id: null, kind: "video", title, weight };
  return { ...defined(data), fields: { ...(fields as JsonObject), id: videoId } };
}

function defined(data: object): JsonObject {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined));
}

/** Takes the facts on trial, since an announcement is stored as a whole or not at all. */
function rehearse(records: readonly EventRecord[]): void {
  const job = draftOf(emptyJob(records[0]?.job_id ?? ""));
  for (const record of records) {
    for (const fact of factsOf(job.seq === 0 ? undefined : job, record)) {
      const { ts, job_id } = record;
      applyEvent(job, { ...fact, ts, job_id, seq: job.seq + 1, correlation_id: "" });
    }
  }
}

function factsOf(job: Parameters<typeof decide>[0], record: EventRecord): ReturnType<typeof decide> {
  try {
    return decide(job, record);
  } catch (error) {
    if (!(error instanceof PlayheadError)) throw error;
    // The job does not exist yet: nothing can conflict but what the announcement says itself.
    throw new PlayheadError("validation_error", error.message, { detail: error.detail, cause: error });
  }
}

function exists(jobId: string): PlayheadError {
  return new PlayheadError("conflict", `job ${jobId} exists already`, { hint: "choose another job_id" });
}
