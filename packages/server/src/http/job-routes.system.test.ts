import { afterEach, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { bodyOf, expectError, line, reportRunningJob } from "../../test/api.ts";
import { atFileEnd } from "../../test/file-end.ts";
import { startTestServer, type TestServer } from "../../test/start-server.ts";
import { event, jobSnapshot, jobSummary, logLine, task } from "./schemas.ts";

let server: TestServer;
const atEnd = atFileEnd();
beforeAll(async () => {
  server = await startTestServer({ atEnd });
});
afterEach(() => {
  // Nothing of all this was our fault.
  expect(server.complaints).toEqual([]);
});

describe("jobs", () => {
  test("one that is announced waits for who runs it", async () => {
    const answer = await server.post("/api/v1/jobs", {
      job_id: "announced",
      kind: "clips",
      title: "Episode 12",
      user_id: "u_7",
      metadata: { season: 3 },
    });
    const job = await answer.json();
    expect([answer.status, answer.headers.get("location")]).toEqual([201, "/api/v1/jobs/announced"]);
    expect(z.strictObject(jobSnapshot.shape).parse(job)).toMatchObject({
      job_id: "announced",
      state: "pending",
      title: "Episode 12",
      user_id: "u_7",
      metadata: { season: 3 },
      worker: null,
      tenant_id: "default",
      seq: 1,
    });
    await expectError(await server.post("/api/v1/jobs", { job_id: "announced", kind: "clips" }), 409, "conflict");
    const { job_id } = await bodyOf(server.post("/api/v1/jobs", { kind: "clips" }));
    expect(job_id).toMatch(/^job_[0-9a-f]{20}$/);
  });

  test.each([
    { name: "no kind", body: {}, says: "body.kind" },
    { name: "an empty kind", body: { kind: "" }, says: "body.kind" },
    { name: "an id that cannot stand in an address", body: { kind: "k", job_id: "a/b" }, says: "body.job_id" },
    { name: "an unknown field", body: { kind: "k", colour: "red" }, says: "colour" },
    { name: "no object", body: [], says: "body" },
  ])("one with $name is refused with 422", async ({ body, says }) => {
    expect(await expectError(await server.post("/api/v1/jobs", body), 422, "validation_error")).toContain(says);
  });

  test("one is read as it stands", async () => {
    await reportRunningJob(server, "read");
    const job = await bodyOf(server.ask("/api/v1/jobs/read"));
    expect(z.strictObject(jobSnapshot.shape).parse(job)).toMatchObject({
      state: "running",
      worker: "w-read",
      seq: 5,
      tasks: [{ task_id: "t1", state: "processing", percent_complete: 50 }],
      tasks_total: 1,
    });
    await expectError(await server.ask("/api/v1/jobs/none"), 404, "not_found");
  });

  test("its parts are read", async () => {
    await reportRunningJob(server, "parts");
    const { tasks, next_page_token } = await bodyOf(
      server.ask("/api/v1/jobs/parts/tasks?state=processing&state=pending"),
    );
    expect([tasks.map((each: unknown) => z.strictObject(task.shape).parse(each).task_id), next_page_token]).toEqual([
      ["t1"],
      null,
    ]);
    expect((await bodyOf(server.ask("/api/v1/jobs/parts/tasks?state=failed"))).tasks).toEqual([]);
    const facts = await bodyOf(server.ask("/api/v1/jobs/parts/events?after=1&limit=2"));
    expect(facts).toMatchObject({ epoch: expect.any(String), next_after: 3 });
    expect(facts.events.map((each: unknown) => z.strictObject(event.shape).parse(each).seq)).toEqual([2, 3]);
    expect(await bodyOf(server.ask(`/api/v1/jobs/parts/events?after=${facts.next_after}`))).toMatchObject({
      events: [{ seq: 4 }, { seq: 5 }],
      next_after: null,
    });
    const { logs } = await bodyOf(server.ask("/api/v1/jobs/parts/logs"));
    expect(logs.map((each: unknown) => z.strictObject(logLine.shape).parse(each).message)).toEqual(["slow"]);
    expect((await bodyOf(server.ask("/api/v1/jobs/parts/logs?level=warning"))).logs).toHaveLength(1);
    expect((await bodyOf(server.ask("/api/v1/jobs/parts/logs?level=error"))).logs).toEqual([]);
    for (const part of ["tasks", "events", "logs"]) {
      await expectError(await server.ask(`/api/v1/jobs/none/${part}`), 404, "not_found");
    }
  });

  test("log lines are paged both ways", async () => {
    await reportRunningJob(server, "lines");
    await server.report(
      Array.from({ length: 25 }, (_, at) => line(6 + at, "log", "lines", { level: "info", message: `${at}` })),
    );
    const first = await bodyOf(server.ask("/api/v1/jobs/lines/logs?limit=20"));
    expect([first.logs.length, first.next_after]).toEqual([20, first.logs.at(-1).log_id]);
    const rest = await bodyOf(server.ask(`/api/v1/jobs/lines/logs?limit=20&after=${first.next_after}`));
    expect([rest.logs.length, rest.next_after, rest.logs.at(-1).message]).toEqual([6, null, "24"]);
    const before = await bodyOf(server.ask(`/api/v1/jobs/lines/logs?limit=3&before=${rest.logs.at(-1).log_id}`));
    expect(before.logs.map(({ message }: { message: string }) => message)).toEqual(["21", "22", "23"]);
  });

  test("tasks that were only just reported are in the list, page by page, in their order", async () => {
    await reportRunningJob(server, "pages");
    const tasks = Array.from({ length: 45 }, (_, at) =>
      line(6 + at, "task.created", "pages", { task_id: `p${at}`, kind: "step" }),
    );
    await server.report(tasks);
    const seen: string[] = [];
    let token: string | null = null;
    do {
      const page: { tasks: { task_id: string }[]; next_page_token: string | null } = await bodyOf(
        server.ask(`/api/v1/jobs/pages/tasks?page_size=20${token === null ? "" : `&page_token=${token}`}`),
      );
      seen.push(...page.tasks.map(({ task_id }) => task_id));
      token = page.next_page_token;
    } while (token !== null);
    expect(seen).toEqual(["t1", ...Array.from({ length: 45 }, (_, at) => `p${at}`)]);
  });

  test("a list is filtered, searched, sorted and paged", async () => {
    for (let at = 0; at < 12; at++) {
      await server.post("/api/v1/jobs", {
        job_id: `list-${at}`,
        kind: at % 2 ? "odd" : "even",
        title: `Größe ${at}`,
        user_id: "lister",
      });
    }
    const list = (query: string) => bodyOf(server.ask(`/api/v1/jobs?user_id=lister&${query}`));
    const ids = ({ jobs }: { jobs: { job_id: string }[] }) => jobs.map(({ job_id }) => job_id);
    const all = await list("page_size=200");
    expect(ids(all)).toHaveLength(12);
    for (const job of all.jobs) z.strictObject(jobSummary.shape).parse(job);
    expect(ids(await list("kind=odd&state=pending"))).toHaveLength(6);
    expect(ids(await list("kind=odd&kind=even&state=running"))).toEqual([]);
    expect(ids(await list("q=GR%C3%96SSE%201"))).toEqual([]);
    expect(ids(await list("q=gr%C3%B6%C3%9Fe%2011"))).toEqual(["list-11"]);
    const first = await list("page_size=10&sort=title&order=asc");
    const second = await list(`page_size=10&sort=title&order=asc&page_token=${first.next_page_token}`);
    expect([...ids(first), ...ids(second)].sort()).toEqual(ids(all).sort());
    expect(second.next_page_token).toBeNull();
  });

  test.each(["page_size=9", "page_size=201", "page_size=x", "state=gone", "sort=colour", "order=up"])(
    "a list with %s is refused with 422",
    async (query) => {
      await expectError(await server.ask(`/api/v1/jobs?${query}`), 422, "validation_error");
    },
  );

  test("a page token that we did not give is refused with 400", async () => {
    for (const token of ["x", "W10", "bnVsbA"]) {
      await expectError(await server.ask(`/api/v1/jobs?page_token=${token}`), 400, "invalid_request");
    }
  });

  test("the overview counts", async () => {
    await reportRunningJob(server, "counted");
    const overview = await bodyOf(server.ask("/api/v1/overview"));
    expect(overview).toMatchObject({
      running: expect.any(Number),
      by_state: { running: expect.any(Number), pending: expect.any(Number) },
      jobs_last_24h: expect.any(Number),
      errors_last_24h: expect.any(Number),
      items_per_minute: null,
      server: { version: "1.2.3", epoch: expect.any(String), started_at: expect.any(String) },
    });
    expect(overview.by_state.running).toBeGreaterThanOrEqual(1);
  });
});
