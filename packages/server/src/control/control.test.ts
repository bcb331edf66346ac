import {
  applyEvent,
  type ControlVerb,
  decide,
  draftOf,
  emptyJob,
  JOB_STATES,
  type JobDraft,
  type JobState,
  PlayheadError,
} from "@playhead/core";
import { describe, expect, test } from "vitest";
import { createControl } from "./control.ts";
import { createWorkers } from "./workers.ts";

const VERBS: readonly ControlVerb[] = ["pause", "resume", "cancel"];

/** A job in a state, decided upon by the real tables. */
function setup(state: JobState, { worker = "w" as string | null, connected = true } = {}) {
  const job: JobDraft = draftOf({ ...emptyJob("j"), state, worker, seq: 1, created_at: "2026-11-21T10:42:00.000Z" });
  const workers = createWorkers({
    nowMs: () => 0,
    lostAfterMs: () => 60_000,
    commandsOnReturn: () => [],
    onExpected: () => undefined,
  });
  if (connected && worker !== null) workers.seen(worker);
  const reported: string[] = [];
  const announced: unknown[] = [];
  let isFailing = false;
  const control = createControl({
    findJob: async (tenantId, jobId) => (tenantId === "default" && jobId === "j" ? job : null),
    report: async (_, record) => {
      if (isFailing) {
        isFailing = false;
        throw new Error("the disk is full");
      }
      if (record.type === "job.created") return void announced.push([record.job_id, record.data]);
      const ts = "2026-11-21T10:43:00.000Z";
      for (const fact of decide(job, { ...record, ts })) {
        applyEvent(job, { ...fact, ts, job_id: "j", seq: job.seq + 1, correlation_id: "c" });
      }
      reported.push(String(record.data.new_state ?? record.type));
    },
    workers: connected ? workers : { ...workers, isLost: () => true },
    newId: () => "id",
    newJobId: () => "k",
  });
  return {
    job,
    reported,
    announced,
    failNext: () => {
      isFailing = true;
    },
    sent: () => workers.waiting("w").map(({ verb, reason }) => [verb, reason]),
    command: (verb: ControlVerb, reason: string | null = null) => control.command("default", "j", verb, reason),
    control,
  };
}

/** What each verb makes of each state, with a worker that is there; null where it is refused. */
const OUTCOMES: Readonly<Record<ControlVerb, Readonly<Record<JobState, JobState | null>>>> = {
  pause: {
    pending: null,
    running: "pausing",
    pausing: null,
    paused: null,
    completing: null,
    canceling: null,
    completed: null,
    canceled: null,
    failed: null,
  },
  resume: {
    pending: null,
    running: null,
    pausing: "running",
    paused: "running",
    completing: null,
    canceling: null,
    completed: null,
    canceled: null,
    failed: null,
  },
  cancel: {
    pending: "canceling",
    running: "canceling",
    pausing: "canceling",
    paused: "canceling",
    completing: null,
    canceling: null,
    completed: null,
    canceled: null,
    failed: null,
  },
};

describe.each(VERBS)("%s", (verb) => {
  test.each(JOB_STATES)("of a job that is %s does what the table says", async (state) => {
    const { job, sent, reported, command } = setup(state);
    const outcome = OUTCOMES[verb][state];
    if (outcome === null) {
      await expect(command(verb)).rejects.toMatchObject({ code: "conflict" });
      expect([job.state, sent(), reported]).toEqual([state, [], []]);
    } else {
      await command(verb, "because");
      expect([job.state, sent(), reported]).toEqual([outcome, [[verb, "because"]], [outcome]]);
    }
  });
});

test("a job that nobody runs is canceled at once", async () => {
  const { job, reported, command } = setup("pending", { worker: null });
  await command("cancel");
  expect([job.state, job.reason, reported]).toEqual(["canceled", "cancel requested", ["canceling", "job.canceled"]]);
});

test("a job whose worker is silent is canceled at once, and the worker told should it come back", async () => {
  const { job, sent, command } = setup("running", { connected: false });
  await command("cancel");
  expect([job.state, sent()]).toEqual(["canceled", [["cancel", "cancel requested"]]]);
});

test("a job that was on its way to be canceled when its worker went ends when asked again", async () => {
  const { job, command } = setup("canceling", { connected: false });
  await command("cancel");
  expect(job.state).toBe("canceled");
});

test("a silent worker is told to pause when it comes back", async () => {
  const { job, sent, command } = setup("running", { connected: false });
  await command("pause");
  expect([job.state, sent()]).toEqual(["pausing", [["pause", "pause requested"]]]);
});

test.each(JOB_STATES)("a retry of a job that is %s is a new job with what it was to do, or refused", async (state) => {
  const { control, announced } = setup(state);
  if (state !== "failed" && state !== "canceled") {
    await expect(control.retry("default", "j")).rejects.toMatchObject({ code: "conflict", detail: { state } });
    expect(announced).toEqual([]);
    return;
  }
  expect(await control.retry("default", "j")).toBe("k");
  const definition = { kind: "job", title: "j", user_id: null, metadata: {}, processing_deadline_ms: null };
  expect(announced).toEqual([["k", { ...definition, attempt: 2, retry_of: "j", first_attempt: "j" }]]);
});

test("what was prepared for a retry is undone when it cannot be announced", async () => {
  const { control, failNext } = setup("failed");
  const done: string[] = [];
  const prepare = async (retryId: string) => {
    done.push(`prepared ${retryId}`);
    return async () => void done.push("undone");
  };
  failNext();
  await expect(control.retry("default", "j", { prepare })).rejects.toThrow("the disk is full");
  await control.retry("default", "j", { prepare });
  expect(done).toEqual(["prepared k", "undone", "prepared k"]);
});

test("a worker that comes back is told how each of its jobs is wanted by now", () => {
  const verbs = JOB_STATES.map((state) => {
    const { control } = setup(state);
    return [state, control.commandFor({ job_id: "j", state, reason: "because" })?.verb ?? null];
  });
  expect(Object.fromEntries(verbs)).toEqual({
    pending: null,
    running: "resume",
    pausing: "pause",
    paused: "pause",
    completing: null,
    canceling: "cancel",
    completed: null,
    canceled: null,
    failed: null,
  });
});

test("a job that is not there, or another tenant's, is not found", async () => {
  const { control } = setup("running");
  for (const [tenantId, jobId] of [
    ["default", "k"],
    ["other", "j"],
  ] as const) {
    const error: unknown = await control.command(tenantId, jobId, "pause", null).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(PlayheadError);
    expect(error).toMatchObject({ code: "not_found" });
  }
});
