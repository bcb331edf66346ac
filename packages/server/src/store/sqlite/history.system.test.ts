import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { isFinalJobState, type Job, PlayheadError } from "@playhead/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createJobScript, EMPTY_GROUP, type JobScript } from "../conformance/job-script.ts";
import { createGroupEncoder } from "./group-message.ts";
import { openReaderService } from "./reader-service.ts";
import { openWriterService } from "./writer-service.ts";

/**
 * Whatever is reported, in whatever groups it is committed, wherever segments end, wherever the store is opened anew,
 * and whatever fails in between: what is read is what was committed.
 */

type Step =
  | { readonly do: "report"; readonly job: number; readonly roll: number }
  | { readonly do: "commit"; readonly projected: readonly boolean[] }
  | { readonly do: "fail"; readonly job: number }
  | { readonly do: "read"; readonly job: number }
  | { readonly do: "restart"; readonly segmentSize: number };

const JOBS = 4;
const anyJob = fc.nat(JOBS - 1);
const anySegmentSize = fc.integer({ min: 1, max: 50 });
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constant("report"), job: anyJob, roll: fc.nat(999) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("commit"),
      projected: fc.array(fc.boolean(), { minLength: JOBS, maxLength: JOBS }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("fail"), job: anyJob }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("read"), job: anyJob }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("restart"), segmentSize: anySegmentSize }) },
);

/** Some fact that may be legal at this point; one that is not changes nothing. */
function reportSomething(script: JobScript, roll: number): void {
  const tasks = [...script.job().tasks.keys()];
  const task_id = tasks[roll % tasks.length] ?? "none";
  const choices = [
    () => script.report("task.created", { task_id: `t${tasks.length}`, kind: "clip", parent_id: tasks[0] ?? null }),
    () => script.report("clip.progress", { task_id: `i${tasks.length}`, kind: "clip", step: "rendering" }),
    () => script.report("clip.progress", { task_id, step: roll % 3 === 0 ? "complete" : `step ${roll}` }),
    () => script.report("task.artifact_added", { task_id, artifact: { type: "video", name: `a${roll}` } }),
    () => script.report("job.updated", { title: `Title ${roll}` }, "f".repeat(32)),
    () => script.report("job.state_changed", { new_state: roll % 2 === 0 ? "running" : "pausing" }),
    () => script.report(roll % 5 === 0 ? "job.failed" : "job.updated", { error_code: "task_failed" }),
  ];
  try {
    choices[roll % choices.length]?.();
  } catch (error) {
    if (!(error instanceof PlayheadError)) throw error;
  }
}

function createWorld(folder: string, firstSegmentSize: number) {
  const file = path.join(folder, "playhead.db");
  const scripts = new Map<number, JobScript>();
  const unprojected = new Set<JobScript>();
  const stored = new Set<JobScript>();
  let store = open(firstSegmentSize);

  function open(segmentSize: number) {
    const writer = openWriterService({ file, newEpoch: "e", segmentSize });
    // Few handles, so that they start over now and then.
    return { writer, reader: openReaderService({ file }), turn: 1, encoder: createGroupEncoder(3) };
  }

  function scriptOf(job: number): JobScript {
    let script = scripts.get(job);
    if (script === undefined) {
      script = createJobScript({ jobId: `job${job}`, tenantId: "t" });
      scripts.set(job, script);
      unprojected.add(script);
    }
    return script;
  }

  function commit(projected: readonly boolean[]): void {
    const chosen = [...scripts].filter(([job, script]) => projected[job] || unprojected.has(script));
    unprojected.clear();
    const group = {
      ...EMPTY_GROUP,
      facts: [...scripts.values()].flatMap((script) => script.takeFacts()),
      projections: chosen.map(([, script]) => script.project()),
    };
    store.writer.commit(store.turn, store.encoder.encode(group), 0);
    for (const script of scripts.values()) stored.add(script);
  }

  /** A group with a gap, together with much that could be stored. */
  function fail(job: number): void {
    const script = scriptOf(job);
    if (!stored.has(script)) return;
    const { job_id, seq } = script.job();
    const fact = { job_id, type: "job.updated", tsMs: 1, correlation_id: null, dataJson: "{}" } as const;
    const [first, second] = [seq + 1, seq + 3].map((each) => ({ ...fact, seq: each }));
    const fresh = createJobScript({ jobId: "fresh", tenantId: "t" });
    const group = fresh.group();
    const facts = [...group.facts, ...(first && second ? [first, second] : [])];
    const all = { ...group, facts, sources: new Map([["s", 1]]) };
    expect(() => store.writer.commit(store.turn, store.encoder.encode(all), 0)).toThrow(PlayheadError);
    store.turn += 1;
  }

  function check(script: JobScript): void {
    const { jobId } = script;
    if (!stored.has(script)) {
      expect(store.reader.readJob(jobId)).toBeNull();
      return;
    }
    const facts = JSON.parse(store.reader.readFacts(jobId, 0, 10_000));
    const events = script.events().slice(0, facts.length);
    expect(facts).toEqual(events);
    for (const after of [0, 1, 5, 17]) {
      expect(JSON.parse(store.reader.readFacts(jobId, after, 7))).toEqual(events.slice(after, after + 7));
    }
  }

  function checkJob(script: JobScript): void {
    const [summary, ...tasks] = (store.reader.readJob(script.jobId) ?? []).map((text) => JSON.parse(text));
    const expected: Job = script.job();
    expect({ ...summary, tasks: expected.tasks }).toEqual(expected);
    expect(tasks.flat()).toEqual([...expected.tasks.values()]);
    const open = store.reader.readOpenJobIds();
    if (!isFinalJobState(expected.state)) expect(open).toContain(script.jobId);
  }

  return {
    take(step: Step): void {
      if (step.do === "report") reportSomething(scriptOf(step.job), step.roll);
      else if (step.do === "commit") commit(step.projected);
      else if (step.do === "fail") fail(step.job);
      else if (step.do === "read") check(scriptOf(step.job));
      else this.restart(step.segmentSize);
    },
    restart(segmentSize: number): void {
      this.close();
      store = open(segmentSize);
    },
    /** Everything that is at hand is stored, and read back. */
    finish(): void {
      commit([]);
      for (const script of scripts.values()) {
        check(script);
        checkJob(script);
      }
      expect(store.reader.readJob("fresh")).toBeNull();
      expect(store.reader.readSource("s")).toBe(0);
    },
    close(): void {
      store.reader.close();
      store.writer.close();
    },
  };
}

test("what is read is what was committed, wherever segments end", { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(anySegmentSize, fc.array(anyStep, { minLength: 1, maxLength: 150, size: "max" }), (size, steps) => {
      const folder = mkdtempSync(path.join(os.tmpdir(), "playhead-history-"));
      const world = createWorld(folder, size);
      try {
        for (const step of steps) world.take(step);
        world.finish();
        world.restart(7);
        world.finish();
      } finally {
        world.close();
        rmSync(folder, { recursive: true });
      }
    }),
    { numRuns: 30 },
  );
});
