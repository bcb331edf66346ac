import {
  applyEvent,
  createWakeUp,
  draftOf,
  type Eta,
  type EtaInput,
  emptyJob,
  estimateLinearEta,
  type ForecastBasis,
  isFinalJobState,
  type Job,
  type JobForecast,
  type PlayheadEvent,
  type SetTimer,
  type Task,
} from "@playhead/core";
import type { Store } from "../store/store.ts";
import { createHistories, type HistoryKey } from "./histories.ts";
import { changeOf, isNews, type JobChange } from "./job-changes.ts";
import { createJobForecast, type JobForecasting } from "./job-forecast.ts";
import { type ToldPoint, toldBefore } from "./told-points.ts";
import { createToldStore } from "./told-store.ts";

export interface ForecastsDeps {
  readonly store: Pick<Store, "putDocument" | "readDocument" | "listDocuments" | "readFacts">;
  readonly nowMs: () => number;
  readonly setTimer: SetTimer;
  /** How long it is kept what was said of a job that has ended. */
  readonly keepMs: () => number;
  readonly onError: (error: unknown) => void;
}

/** Workers of the server's own process carry this before their name. */
const LOCAL_PREFIX = "local:";
/** What comes while so many jobs run is forecast by the linear rule: there is no time to think about them all. */
const MAX_RUNNING = 1_000;
/** The same for jobs that have not ended, and of which something is known: tasks, most often. */
const MAX_OPEN = 10_000;
/** What has come and is not thought about yet, of all jobs. */
const MAX_CHANGES = 50_000;
/** How often it is looked which job is due, at most and at least. */
const LOOK_MS = 100;
const LOOK_MOST_MS = 1_000;
/** Thinking takes so much of one turn of the loop, and of all its time. */
const TURN_MS = 6;
const DUTY = 0.03;
/** So many jobs a second are forecast at once when they begin. */
const FIRSTS_A_SECOND = 50;
const FACTS_AT_ONCE = 250;
/** What was said of a job that goes on is kept this often. */
const KEEP_EVERY_MS = 5 * 60_000;
const MAX_TASKS = 500;
/** What was said of a job that was over at once is of no interest. */
const LEAST_TOLD = 2;
const NO_BASIS: ForecastBasis = { jobs: 0, items: 0, items_left: 0, items_total: 0, slots: 1 };

interface Open {
  readonly forecast: JobForecasting;
  readonly key: HistoryKey;
  readonly say: () => void;
  /** For its beginning. */
  isWaiting: boolean;
  keptMs: number;
}

/** Forecasts of open jobs: each thought about after a tenth of what is left, and all of them in a small share of the time. */
export function createForecasts({ store, nowMs, setTimer, keepMs, onError }: ForecastsDeps) {
  const histories = createHistories({ store, nowMs, onError });
  const toldStore = createToldStore({ store, nowMs, keepMs });
  const open = new Map<string, Open>();
  /** Those of them that have begun; the ones that were seen to longest ago come first. */
  const begun = new Map<string, Open>();
  const backlog = { size: 0 };
  const lookAt = createWakeUp({ nowMs, setTimer, keepsAlive: false, onWake: look });
  /** After the last turn. */
  let restMs = 0;
  let isClosed = false;
  let firsts = { atMs: 0, left: FIRSTS_A_SECOND };
  let replaying: Promise<void> = Promise.resolve();
  let keeping: Promise<void> = Promise.resolve();

  /** Looks then, or before. */
  function arm(afterMs: number, now: number): void {
    if (isClosed || begun.size === 0) return;
    lookAt.set(now + Math.max(LOOK_MS, Math.min(LOOK_MOST_MS, afterMs)));
  }

  function look(): void {
    const beganMs = performance.now();
    const now = nowMs();
    let nextMs = Number.POSITIVE_INFINITY;
    for (const [jobId, each] of begun) {
      if (performance.now() - beganMs > TURN_MS) {
        nextMs = now;
        break;
      }
      if (each.forecast.dueMs(now) <= now) {
        begun.delete(jobId);
        begun.set(jobId, each);
        attempt(jobId, () => see(jobId, each, now));
      }
      nextMs = Math.min(nextMs, each.forecast.dueMs(now));
    }
    restMs = (performance.now() - beganMs) / DUTY;
    arm(Math.max(restMs, nextMs - now), now);
  }

  /** A job that waits for its turn is not looked at until it begins, or ends. */
  function begin(each: Open): void {
    const { job_id: jobId, started_at: startedAt, state } = each.forecast.job;
    if (startedAt === null && !isFinalJobState(state)) return;
    each.isWaiting = false;
    begun.set(jobId, each);
    arm(restMs, nowMs());
  }

  function follow(forecast: JobForecasting, ...known: Parameters<JobForecasting["follow"]>): void {
    forecast.follow(...known);
    armFor(forecast);
  }

  /** Something happened to it: it may be due before the next look. */
  function armFor(forecast: JobForecasting): void {
    const now = nowMs();
    arm(Math.max(restMs, forecast.dueMs(now) - now), now);
  }

  function drop(jobId: string): void {
    const each = open.get(jobId);
    if (each !== undefined) each.isWaiting = false;
    open.delete(jobId);
    begun.delete(jobId);
  }

  /** It is thought about no more. */
  function giveUp(jobId: string): void {
    open.get(jobId)?.forecast.giveUp();
    drop(jobId);
  }

  /** What nobody foresaw in a forecast takes the forecast, and nothing else. */
  function attempt(jobId: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      onError(error);
      giveUp(jobId);
    }
  }

  function see(jobId: string, each: Open, now: number): void {
    const { forecast } = each;
    if (isFinalJobState(forecast.job.state)) {
      if (!forecast.think()) end(jobId, each);
      return;
    }
    if (!forecast.work(now)) return;
    each.say();
    if (now - each.keptMs < KEEP_EVERY_MS) return;
    each.keptMs = now;
    keepTold(each);
  }

  function end(jobId: string, each: Open): void {
    drop(jobId);
    if (each.forecast.hasTaught()) {
      const history = histories.peek(each.key);
      if (history !== undefined) histories.taught(each.key, history);
    }
    keepTold(each);
  }

  function keepTold({ forecast }: Open): void {
    const { tenant_id: tenantId, job_id: jobId } = forecast.job;
    const points = forecast.told();
    if (points.length < LEAST_TOLD) return;
    const said = { points, basis: basisOf(forecast), explanation: forecast.explanation() ?? "" };
    keeping = keeping.then(() => toldStore.keep(tenantId, jobId, said)).catch(onError);
  }

  /** Feeds a job that was open before this process with all that has happened to it. */
  async function replay(each: Open, lastSeq: number): Promise<void> {
    const { forecast, key } = each;
    const { job_id: jobId } = forecast.job;
    const [history, told] = [await histories.get(key), await toldStore.read(jobId)];
    if (told !== null) forecast.recall(told.points);
    const draft = draftOf(emptyJob(jobId));
    const past: JobChange[] = [];
    while (draft.seq < lastSeq && open.get(jobId) === each) {
      const facts = await store.readFacts(jobId, draft.seq, FACTS_AT_ONCE);
      if (facts.length === 0) break;
      for (const event of facts) {
        // What came since then has been told already.
        if (event.seq > lastSeq) break;
        const change = changeBy(event);
        if (change !== null) past.push(change);
      }
    }
    if (open.get(jobId) === each) attempt(jobId, () => follow(forecast, history, past));

    function changeBy(event: PlayheadEvent): JobChange | null {
      const { task_id: taskId } = event.data;
      const find = () => (typeof taskId === "string" ? draft.tasks.get(taskId) : undefined);
      const before = find();
      applyEvent(draft, event);
      return changeOf(event, before, find());
    }
  }

  function maySpend(): boolean {
    const now = nowMs();
    if (Math.abs(now - firsts.atMs) >= 1_000) firsts = { atMs: now, left: FIRSTS_A_SECOND };
    firsts.left -= 1;
    return firsts.left >= 0;
  }

  function basisOf(forecast: JobForecasting): ForecastBasis {
    const basis = forecast.basis();
    if (basis === null) return NO_BASIS;
    const { jobs, pastItems, itemsLeft, itemsTotal, slots } = basis;
    return { jobs, items: pastItems, items_left: itemsLeft, items_total: itemsTotal, slots };
  }

  async function toldOf(jobId: string): Promise<readonly ToldPoint[]> {
    return open.get(jobId)?.forecast.told() ?? (await settledTold(jobId))?.points ?? [];
  }

  /** What is kept, once it is. */
  async function settledTold(jobId: string) {
    await keeping;
    return toldStore.read(jobId);
  }

  return {
    /**
     * Begins to follow a job, once something happens to it that a forecast needs: what waits for its turn takes little room.
     *
     * @param say has its progress said, soon
     */
    open(job: Job, say: () => void) {
      const isNew = job.seq === 0;
      const isOver = isFinalJobState(job.state);
      let entered: Open | null = null;

      /** @param lastSeq the last fact that it was not told */
      function enter(lastSeq: number): Open {
        const forecast = createJobForecast({ job, nowMs, backlog, maySpend });
        const each = { forecast, key: keyOf(job), say, isWaiting: true, keptMs: nowMs() };
        if (isClosed || begun.size >= MAX_RUNNING || open.size >= MAX_OPEN) {
          forecast.giveUp();
          each.isWaiting = false;
          return each;
        }
        open.set(job.job_id, each);
        begin(each);
        const history = histories.peek(each.key);
        if (isNew && history !== undefined) forecast.follow(history);
        else if (isNew) histories.get(each.key).then((loaded) => follow(forecast, loaded), onError);
        else replaying = replaying.then(() => replay(each, lastSeq)).catch(onError);
        return each;
      }

      // A job of the store that had begun.
      if (!isOver && job.started_at !== null) entered = enter(job.seq);
      return {
        folded(event: PlayheadEvent, before: Task | undefined, after: Task | undefined): void {
          if (isOver || (entered === null && !isNews(event, after))) return;
          entered ??= enter(event.tick === undefined ? event.seq - 1 : event.seq);
          const { forecast } = entered;
          forecast.folded(event, before, after);
          if (entered.isWaiting) begin(entered);
          else armFor(forecast);
          // Those go that have more than their share of it.
          const isMuch = backlog.size > MAX_CHANGES && forecast.waiting() > (2 * MAX_CHANGES) / Math.max(1, open.size);
          if (isMuch) giveUp(job.job_id);
        },
        shareAt: (now: number, fraction: number): number => entered?.forecast.shareAt(now, fraction) ?? fraction,
        estimate: (input: EtaInput): Eta | null =>
          entered === null ? estimateLinearEta(input) : entered.forecast.estimate(input),
        close(): void {
          if (entered === null || open.get(job.job_id) !== entered || isFinalJobState(job.state)) return;
          giveUp(job.job_id);
        },
      };
    },
    /** What is expected of a job, or was while it ran. */
    async forecastOf(job: Pick<Job, "job_id" | "state">): Promise<JobForecast> {
      const { job_id } = job;
      const now = nowMs();
      const each = open.get(job_id);
      const forecast = each?.forecast;
      if (forecast !== undefined && !isFinalJobState(job.state)) forecast.refresh(now);
      const left = isFinalJobState(job.state) ? null : (forecast?.leftAt(now) ?? null);
      const at = (sec: number) => Math.round(now + sec * 1_000);
      const kept = forecast === undefined ? await settledTold(job_id) : null;
      const told = forecast?.told() ?? kept?.points ?? [];
      return {
        job_id,
        at_ms: now,
        finish: left === null ? null : { ms: at(left.leftSec), low_ms: at(left.lowSec), high_ms: at(left.highSec) },
        explanation: forecast?.explanation() ?? kept?.explanation ?? "nothing is known yet",
        basis: forecast === undefined ? (kept?.basis ?? NO_BASIS) : basisOf(forecast),
        tasks:
          left === null || forecast === undefined
            ? []
            : forecast
                .tasks(now, MAX_TASKS)
                .toSorted((a, b) => a.endSec - b.endSec)
                .map(({ taskId, startSec, endSec, lowSec, highSec, isSlow }) => ({
                  task_id: taskId,
                  start_ms: startedMs(forecast.job, taskId) ?? at(startSec),
                  end: { ms: at(endSec), low_ms: at(lowSec), high_ms: at(highSec) },
                  is_slow: isSlow,
                })),
        told: told.map(({ percent: _, ...point }) => point),
      };
    },
    /** What was said of a job's finish, oldest first. */
    toldOf,
    /** What was said of a job last before a moment; null where nothing was. */
    toldAt: async (jobId: string, atMs: number): Promise<ToldPoint | null> => toldBefore(await toldOf(jobId), atMs),
    exportHistory: histories.export,
    importHistory: histories.import,
    /** Thinks about what has ended, and keeps what is worth it. */
    async close(): Promise<void> {
      isClosed = true;
      lookAt.clear();
      for (const [jobId, each] of open) {
        if (isFinalJobState(each.forecast.job.state)) {
          attempt(jobId, () => {
            each.forecast.think(Number.POSITIVE_INFINITY);
            end(jobId, each);
          });
        } else keepTold(each);
      }
      open.clear();
      begun.clear();
      await replaying;
      await keeping;
      await histories.close();
    },
  };
}

function keyOf({ tenant_id: tenantId, kind, worker, metadata }: Job): HistoryKey {
  const { host } = metadata;
  const isNamed = typeof host === "string" && host !== "" && host.length <= 200;
  const isHere = worker?.startsWith(LOCAL_PREFIX) === true;
  return { tenantId, kind, host: isNamed ? host : isHere ? "here" : "elsewhere" };
}

function startedMs({ tasks }: Job, taskId: string): number | null {
  const startedAt = tasks.get(taskId)?.started_at ?? null;
  return startedAt === null ? null : Date.parse(startedAt);
}
