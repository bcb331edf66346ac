import { randomUUID } from "node:crypto";
import { type JobSnapshot, type JsonObject, PlayheadError } from "@playhead/core";
import * as z from "zod";
import type { Api, Caller, CallerPermission } from "./api.ts";
import { type NewJob, newJob } from "./new-job.ts";
import { noSuchJob } from "./no-such-job.ts";
import { type JobAnswer, jobSnapshot } from "./schemas.ts";

/** What is answered to a creation, now and to each repetition. */
export interface CreationAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonObject;
}

export interface CreateJobDeps {
  /** @param resumedSinceMs when an earlier try began that may have done a part of it; else null */
  readonly announce: (announcement: {
    readonly tenantId: string;
    readonly jobId: string;
    readonly definition: Omit<NewJob, "job_id" | "input">;
    readonly correlationId: string;
    readonly resumedSinceMs: number | null;
  }) => Promise<void>;
  /**
   * What is kept of a new job's input, and how often it is tried.
   * @throws PlayheadError `validation_error` for an input that its kind cannot work with
   */
  readonly prepare: (tenantId: string, job: NewJob) => Promise<Pick<NewJob, "metadata" | "max_attempts">>;
  /** Whether it is a job of a known kind, with an input: one that the server gives out to be run. */
  readonly isSubmission: (job: NewJob) => boolean;
  readonly mayDo: (caller: Caller, permission: CallerPermission) => boolean;
  /** The tenant's job as it stands; null for none, and for another tenant's. */
  readonly readJob: (tenantId: string, jobId: string) => Promise<JobSnapshot | null>;
  /** Does the work of a request with a key once, however often it comes. */
  readonly answerOnce: (
    request: { readonly tenantId: string; readonly key: string; readonly body: JsonObject },
    newSubjectId: () => string,
    work: (attempt: { readonly subjectId: string; readonly resumedSinceMs: number | null }) => Promise<CreationAnswer>,
  ) => Promise<{ readonly answer: CreationAnswer; readonly replayed: boolean }>;
}

/** Announcing a job, or submitting one: who may only do the latter has somebody else run what the server knows. */
export function addCreateJobRoute(api: Api, deps: CreateJobDeps): void {
  const { announce, prepare, isSubmission, mayDo, readJob, answerOnce } = deps;

  function checkAnnouncer(caller: Caller, job: NewJob): void {
    const isPlain = job.tasks === undefined && job.videos === undefined;
    if (mayDo(caller, "report") || (isPlain && isSubmission(job))) return;
    throw new PlayheadError("forbidden", `a key of the role ${caller.role} may submit jobs, and not announce others`, {
      hint: "give a kind that the server knows (GET /api/v1/job-kinds) and an input, without tasks and videos",
    });
  }

  api.post(
    "/api/v1/jobs",
    {
      config: { permission: "submit" },
      schema: {
        summary: "Announce a job",
        description:
          "With an Idempotency-Key, a repetition within 24 h is answered as the first was, and creates nothing; the answer then has idempotency-replayed: true.",
        headers: z.object({ "idempotency-key": z.string().optional() }),
        body: newJob,
        response: { 201: jobSnapshot },
      },
    },
    async ({ id: correlationId, headers, body, tenantId, caller }, reply) => {
      checkAnnouncer(caller, body);
      const { job_id, input: _, ...rest } = body;
      const definition = { ...rest, ...(await prepare(tenantId, body)) };
      const newJobId = () => job_id ?? `job_${randomUUID().replaceAll("-", "").slice(0, 20)}`;

      async function create(jobId: string, resumedSinceMs: number | null): Promise<CreationAnswer> {
        await announce({ tenantId, jobId, definition, correlationId, resumedSinceMs });
        const job = await readJob(tenantId, jobId);
        if (job === null) throw noSuchJob(jobId);
        return { status: 201, headers: { location: `/api/v1/jobs/${jobId}` }, body: job as unknown as JsonObject };
      }

      const key = headers["idempotency-key"];
      const { answer, replayed } =
        key === undefined
          ? { answer: await create(newJobId(), null), replayed: false }
          : await answerOnce({ tenantId, key, body: body as unknown as JsonObject }, newJobId, (attempt) =>
              create(attempt.subjectId, attempt.resumedSinceMs),
            );
      if (replayed) reply.header("idempotency-replayed", "true");
      reply.status(201).headers(answer.headers);
      return answer.body as unknown as JobAnswer;
    },
  );
}
