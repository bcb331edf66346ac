// How a method of forecasting is asked and scored: the protocol of docs/eta.md, the same for all of them.
import type { Trace, TraceEvent } from "./eta-traces.ts";

/** A method at work on one job. Times are of the wall's clock; it sees what has happened, and nothing else. */
export interface Forecasting {
  on(event: TraceEvent): void;
  /** Seconds of work that are left; null: it cannot say. */
  ask(atSec: number): Forecast | null;
}

export interface Forecast {
  readonly leftSec: number;
  readonly lowSec?: number;
  readonly highSec?: number;
}

/** A method; it is told of jobs one after the other, and may learn from those that have ended. */
export interface Method {
  readonly name: string;
  begin(trace: Trace): Forecasting;
}

/** What a method said at one moment of a job. */
export interface Answer {
  /** Of the job's active time, in percent. */
  readonly percent: number;
  readonly activeSec: number;
  readonly trueSec: number;
  readonly totalSec: number;
  readonly forecast: Forecast | null;
}

/** Asks after each percent of the job's active time. */
export function replay(trace: Trace, method: Method): readonly Answer[] {
  const forecasting = method.begin(trace);
  const answers: Answer[] = [];
  let next = 0;
  for (let percent = 1; percent <= 99; percent++) {
    const activeSec = (trace.activeSec * percent) / 100;
    const atSec = trace.wallOf(activeSec);
    for (; (trace.events[next]?.atSec ?? Number.POSITIVE_INFINITY) <= atSec + 1e-9; next++)
      forecasting.on(trace.events[next] as TraceEvent);
    const forecast = forecasting.ask(atSec);
    const trueSec = trace.activeSec - activeSec;
    answers.push({ percent, activeSec, trueSec, totalSec: trace.activeSec, forecast });
  }
  for (; next < trace.events.length; next++) forecasting.on(trace.events[next] as TraceEvent);
  return answers;
}

export interface Score {
  /** Mean |ln(forecast / true)|, at 5, 10 … 95 %. */
  readonly error: number;
  readonly early: number;
  readonly bias: number;
  /** Mean change of the forecast finish from one percent to the next, as percents of the whole. */
  readonly jump: number;
  /** How often the truth lay in the 80 % interval; null without one. */
  readonly coverage: number | null;
  readonly coverageAt5: number | null;
  readonly width: number | null;
  /** The error of each job. */
  readonly byJob: readonly number[];
}

const MOST = Math.log(10);

export function scoreOf(jobs: readonly (readonly Answer[])[]): Score {
  const errors: number[] = [];
  const early: number[] = [];
  const biases: number[] = [];
  const jumps: number[] = [];
  const covered: number[] = [];
  const coveredAt5: number[] = [];
  const widths: number[] = [];
  const byJob = jobs.map((answers) => {
    for (const [at, { activeSec, forecast, totalSec }] of answers.entries()) {
      const before = answers[at - 1];
      if (forecast === null || before?.forecast == null) continue;
      const change = activeSec + forecast.leftSec - (before.activeSec + before.forecast.leftSec);
      jumps.push(Math.min(1, Math.abs(change) / totalSec) * 100);
    }
    const own = answers
      .filter(({ percent }) => percent % 5 === 0)
      .map((answer) => {
        const { percent, trueSec, totalSec, forecast } = answer;
        const error = logErrorOf(answer);
        errors.push(Math.abs(error));
        if (percent <= 20) early.push(Math.abs(error));
        if (forecast !== null) biases.push(error);
        if (forecast?.lowSec !== undefined && forecast.highSec !== undefined) {
          const isIn = Number(trueSec >= forecast.lowSec - 1e-9 && trueSec <= forecast.highSec + 1e-9);
          covered.push(isIn);
          if (percent === 5) coveredAt5.push(isIn);
          widths.push((forecast.highSec - forecast.lowSec) / totalSec);
        }
        return Math.abs(error);
      });
    return mean(own);
  });
  const orNull = (values: readonly number[]) => (values.length === 0 ? null : mean(values));
  return {
    error: mean(errors),
    early: mean(early),
    bias: mean(biases),
    jump: mean(jumps),
    coverage: orNull(covered),
    coverageAt5: orNull(coveredAt5),
    width: orNull(widths),
    byJob,
  };
}

/** ln(forecast / true), within a factor of ten; a method that cannot say is off by ten. */
export function logErrorOf({ trueSec, totalSec, forecast }: Answer): number {
  if (forecast === null) return MOST;
  const least = Math.max(0.5, 0.002 * totalSec);
  const error = Math.log(Math.max(least, forecast.leftSec) / Math.max(least, trueSec));
  return Math.max(-MOST, Math.min(MOST, error));
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
