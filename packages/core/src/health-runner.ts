import { PlayheadError } from "./errors.ts";
import { type ComponentHealth, HEALTH_STATUSES, type HealthResult } from "./health.ts";
import type { SetTimer } from "./wake-up.ts";

/** Looks at one part. `Signal` is the platform's `AbortSignal`. */
export interface HealthCheck<Signal> {
  /** Names the part, such as `temp_directory`. */
  readonly component: string;
  /** So long it may take. @defaultValue the limit of all checks */
  readonly limitMs?: number;
  /** Should end when `signal` aborts; what it throws makes the part critical. */
  run(signal: Signal): Promise<HealthResult>;
}

export interface HealthRunnerDeps<Signal> {
  readonly nowMs: () => number;
  readonly setTimer: SetTimer;
  readonly newAbort: () => { readonly signal: Signal; abort(): void };
}

/** A check that has not ended. */
interface UnderWay {
  readonly startedMs: number;
  /** What is said of it, at the latest when its limit is over. */
  readonly result: Promise<HealthResult>;
  isOverdue: boolean;
}

/** Runs checks, each with its limit. None runs twice at a time: one that hangs is not run again before it has ended. */
export function createHealthRunner<Signal>({ nowMs, setTimer, newAbort }: HealthRunnerDeps<Signal>) {
  const underWay = new Map<HealthCheck<Signal>, UnderWay>();

  function resultOf(check: HealthCheck<Signal>, limitMs: number): Promise<HealthResult> {
    const earlier = underWay.get(check);
    if (earlier === undefined) return begin(check, limitMs);
    if (!earlier.isOverdue) return earlier.result;
    return Promise.resolve(overdue(`no answer for ${secondsOf(nowMs() - earlier.startedMs)} s by now`));
  }

  function begin(check: HealthCheck<Signal>, limitMs: number): Promise<HealthResult> {
    const late = Promise.withResolvers<HealthResult>();
    const abort = newAbort();
    const giveUp = () => {
      mine.isOverdue = true;
      late.resolve(overdue(`no answer within ${secondsOf(limitMs)} s`));
      abort.abort();
    };
    const stopTimer = setTimer(giveUp, limitMs, false);
    // Also what it throws before it returns a promise.
    const run = Promise.resolve(abort.signal)
      .then((signal) => check.run(signal))
      .then(readable)
      .catch(failed);
    const ended = run.finally(() => {
      stopTimer();
      underWay.delete(check);
    });
    const mine: UnderWay = { startedMs: nowMs(), result: Promise.race([ended, late.promise]), isOverdue: false };
    underWay.set(check, mine);
    return mine.result;
  }

  return {
    /** All of them side by side, in their order. Never rejects, and takes no longer than the longest limit. */
    run: (checks: readonly HealthCheck<Signal>[], limitMs: number): Promise<readonly ComponentHealth[]> =>
      Promise.all(
        checks.map(async (check) => {
          const startedMs = nowMs();
          const { status, message, details = {} } = await resultOf(check, check.limitMs ?? limitMs);
          const response_time_ms = Math.round(nowMs() - startedMs);
          return { component: check.component, status, message, details, response_time_ms };
        }),
      ),
  };
}

const overdue = (message: string): HealthResult => ({ status: "critical", message });
const secondsOf = (ms: number): number => Math.round(ms / 100) / 10;

/** What an error says may name what is not for everyone: of it, everyone is told the code. */
function failed(error: unknown): HealthResult {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const hint = error instanceof PlayheadError ? error.hint : undefined;
  return {
    status: "critical",
    message: `the check failed${typeof code === "string" ? ` (${code})` : ""}`,
    details: {
      error: error instanceof Error ? error.message : String(error),
      ...(hint !== undefined && { hint }),
    },
  };
}

/** Checks come from anyone, also without types. */
function readable(result: HealthResult): HealthResult {
  if (HEALTH_STATUSES.includes(result?.status) && typeof result.message === "string") return result;
  return failed(new TypeError(`expected a status of ${HEALTH_STATUSES.join(", ")} and a message`));
}
