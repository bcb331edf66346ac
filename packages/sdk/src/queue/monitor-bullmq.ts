import { isJsonObject, PlayheadError } from "@playhead/core";
import { messageOf } from "../cleaned-error.ts";
import { type Method, override } from "../database/override.ts";
import type { JobHandle, TaskHandle } from "../handles.ts";
import type { Playhead } from "../playhead.ts";

/** What is needed of a worker of the package bullmq (5 or 6). */
export interface BullMQWorker {
  /** Of its queue. */
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: its events are its own
  on(event: string, listener: (...args: any[]) => void): unknown;
}

/** What is needed of a job of bullmq. */
interface BullMQJob {
  readonly id?: string;
  readonly name: string;
  readonly data: unknown;
  /** Tries that have ended. */
  readonly attemptsMade: number;
}

export interface MonitorBullMQOptions {
  /** The kind of the jobs in Playhead. @defaultValue the name of the queue */
  readonly kind?: string;
  /** @defaultValue the job's name in the queue */
  readonly titleOf?: (job: { readonly id?: string; readonly name: string; readonly data: unknown }) => string;
  /** Kept with the job, beside its queue and its id there. @defaultValue nothing: what is in the data is yours */
  readonly metadataOf?: (job: { readonly name: string; readonly data: unknown }) => Readonly<Record<string, unknown>>;
}

/** Tries of so many jobs are remembered, so that the next one can say which it tries again. */
const MAX_KNOWN = 1_000;
/** What a processor throws that has only put its job off. */
const PUT_OFF: Readonly<Record<string, string>> = {
  DelayedError: "put off by its processor; it goes on later",
  WaitingError: "put back into the queue by its processor",
  WaitingChildrenError: "waits for its children; it goes on when they are done",
};
/** bullmq tells this one by its message. */
const RATE_LIMITED = "bullmq:rateLimitExceeded";

const monitored = new WeakSet<object>();

/**
 * Shows each job that a worker of bullmq processes as a job in Playhead, live: its progress as `job.updateProgress` tells it
 * (a number from 0 to 100, or an object with `progress` or `percent`; what else is in it are details), its lines of
 * `job.log`, its end, and each try as an attempt of its own. Functions that are monitored record their calls within it.
 *
 * Canceled in Playhead, a job's signal (the processor's third argument) is aborted, and it is not tried again; paused, it
 * is held up at its next `await job.updateProgress(…)`. Queue and worker behave as they did, also when Playhead is away.
 *
 * @returns the worker
 * @throws PlayheadError `validation_error` for what is no worker of bullmq
 */
export function monitorBullMQ<Worker extends BullMQWorker>(
  worker: Worker,
  playhead: Pick<Playhead, "job">,
  options: MonitorBullMQOptions = {},
): Worker {
  if (typeof Reflect.get(worker, "callProcessJob") !== "function") {
    throw new PlayheadError("validation_error", "expected a Worker of the package bullmq, 5 or newer");
  }
  if (monitored.has(worker)) return worker;
  monitored.add(worker);
  const lastTries = new Map<string, string>();

  /** @returns the id in Playhead of the try before, as far as it is remembered */
  function remember(bullId: string, jobId: string): string | undefined {
    const before = lastTries.get(bullId);
    lastTries.delete(bullId);
    lastTries.set(bullId, jobId);
    const [oldest] = lastTries.keys();
    if (lastTries.size > MAX_KNOWN && oldest !== undefined) lastTries.delete(oldest);
    return before;
  }

  worker.on("completed", ({ id = "" }: BullMQJob) => lastTries.delete(id));
  override(
    worker,
    "callProcessJob",
    (processJob) =>
      function (bullJob: BullMQJob, token: string, bullSignal: AbortSignal | undefined) {
        const job = announce(playhead, worker.name, bullJob, options, remember);
        return processed(job, bullJob, (signal) => {
          const either = bullSignal === undefined ? undefined : AbortSignal.any([bullSignal, signal]);
          return Reflect.apply(processJob, this, [bullJob, token, either]);
        });
      },
  );
  return worker;
}

function announce(
  playhead: Pick<Playhead, "job">,
  queue: string,
  bullJob: BullMQJob,
  { kind = queue, titleOf = ({ name }) => name, metadataOf = () => ({}) }: MonitorBullMQOptions,
  remember: (bullId: string, jobId: string) => string | undefined,
): JobHandle {
  const { id = "", attemptsMade } = bullJob;
  const jobId = `bullmq_${crypto.randomUUID().replaceAll("-", "")}`;
  const before = remember(id, jobId);
  return playhead.job({
    ...{ id: jobId, kind, title: titleOf(bullJob) },
    metadata: { ...metadataOf(bullJob), queue, bullmq_id: id },
    attempt: attemptsMade + 1,
    ...(before !== undefined && attemptsMade > 0 && { retry_of: before }),
  });
}

type Outcome = { readonly isDone: true; readonly value: unknown } | { readonly isDone: false; readonly error: unknown };

/** Runs a try as a job of one task, which is as far as the job says. What the processor did is what bullmq gets. */
async function processed(
  job: JobHandle,
  bullJob: BullMQJob,
  processJob: (signal: AbortSignal) => unknown,
): Promise<unknown> {
  const { promise: ended, resolve: end } = Promise.withResolvers<Outcome>();
  const shown = job.run(({ signal }) =>
    job.task({ id: "process", title: bullJob.name }, async (task) => {
      follow(bullJob, task);
      const outcome = await outcomeOf(() => processJob(signal));
      end(outcome);
      if (outcome.isDone) return outcome.value;
      const why = putOff(outcome.error);
      // Not a failure: what has begun is over for now, and another try goes on with it.
      if (why !== null) job.cancel(why);
      throw outcome.error;
    }),
  );
  // Where it did not come to the processor, this is all there is.
  shown.catch((error: unknown) => end({ isDone: false, error }));
  const outcome = await ended;
  if (outcome.isDone) return outcome.value;
  const isCanceled = job.signal.aborted && putOff(outcome.error) === null;
  throw isCanceled ? unrecoverable(outcome.error) : outcome.error;
}

async function outcomeOf(work: () => unknown): Promise<Outcome> {
  try {
    return { isDone: true, value: await work() };
  } catch (error) {
    return { isDone: false, error };
  }
}

/** The job tells its progress and its log by its own methods: they tell Playhead, too. */
function follow(bullJob: BullMQJob, task: TaskHandle): void {
  tellAlso(bullJob, "updateProgress", async (progress) => {
    const { fraction, details } = readProgress(progress);
    if (fraction !== null) task.progress(fraction, details);
    else task.details(details);
    await task.checkpoint();
  });
  tellAlso(bullJob, "log", (line) => task.log.info(String(line)));
}

function tellAlso(bullJob: BullMQJob, name: string, tell: (value: unknown) => Promise<void> | void): void {
  override(
    bullJob,
    name,
    (original: Method) =>
      async function (...args: unknown[]) {
        await tell(args[0]);
        return Reflect.apply(original, this, args);
      },
  );
}

/** @returns 0..1, as far as the value says, and what else is in it */
function readProgress(progress: unknown): { fraction: number | null; details: Readonly<Record<string, unknown>> } {
  if (typeof progress === "number") return { fraction: share(progress), details: {} };
  if (!isJsonObject(progress)) return { fraction: null, details: { progress } };
  const { progress: told, percent = told, ...details } = progress;
  return { fraction: typeof percent === "number" ? share(percent) : null, details };
}

const share = (percent: number) => (Number.isFinite(percent) ? Math.min(1, Math.max(0, percent / 100)) : null);

/** Why a job was only put off; null for an error. */
function putOff(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if (error.message === RATE_LIMITED) return "held back by the queue's rate limit";
  return PUT_OFF[error.name] ?? null;
}

/** What somebody has canceled is not to be tried again: bullmq tells that by the name. */
function unrecoverable(cause: unknown): Error {
  const error = new Error(messageOf(cause), { cause });
  error.name = "UnrecoverableError";
  return error;
}
