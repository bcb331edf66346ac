import { activeMs, isFinalJobState, JOB_STATES, type JobSummary, LIVENESS } from "@playhead/core";
import * as z from "zod";
import type { Store } from "../store/store.ts";
import type { Api } from "./api.ts";
import { reading } from "./reading.ts";
import { timestamp } from "./schemas.ts";

export interface ActiveSessionsDeps {
  readonly listJobs: Store["listJobs"];
  /** Jobs as they stand by now. */
  readonly refresh: (listed: readonly JobSummary[]) => Promise<readonly JobSummary[]>;
  readonly nowMs: () => number;
}

/** So many are named at most, the newest. */
const MAX_SESSIONS = 200;
const OPEN = JOB_STATES.filter((state) => !isFinalJobState(state));

const session = z
  .object({
    session_id: z.string(),
    user_id: z.string().nullable(),
    kind: z.string(),
    title: z.string(),
    state: z.enum(JOB_STATES),
    stage: z.string().nullable().meta({ description: "The step that it is at" }),
    start_time: timestamp.nullable(),
    duration_ms: z.number().nullable().meta({ description: "For how long it has worked" }),
    percent_complete: z.number(),
    liveness: z.enum(LIVENESS).meta({ description: "Whether its worker lives, and gets on" }),
    liveness_reason: z.string().nullable(),
  })
  .meta({ id: "ActiveSession" });

/** Jobs that have not ended, in the words of those who think in sessions. */
export function createActiveSessions({ listJobs, refresh, nowMs }: ActiveSessionsDeps) {
  return reading({
    summary: "Jobs that have not ended, the newest first, at most 200",
    query: z.strictObject({}),
    read: async (tenantId) => {
      const { items } = await listJobs({
        tenantId,
        states: OPEN,
        sort: "created_at",
        order: "desc",
        limit: MAX_SESSIONS,
      });
      const jobs = await refresh(items);
      const sessions = jobs.filter(({ ended_at }) => ended_at === null).map((job) => sessionOf(job, nowMs()));
      return { active_sessions: sessions.length, sessions };
    },
  });
}

function sessionOf(job: JobSummary, nowMs: number): z.output<typeof session> {
  return {
    session_id: job.job_id,
    user_id: job.user_id,
    kind: job.kind,
    title: job.title,
    state: job.state,
    stage: job.progress.current_step,
    start_time: job.started_at,
    duration_ms: job.started_at === null ? null : activeMs(job, nowMs),
    percent_complete: job.progress.percent_complete,
    liveness: job.liveness,
    liveness_reason: job.liveness_reason,
  };
}

/** What goes on now, session by session. */
export function addActiveSessionsRoute(
  api: Api,
  { summary, query, read }: ReturnType<typeof createActiveSessions>,
): void {
  api.get(
    "/api/v1/monitoring/sessions/active",
    {
      config: { permission: "inspect" },
      schema: {
        summary,
        querystring: query,
        response: { 200: z.object({ active_sessions: z.number(), sessions: z.array(session) }) },
      },
    },
    ({ tenantId, query }) => read(tenantId, query),
  );
}
