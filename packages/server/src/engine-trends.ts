import type { JobSummary } from "@playhead/core";
import type { Bus } from "./bus/bus.ts";
import { startTrendsThread } from "./engine-trends-thread.ts";
import { textOf } from "./error-text.ts";
import type { LiveJobs } from "./ingest/live-jobs.ts";
import type { ServerLog } from "./server-log.ts";
import { callThread, type ThreadCaller } from "./store/sqlite/thread.ts";
import type { Store } from "./store/store.ts";
import type { TelemetryStore } from "./store/telemetry-store.ts";
import type { StoredListener } from "./telemetry/telemetry-commit.ts";
import { workerKeyOf } from "./tenants.ts";
import type { AnalysisService } from "./trends/analysis-service.ts";
import type { SeriesAnswer, SeriesQuestion } from "./trends/analyze-series.ts";
import { createJobMeasures, type JobMeasuresDeps } from "./trends/job-measures.ts";
import { createTrendWatch, type TrendGauge } from "./trends/trend-watch.ts";
import { createTrends } from "./trends/trends.ts";

export interface EngineTrendsDeps extends Pick<JobMeasuresDeps, "toldOf"> {
  readonly store: Pick<Store, "listJobs" | "listTasks">;
  readonly telemetryStore: Pick<TelemetryStore, "sumCalls" | "readMedians" | "readSamples">;
  readonly bus: Pick<Bus, "subscribeAll">;
  readonly telemetry: { readonly onStored: (listener: StoredListener) => () => void };
  readonly jobs: () => Pick<LiveJobs, "peek">;
  /** IANA zone of hours and days. */
  readonly timeZone: string;
  /** Hears what alert rules may measure. */
  readonly hear: (gauges: readonly TrendGauge[]) => void;
  readonly log: ServerLog;
  readonly nowMs: () => number;
}

type AnalysisThread = ThreadCaller<undefined, AnalysisService>;

const LOOK_EVERY_MS = 60_000;
/** Workers tell of their machine every 15 s. */
const SAMPLES_MS = 60_000;
const MAX_SAMPLES = 200;

/** What became slower: asked for over HTTP, and looked at as jobs complete and hours end. */
export function assembleTrends(deps: EngineTrendsDeps) {
  const { store, telemetryStore, bus, telemetry, jobs, timeZone, hear, log, nowMs, toldOf } = deps;
  let thread: Promise<AnalysisThread> | null = null;
  let looking: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const ends: (() => void)[] = [];

  /** In a thread of its own: it may take longer than others should wait. */
  async function analyze(question: SeriesQuestion): Promise<SeriesAnswer> {
    thread ??= openThread();
    return (await thread).call("analyze", question);
  }

  /** One that has crashed is opened anew for the next question. */
  async function openThread(): Promise<AnalysisThread> {
    const opened: AnalysisThread = callThread(startTrendsThread(), "the thread of trends");
    void opened.ended.then(() => {
      thread = null;
    });
    await opened.open(undefined);
    return opened;
  }

  async function endThread(): Promise<void> {
    if (thread === null) return;
    const opened = await thread;
    await opened.call("close");
    await opened.ended;
  }

  /** As the job says; or as its worker said about then. */
  async function hostOf({ tenant_id: tenantId, worker, ended_at, metadata }: JobSummary): Promise<string | null> {
    if (typeof metadata.host === "string" && metadata.host !== "") return metadata.host;
    if (worker === null || ended_at === null) return null;
    const endedMs = Date.parse(ended_at);
    const range = { fromMs: endedMs - SAMPLES_MS, toMs: endedMs + SAMPLES_MS };
    const samples = await telemetryStore.readSamples({ tenantId, range, limit: MAX_SAMPLES });
    const source = workerKeyOf(tenantId, worker);
    return samples.find((sample) => sample.source === source || sample.source === worker)?.host ?? null;
  }

  const measures = createJobMeasures({ store, hostOf, toldOf });
  const watch = createTrendWatch({ store: telemetryStore, measures, analyze, timeZone, nowMs });

  async function look(): Promise<void> {
    try {
      const gauges = await watch.look();
      if (gauges.length > 0) hear(gauges);
    } catch (error) {
      log("warning", "what became slower could not be looked at", { error: textOf(error) });
    }
  }

  function lookNow(): Promise<void> {
    looking = looking.then(look);
    return looking;
  }

  return {
    readTrends: createTrends({ store: telemetryStore, measures, analyze, timeZone }),
    /** Looks at what has something new; by itself every minute, once it is started. */
    look: lookNow,
    start(): void {
      ends.push(
        bus.subscribeAll((publications) => {
          for (const { jobId, content } of publications) {
            if (!("type" in content) || content.type !== "job.completed") continue;
            const job = jobs().peek(jobId)?.draft;
            if (job !== undefined) watch.noteJob(job.tenant_id, job.kind);
          }
        }),
        telemetry.onStored((entries, { totals }) => {
          for (const { entry } of entries) {
            const { tenant_id, category, function_name, duration } = entry;
            if (category !== null && function_name !== null && duration !== null)
              watch.noteCall(tenant_id, category, function_name);
          }
          for (const row of totals) watch.noteCall(row.tenantId, row.totals.category, row.totals.name);
        }),
      );
      timer = setInterval(() => void lookNow(), LOOK_EVERY_MS);
      timer.unref();
    },
    async close(): Promise<void> {
      clearInterval(timer);
      for (const end of ends) end();
      await looking;
      await endThread();
    },
  };
}
