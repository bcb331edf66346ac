import { describe, expect, onTestFinished, test } from "vitest";
import { startIngest } from "../../test/start-ingest.ts";
import { tempFolder } from "../../test/temp-folder.ts";
import { createAnnouncer, type JobDefinition } from "./announce-job.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

async function setup() {
  const { ingest, store, end } = await startIngest(tempFolder());
  onTestFinished(end);
  const callbacks = new Map<string, string>();
  const attempts = new Set<string>();
  let limit = Number.POSITIVE_INFINITY;
  const announcer = createAnnouncer({
    createdMs: async (_, jobId) => {
      const job = await store.readSnapshot(jobId);
      return job === null ? null : Date.parse(job.created_at);
    },
    // As when the process dies in between: what came later was never taken.
    ingest: (tenantId, records) =>
      ingest.ingest({ source: "server", records: records.slice(0, limit) }, { tenantId, worker: null }),
    keepCallback: async (_, jobId, url) => {
      callbacks.set(jobId, url);
      return async () => {
        callbacks.delete(jobId);
      };
    },
    keepAttempts: async (_, jobId) => {
      attempts.add(jobId);
      return async () => void attempts.delete(jobId);
    },
    nowMs: Date.now,
  });
  return {
    store,
    callbacks,
    attempts,
    take: (count: number) => {
      limit = count;
    },
    announce: (jobId: string, definition: JobDefinition, resumedSinceMs: number | null = null, tenantId = "default") =>
      announcer.announce({ tenantId, jobId, definition, correlationId: TRACE, resumedSinceMs }),
    types: async (jobId: string) => (await store.readFacts(jobId, 0, 100)).map(({ type }) => type),
  };
}

const WHOLE: JobDefinition = {
  kind: "bulk",
  title: "Rows",
  processing_deadline_ms: 60_000,
  callback_url: "https://example.com/done",
  tasks: [
    { task_id: "prepare", kind: "stage", weight: 1 },
    { task_id: "download", kind: "step", parent_id: "prepare" },
  ],
  videos: [{ id: "row-1", title: "Row 1", fields: { voice: "a" } }, { title: "Row 2" }],
};

test("is stored as a whole: its facts, its tasks, its videos, and whom to call", async () => {
  const { announce, store, callbacks } = await setup();
  await announce("j", WHOLE);
  const facts = await store.readFacts("j", 0, 100);
  expect(facts.map(({ type, data }) => [type, data])).toEqual([
    [
      "job.created",
      { kind: "bulk", title: "Rows", processing_deadline_ms: 60_000, tenant_id: "default", worker: null },
    ],
    ["task.created", { task_id: "prepare", kind: "stage", weight: 1 }],
    ["task.created", { task_id: "download", kind: "step", parent_id: "prepare" }],
    [
      "video.created",
      {
        task_id: "row-1",
        id: "row-1",
        parent_id: null,
        kind: "video",
        title: "Row 1",
        fields: { voice: "a", id: "row-1" },
      },
    ],
    [
      "video.created",
      { task_id: "v2", id: "v2", parent_id: null, kind: "video", title: "Row 2", fields: { id: "v2" } },
    ],
  ]);
  expect(new Set(facts.map(({ correlation_id }) => correlation_id))).toEqual(new Set([TRACE]));
  // Where it goes to may hold a key: it is in no event.
  expect(JSON.stringify(facts)).not.toContain("example.com");
  expect(callbacks.get("j")).toBe("https://example.com/done");
});

test("what is attached to it is stored without secrets; what it calls things stays", async () => {
  const { announce, store } = await setup();
  const secret = { api_key: "hunter2", link: "https://bob:hunter2@example.com/a" };
  await announce("j", {
    kind: "bulk",
    title: "with token=hunter2",
    metadata: { deep: [secret], voice: "a" },
    tasks: [{ task_id: "token=1", kind: "stage", fields: secret }],
    videos: [{ id: "row-1", title: "password: hunter2", fields: secret }],
  });
  const facts = JSON.stringify(await store.readFacts("j", 0, 100));
  expect(facts).not.toContain("hunter2");
  expect(facts).toContain('"voice":"a"');
  expect(facts).toContain('"task_id":"token=1"');
});

describe("one that is no tree is refused, and nothing of it is stored", () => {
  test.each<{ name: string; definition: Partial<JobDefinition>; says: string }>([
    { name: "two videos of one id", definition: { videos: [{ id: "a" }, { id: "a" }] }, says: "exists already" },
    { name: "a video with the id that the server gives", definition: { videos: [{ id: "v2" }, {}] }, says: "v2" },
    {
      name: "a task and a video of one id",
      definition: { tasks: [{ task_id: "a", kind: "k" }], videos: [{ id: "a" }] },
      says: "a",
    },
    {
      name: "an unknown parent",
      definition: { tasks: [{ task_id: "a", kind: "k", parent_id: "b" }] },
      says: "to be the parent",
    },
  ])("$name", async ({ definition, says }) => {
    const { announce, types, callbacks } = await setup();
    const refused = announce("j", { kind: "bulk", callback_url: "https://example.com/", ...definition });
    await expect(refused).rejects.toMatchObject({ code: "validation_error", message: expect.stringContaining(says) });
    expect([await types("j"), callbacks.size]).toEqual([[], 0]);
  });
});

describe("a job that is there", () => {
  test("is a conflict; it gets neither tasks nor a callback", async () => {
    const { announce, types, callbacks } = await setup();
    await announce("j", { kind: "k" });
    await expect(announce("j", WHOLE)).rejects.toMatchObject({ code: "conflict" });
    expect([await types("j"), callbacks.size]).toEqual([["job.created"], 0]);
  });

  test("of another tenant gets neither, either", async () => {
    const { announce, types, callbacks } = await setup();
    await announce("j", { kind: "k" });
    await expect(announce("j", WHOLE, null, "other")).rejects.toThrow();
    expect([await types("j"), callbacks.size]).toEqual([["job.created"], 0]);
  });

  test("is one of two at once: the other is a conflict", async () => {
    const { announce, types } = await setup();
    const both = await Promise.allSettled([announce("j", { kind: "k" }), announce("j", WHOLE)]);
    expect(both.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    expect(await types("j")).toEqual(["job.created"]);
  });
});

describe("a try that goes on where another one ended", () => {
  test.each([0, 1, 3, 5])("adds what is missing after %i facts", async (stored) => {
    const { announce, take, types } = await setup();
    const sinceMs = Date.now();
    take(stored);
    await announce("j", WHOLE);
    take(Number.POSITIVE_INFINITY);
    await announce("j", WHOLE, sinceMs);
    expect(await types("j")).toEqual(["job.created", "task.created", "task.created", "video.created", "video.created"]);
  });

  test("does not take a job for its own that was there before", async () => {
    const { announce } = await setup();
    await announce("j", { kind: "k" });
    await expect(announce("j", WHOLE, Date.now() + 60_000)).rejects.toMatchObject({ code: "conflict" });
  });
});
