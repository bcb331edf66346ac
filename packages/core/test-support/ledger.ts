import { decide } from "../src/decide.ts";
import type { EventRecord, EventType, PlayheadEvent } from "../src/event.ts";
import { applyEvent } from "../src/fold.ts";
import { draftOf, emptyJob, type JobDraft } from "../src/job-draft.ts";
import { progressAt } from "../src/job-progress.ts";
import type { JsonObject } from "../src/json.ts";
import { createProgressTree, type ProgressTree } from "../src/progress-tree.ts";

/** The id of the job that tests tell of. */
export const JOB_ID = "job_1";
/** Its trace. */
export const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
/** When its time begins. */
export const START_MS = Date.parse("2026-11-21T10:42:00.000Z");

/** What the server does with what is reported, in small: decides, numbers, folds, and keeps the percentage. */
export interface Ledger {
  readonly job: JobDraft;
  readonly tree: ProgressTree;
  /** Facts and ticks in the order in which viewers get them. */
  readonly events: readonly PlayheadEvent[];
  nowMs(): number;
  wait(ms: number): void;
  /** Reports a fact. @throws PlayheadError when it is refused */
  report(type: EventType, data: JsonObject): void;
  /** Reports a tick of a task. */
  tick(type: EventType, data: JsonObject): void;
  /** Says the job's progress. */
  sayProgress(): void;
}

/** A ledger without a job: the first fact has to be `job.created`. */
export function createLedger(): Ledger {
  const job = draftOf(emptyJob(JOB_ID));
  const tree = createProgressTree();
  const events: PlayheadEvent[] = [];
  let nowMs = START_MS;

  function add(event: Pick<PlayheadEvent, "type" | "data" | "seq"> & { readonly tick?: number }): void {
    const full = { ts: new Date(nowMs).toISOString(), job_id: JOB_ID, correlation_id: TRACE_ID, ...event };
    events.push(full);
    applyEvent(job, full);
    const task = job.tasks.get(String(event.data.task_id));
    if (task !== undefined) tree.update(task);
  }

  return {
    job,
    tree,
    events,
    nowMs: () => nowMs,
    wait(ms) {
      nowMs += ms;
    },
    report(type, data) {
      const record: EventRecord = { type, ts: new Date(nowMs).toISOString(), job_id: JOB_ID, n: 1, data };
      for (const fact of decide(job.seq === 0 ? undefined : job, record)) add({ ...fact, seq: job.seq + 1 });
    },
    tick(type, data) {
      add({ type, data, seq: job.seq, tick: job.tick + 1 });
    },
    sayProgress() {
      const data = { ...progressAt(job, tree.fraction(), nowMs) };
      add({ type: "job.progress", data, seq: job.seq, tick: job.tick + 1 });
    },
  };
}

/** A ledger with a job that runs. */
export function createRunningLedger(): Ledger {
  const ledger = createLedger();
  ledger.report("job.created", { kind: "clips", title: "Episode 12" });
  ledger.wait(1_000);
  ledger.report("job.state_changed", { new_state: "running" });
  return ledger;
}
