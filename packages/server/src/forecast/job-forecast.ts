import {
  type CalibratedForecast,
  createSteadyPercent,
  type Eta,
  type EtaInput,
  estimateLinearEta,
  type ForecastHistory,
  isFinalJobState,
  type Job,
  nearestWholeSecond,
  type PlayheadEvent,
  type SteadyPercent,
  type Task,
} from "@playhead/core";
import { explain } from "./explain.ts";
import { createFollowedJob, type FollowedJob } from "./followed-job.ts";
import { createJobChanges, type JobChange, type JobChangesDeps } from "./job-changes.ts";
import { createToldPoints, type ToldPoint } from "./told-points.ts";

export interface JobForecastDeps extends JobChangesDeps {
  /** As it stands; it changes. */
  readonly job: Job;
  /** Whether a forecast may be made now, though somebody waits for it. */
  readonly maySpend: () => boolean;
}

/**
 * The forecast of one job. What happens to it is put down as it comes, and thought about when there is time; what was
 * forecast last is said until then, and runs down with the clock.
 *
 *     waiting ──follow──► following ──giveUp──► given up: the linear rule
 */
export type JobForecasting = ReturnType<typeof createJobForecast>;

/** A forecast as it was made. */
interface Made {
  readonly activeSec: number;
  readonly left: CalibratedForecast;
}

/** Nobody waits longer, and a calendar does not end before. */
const MOST_SEC = 100 * 365 * 24 * 3_600;
/** So many changes are thought about in one go: some milliseconds. */
const CHANGES_AT_ONCE = 500;
/** Without past jobs, the first second says nothing; whether it is over is looked for at most this often. */
const FIRST_SEC = 1;
const FIRST_LOOK_MS = 100;
/**
 * A forecast is made again after a share of what it says is left, and runs down with the clock until then; where nothing
 * happens no sooner, and for longer. At whole seconds, as all that is done about every second.
 */
const EVERY_MS = 1_000;
const NEWS_SHARE = 0.1;
const NEWS_MOST_MS = 5_000;
const QUIET_SHARE = 0.02;
const QUIET_MOST_MS = 60_000;

export function createJobForecast({ job, nowMs, backlog, maySpend }: JobForecastDeps) {
  let past: ForecastHistory | null = null;
  /** Only once the job has begun: what waits for its turn takes little room. */
  let followed: FollowedJob | null = null;
  let isGivenUp = false;
  const changes = createJobChanges({ nowMs, backlog });
  let made: Made | null = null;
  let madeMs = Number.NEGATIVE_INFINITY;
  /** While there can be none. */
  let notBeforeMs = Number.NEGATIVE_INFINITY;
  let hasNews = false;
  let told = createToldPoints();
  let bar: SteadyPercent | null = null;
  let hasWeights = false;
  for (const { weight } of job.tasks.values()) hasWeights ||= weight !== null;

  /** Thinks about what has come. @returns whether there is more */
  function think(most = CHANGES_AT_ONCE): boolean {
    if (past === null || (job.started_at === null && !isFinalJobState(job.state))) return false;
    followed ??= createFollowedJob(job, past);
    return changes.take(most, followed.take);
  }

  function leftAt(now: number): CalibratedForecast | null {
    if (made === null || followed === null) return null;
    const sinceSec = followed.activeSec(now) - made.activeSec;
    const after = (sec: number) => Math.min(MOST_SEC, Math.max(0, sec - sinceSec));
    const { leftSec, lowSec, highSec } = made.left;
    return { leftSec: after(leftSec), lowSec: after(lowSec), highSec: after(highSec) };
  }

  function isReady(now: number): boolean {
    if (followed === null || job.started_at === null || isFinalJobState(job.state)) return false;
    return followed.pastJobs > 0 || followed.activeSec(now) >= FIRST_SEC;
  }

  function make(now: number): void {
    if (followed === null || !isReady(now)) return;
    made = { left: followed.ask(now), activeSec: followed.activeSec(now) };
    madeMs = now;
    hasNews = false;
    told.add(now, job.progress.percent_complete, made.left);
  }

  return {
    folded(event: PlayheadEvent, before: Task | undefined, after: Task | undefined): void {
      if (before === undefined && after !== undefined && after.weight !== null) hasWeights = true;
      if (!isGivenUp && changes.add(event, before, after)) hasNews = true;
    },
    shareAt(now: number, fraction: number): number {
      const left = leftAt(now);
      // A weight that the user gave says how the bar is shared out; without a past, only what is done says something.
      if (left === null || followed === null || hasWeights || followed.pastJobs === 0) return fraction;
      const activeSec = followed.activeSec(now);
      bar ??= createSteadyPercent({ share: job.progress.percent_complete / 100, activeSec });
      return bar.at(activeSec, left.leftSec, job.liveness === "ok");
    },
    estimate(input: EtaInput): Eta | null {
      // Who has just begun is told at once, if past jobs say how long it takes.
      const isFirst = made === null && past !== null && past.templateOf(job.kind).jobs > 0 && job.started_at !== null;
      if (isFirst && changes.size() <= CHANGES_AT_ONCE && maySpend() && !think()) make(input.nowMs);
      const left = leftAt(input.nowMs);
      if (left === null) return estimateLinearEta(input);
      const ms = (sec: number) => Math.round(sec * 1_000);
      return {
        eta_ms: ms(left.leftSec),
        eta_low_ms: ms(left.lowSec),
        eta_high_ms: ms(left.highSec),
        estimated_completion: new Date(input.nowMs + ms(left.leftSec)).toISOString(),
      };
    },
    /** From now on it is fed with what happens; first with what has happened so far. */
    follow(history: ForecastHistory, earlier: readonly JobChange[] = []): void {
      if (isGivenUp) return;
      past = history;
      changes.prepend(earlier);
      hasNews = true;
    },
    /** It happens faster than one can think: the linear rule it is. */
    giveUp(): void {
      isGivenUp = true;
      past = null;
      followed = null;
      made = null;
      changes.clear();
    },
    /** When it is to be seen to next: what happened, or what is expected, is to be thought about. */
    dueMs(now: number): number {
      if (past === null) return Number.POSITIVE_INFINITY;
      if (isFinalJobState(job.state)) return now;
      if (job.started_at === null) return Number.POSITIVE_INFINITY;
      if (job.state === "paused") return hasNews ? now : Number.POSITIVE_INFINITY;
      const leftMs = (made?.left.leftSec ?? 0) * 1_000;
      const newsMs = between(EVERY_MS, leftMs * NEWS_SHARE, NEWS_MOST_MS);
      const againMs = hasNews ? newsMs : between(newsMs, leftMs * QUIET_SHARE, QUIET_MOST_MS);
      return Math.max(notBeforeMs, nearestWholeSecond(madeMs + againMs));
    },
    /** Thinks about some of what has come, and forecasts once that is done. @returns whether it forecast */
    work(now: number): boolean {
      if (think()) return false;
      make(now);
      hasNews = false;
      const leftSec = FIRST_SEC - (followed?.activeSec(now) ?? 0);
      if (made === null) notBeforeMs = now + Math.max(FIRST_LOOK_MS, leftSec * 1_000);
      return made !== null && madeMs === now;
    },
    think,
    /** Forecasts if the last one is old. */
    refresh(now: number): void {
      if (think(Number.POSITIVE_INFINITY)) return;
      if (Math.abs(now - madeMs) >= EVERY_MS) make(now);
    },
    recall(points: readonly ToldPoint[]): void {
      told = createToldPoints([...points, ...told.all()]);
    },
    told: () => told.all(),
    leftAt,
    explanation(): string | null {
      if (followed === null) return null;
      const basis = followed.basis();
      return explain(basis, basis.kind);
    },
    basis: () => followed?.basis() ?? null,
    tasks: (now: number, limit: number) => followed?.tasks(now, limit) ?? [],
    waiting: changes.size,
    hasTaught: () => followed?.hasTaught ?? false,
    job,
  };
}

function between(least: number, value: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
