import { applyEvent, decide, draftOf, type EventRecord, emptyJob, type Job } from "@playhead/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createJobPlan, type JobPlan } from "./job-plan.ts";

const JOB = { kind: "k", title: "t", userId: null, metadata: {} };
const TASK = { kind: "clip", title: "c", parentId: null, weight: null };

/** Takes what a plan says as the server does. @throws what it refuses */
function taken(job: Job | null, records: readonly EventRecord[]): Job | null {
  let draft = job === null ? null : draftOf(job);
  for (const record of records) {
    for (const { type, data } of decide(draft ?? undefined, record)) {
      draft ??= draftOf(emptyJob(record.job_id));
      const seq = draft.seq + 1;
      applyEvent(draft, { type, data, seq, ts: record.ts, job_id: record.job_id, correlation_id: "c".repeat(32) });
    }
  }
  return draft;
}

const ids = fc.constantFrom("a", "b", "c", "main");
const outcome = fc.constantFrom(
  { state: "completed" as const },
  { state: "failed" as const, error: { error_message: "no" } },
  { state: "canceled" as const, reason: "r" },
  { state: "skipped" as const, reason: "r" },
);
const step: fc.Arbitrary<(plan: JobPlan) => void> = fc.oneof(
  fc.constant((plan: JobPlan) => plan.begin(JOB, 1)),
  fc.tuple(ids, fc.option(ids)).map(
    ([id, parentId]) =>
      (plan: JobPlan) =>
        plan.startTask(id, { ...TASK, parentId }, 2),
  ),
  ids.map((id) => (plan: JobPlan) => plan.addSkipped(id, TASK, "r", 2)),
  fc.tuple(ids, outcome).map(
    ([id, how]) =>
      (plan: JobPlan) =>
        plan.endTask(id, how, 3),
  ),
  outcome.map((how) => (plan: JobPlan) => plan.end(how, 4)),
  fc.constant((plan: JobPlan) => plan.setTitle("another", 4)),
);

test("whatever spans say in whatever order, over however many batches, the job refuses none of it", () => {
  fc.assert(
    fc.property(fc.array(fc.array(step, { maxLength: 6 }), { maxLength: 5 }), (batches) => {
      let job: Job | null = null;
      for (const steps of batches) {
        const plan = createJobPlan({ jobId: "j", traceId: null, job });
        plan.begin(JOB, 1);
        for (const work of steps) work(plan);
        job = taken(
          job,
          plan.records.filter(({ type }) => type !== "progress.updated"),
        );
      }
      expect(job?.state).not.toBe("pending");
    }),
    { numRuns: 300 },
  );
});
