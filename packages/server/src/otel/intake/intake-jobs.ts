import { createHash } from "node:crypto";
import { isFinalJobState, type Job } from "@playhead/core";
import type { Bus } from "../../bus/bus.ts";
import type { TelemetryStore } from "../../store/telemetry-store.ts";
import { isOfTrace } from "../trace-mark.ts";
import type { OpenJobs } from "./open-jobs.ts";

/** The jobs that are there, from memory or from the store. */
export interface KnownJobs {
  get(jobId: string): Promise<{ readonly draft: Job } | null>;
  /** Those that have not ended. */
  open(): Iterable<{ readonly draft: Job }>;
}

export interface IntakeJobsDeps {
  readonly jobs: () => KnownJobs;
  /** Whose jobs are named by their traces alone. */
  readonly ownTenantId: string;
  readonly bus: Pick<Bus, "subscribeAll">;
  readonly telemetryStore: Pick<TelemetryStore, "queryEntries">;
  readonly open: OpenJobs;
}

/** Traces of Playhead's own jobs that are remembered. */
const MAX_TRACES = 10_000;
/** Of a trace so many spans are read to know one that comes again: the newest. */
const MAX_STORED_SPANS = 50_000;
const PAGE = 1_000;
const ENDS: ReadonlySet<string> = new Set(["job.completed", "job.canceled", "job.failed"]);

/** What the intake has to know of jobs: those of a trace, those that are there, and the spans that are stored. */
export function createIntakeJobs({ jobs, ownTenantId, bus, telemetryStore, open }: IntakeJobsDeps) {
  /** Jobs of Playhead's own programs by their traces: what they call may tell of itself by OpenTelemetry. */
  const byTrace = new Map<string, string>();
  const unsubscribe = bus.subscribeAll((publications) => {
    for (const { tenantId, jobId, content } of publications) {
      if (!("type" in content)) continue;
      if (content.type === "job.created") note(tenantId, content.correlation_id, jobId);
      else if (ENDS.has(content.type)) open.ended(jobId);
    }
  });

  const idOf = (tenantId: string, traceId: string) =>
    tenantId === ownTenantId ? `otel_${traceId}` : `otel_${traceId}_${shortHash(tenantId)}`;

  function note(tenantId: string, traceId: string, jobId: string): void {
    if (jobId === idOf(tenantId, traceId)) return;
    const key = `${tenantId} ${traceId}`;
    byTrace.delete(key);
    byTrace.set(key, jobId);
    const [oldest] = byTrace.keys();
    if (byTrace.size > MAX_TRACES && oldest !== undefined) byTrace.delete(oldest);
  }

  return {
    /** The id of the job that is made of a trace: other tenants' traces may have the same id. */
    idOf,
    /** The job of a Playhead program that has this trace; null for none, and for one of long ago. */
    ofTrace: (tenantId: string, traceId: string): string | null => byTrace.get(`${tenantId} ${traceId}`) ?? null,
    /** The job as it stands; `others` for another tenant's. */
    async read(tenantId: string, jobId: string): Promise<Job | "others" | null> {
      const live = await jobs().get(jobId);
      if (live === null) return null;
      return live.draft.tenant_id === tenantId ? live.draft : "others";
    },
    /** The spans of a trace that are stored. */
    async storedSpans(tenantId: string, traceId: string): Promise<readonly string[]> {
      const spanIds: string[] = [];
      const query = {
        tenant_id: tenantId,
        trace_id: traceId,
        event_types: ["complete", "error"],
        order: "desc",
      } as const;
      let page = await telemetryStore.queryEntries({ ...query, limit: PAGE });
      for (;;) {
        for (const { span_id } of page.entries) if (span_id !== null) spanIds.push(span_id);
        if (page.next === null || spanIds.length >= MAX_STORED_SPANS) return spanIds;
        page = await telemetryStore.queryEntries({ ...query, limit: PAGE, after: page.next });
      }
    },
    /** Goes on with the jobs that an earlier process left open. */
    recover(): void {
      for (const { draft } of jobs().open()) {
        if (isFinalJobState(draft.state)) continue;
        if (isOfTrace(draft)) open.heard(draft.tenant_id, draft.job_id, draft.correlation_id);
        else note(draft.tenant_id, draft.correlation_id, draft.job_id);
      }
    },
    close: unsubscribe,
  };
}

export type IntakeJobs = ReturnType<typeof createIntakeJobs>;

function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}
