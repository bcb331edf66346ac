import { emptyJob, isFinalJobState, type Job } from "@playhead/core";
import type { Console } from "../terminal/console.ts";
import { happeningsBetween } from "./happening.ts";
import type { JobSource } from "./job-source.ts";
import { plainLine, standLine } from "./plain-line.ts";
import { renderJob } from "./render-job.ts";

export interface ShowJobOptions {
  readonly source: JobSource;
  readonly jobId: string;
  readonly console: Console;
  readonly nowMs: () => number;
  /** Whether everything from the job's first event on is told, or only what comes after the first look. */
  readonly tell: "everything" | "news";
}

/** A job that is being shown. */
export interface JobView {
  /** Resolves to the job once it has ended. Rejects with what the source throws. */
  readonly ended: Promise<Job>;
  /** Stops showing it, and takes away what is drawn. @returns the job as it was seen last */
  stop(): Job | null;
}

const LOOK_MS = 100;
/** Drawing takes at most this share of the time, however large the job is. */
const MOST_OF_TIME = 0.1;
/** Progress is told each time it has grown by so much. */
const EVERY_PERCENT = { people: 10, programs: 1 } as const;

/** Shows a job until it has ended or `stop` is called: drawn in a terminal, in lines elsewhere. */
export function showJob({ source, jobId, console, nowMs, tell }: ShowJobOptions): JobView {
  const { promise: ended, resolve, reject } = Promise.withResolvers<Job>();
  let told: Job | null = tell === "everything" ? emptyJob(jobId) : null;
  let seen: Job | null = null;
  let note: string | null = null;
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;

  function look(): void {
    const startedMs = performance.now();
    try {
      const job = source.look();
      if (job !== null) seen = job;
      showNote();
      if (job !== null) show(job);
    } catch (error) {
      isOver = true;
      reject(error);
      return;
    }
    if (seen !== null && isFinalJobState(seen.state)) {
      isOver = true;
      resolve(seen);
      return;
    }
    const tookMs = performance.now() - startedMs;
    timer = setTimeout(look, Math.max(LOOK_MS, tookMs / MOST_OF_TIME));
  }

  function show(job: Job): void {
    if (console.mode === "live") {
      console.draw(
        renderJob(job, { ...console.size(), colour: console.colour, nowMs: nowMs(), note: note ?? undefined }),
      );
      return;
    }
    if (told === null) {
      console.say(standLine(job));
      const { tasks: _, ...stand } = job;
      console.emit({ type: "job", job: stand });
    } else {
      const everyPercent = EVERY_PERCENT[console.mode === "json" ? "programs" : "people"];
      for (const happening of happeningsBetween(told, job, { everyPercent })) {
        const line = plainLine(happening, job, nowMs());
        if (line !== null) console.say(line);
        console.emit(happening);
      }
    }
    told = job;
  }

  /** In a picture it stands below the job; in lines it is one, each time it changes. */
  function showNote(): void {
    const now = seen === null ? null : source.note();
    if (now !== note && console.mode === "plain") console.say(now === null ? "Connected again" : now);
    note = now;
  }

  function lookAtOnce(): void {
    if (isOver) return;
    clearTimeout(timer);
    look();
  }

  // Nobody has to wait for it.
  ended.catch(() => undefined);
  look();
  console.onResize(lookAtOnce);
  return {
    ended,
    stop() {
      lookAtOnce();
      isOver = true;
      clearTimeout(timer);
      console.onResize(null);
      console.erase();
      return seen;
    },
  };
}
