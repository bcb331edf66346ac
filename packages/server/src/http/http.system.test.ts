import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { isErrorCode } from "@playhead/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { startTestServer, type TestServer } from "../../test/start-server.ts";
import { event, jobSnapshot, jobSummary, logLine, task } from "./schemas.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ atEnd: afterAll });
});

/** Every route there is, and what it needs. */
const ROUTES = [
  { method: "GET", path: "/api/v1/jobs" },
  { method: "POST", path: "/api/v1/jobs" },
  { method: "GET", path: "/api/v1/jobs/{id}" },
  { method: "GET", path: "/api/v1/jobs/{id}/tasks" },
  { method: "GET", path: "/api/v1/jobs/{id}/events" },
  { method: "GET", path: "/api/v1/jobs/{id}/logs" },
  { method: "POST", path: "/api/v1/jobs/{id}/pause" },
  { method: "POST", path: "/api/v1/jobs/{id}/resume" },
  { method: "POST", path: "/api/v1/jobs/{id}/cancel" },
  { method: "POST", path: "/api/v1/events" },
  { method: "GET", path: "/api/v1/commands" },
  { method: "POST", path: "/api/v1/commands/{command_id}/ack" },
  { method: "GET", path: "/api/v1/overview" },
  { method: "GET", path: "/api/v1/session" },
  { method: "POST", path: "/api/v1/session", isPublic: true },
  { method: "DELETE", path: "/api/v1/session", isPublic: true },
  { method: "GET", path: "/api/v1/monitoring/health", isPublic: true },
  { method: "GET", path: "/api/v1/monitoring/health/live", isPublic: true },
  { method: "GET", path: "/api/v1/monitoring/health/ready", isPublic: true },
];

// biome-ignore lint/suspicious/noExplicitAny: what a test looks into is its own affair
const bodyOf = async (answer: Response | Promise<Response>): Promise<any> => (await answer).json();

/** An error as it has to look: a code of ours with its status, nothing of our insides. */
async function expectError(answer: Response, status: number, code: string): Promise<string> {
  const body = await bodyOf(answer);
  expect([answer.status, body.error_code]).toEqual([status, code]);
  expect(Object.keys(body).sort()).toEqual(["detail", "error_class", "error_code", "error_message"]);
  expect(isErrorCode(body.error_code)).toBe(true);
  expect(answer.headers.get("content-type")).toMatch(/^application\/json/);
  expect(answer.headers.get("x-correlation-id")).toMatch(/^[0-9a-f-]{36}$/);
  expect(body.error_message).not.toMatch(/node_modules|\.ts:|\/src\//);
  return body.error_message;
}

const line = (n: number | undefined, type: string, jobId: string, data: object = {}, source = `w-${jobId}`) => ({
  source,
  ...(n !== undefined && { n }),
  type,
  job_id: jobId,
  ts: "2026-11-21T10:42:00.000Z",
  data,
});

/** A job that runs, with a task at work, reported by a worker elsewhere. */
async function runningJob(jobId: string): Promise<void> {
  const answer = await server.report([
    line(1, "job.created", jobId, { kind: "clips", title: `Job ${jobId}` }),
    line(2, "job.state_changed", jobId, { new_state: "running" }),
    line(3, "task.created", jobId, { task_id: "t1", kind: "step", title: "Render" }),
    line(4, "task.started", jobId, { task_id: "t1" }),
    line(undefined, "progress.updated", jobId, { task_id: "t1", percent_complete: 50 }),
    line(5, "log", jobId, { level: "warning", message: "slow" }),
  ]);
  expect(await answer.json()).toEqual({ accepted: 5, refused: [] });
}

describe("who asks", () => {
  test.each(ROUTES)("$method $path needs a key, unless it is public", async ({ method, path, isPublic }) => {
    const address = path.replace("{id}", "none").replace("{command_id}", "none");
    const answer = await server.ask(address, { method, headers: {} });
    if (isPublic) expect(answer.status).not.toBe(401);
    else await expectError(answer, 401, "unauthorized");
    const wrong = await server.ask(address, { method, headers: { authorization: "Bearer wrong" } });
    if (isPublic) expect(wrong.status).not.toBe(401);
    else await expectError(wrong, 401, "unauthorized");
  });

  test("media and pages that are not there are told apart: the first need a key", async () => {
    await expectError(await server.ask("/media/x/y.mp4", { headers: {} }), 401, "unauthorized");
    expect((await server.ask("/jobs/anything", { headers: {} })).status).toBe(200);
  });

  test("the session says who it is", async () => {
    expect(await bodyOf(server.ask("/api/v1/session"))).toEqual({ role: "admin", tenant_id: "default" });
  });
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
    await runningJob("read");
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
    await runningJob("parts");
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
    await runningJob("lines");
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
    await runningJob("pages");
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
    await runningJob("counted");
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

describe("control", () => {
  test("a command reaches the worker that runs the job, again until it is confirmed", async () => {
    await runningJob("control");
    const answer = await server.post("/api/v1/jobs/control/pause", { reason: "lunch" });
    expect([answer.status, (await bodyOf(answer)).job]).toMatchObject([202, { state: "pausing", reason: "lunch" }]);
    const poll = async () => (await bodyOf(server.ask("/api/v1/commands?source=w-control"))).commands;
    const [command] = await poll();
    expect(command).toEqual({ command_id: expect.any(String), job_id: "control", verb: "pause", reason: "lunch" });
    expect(await poll()).toHaveLength(1);
    const confirm = await server.post(`/api/v1/commands/${command.command_id}/ack`);
    expect([confirm.status, await confirm.json()]).toEqual([200, { confirmed: true }]);
    expect(await poll()).toEqual([]);
    const again = await server.post(`/api/v1/commands/${command.command_id}/ack?source=w-control`);
    expect(await again.json()).toEqual({ confirmed: false });
  });

  test("a worker that waits is answered as soon as there is a command, not before and not after its time", async () => {
    await runningJob("waits");
    const waiting = server.ask("/api/v1/commands?source=w-waits&wait=25");
    const early = await Promise.race([
      waiting.then(() => "answered"),
      server.ask("/api/v1/session").then(() => "asked"),
    ]);
    expect(early).toBe("asked");
    await server.post("/api/v1/jobs/waits/pause");
    expect((await bodyOf(waiting)).commands).toMatchObject([{ verb: "pause" }]);
    expect(await bodyOf(server.ask("/api/v1/commands?source=w-nobody&wait=0.01"))).toEqual({ commands: [] });
    await expectError(await server.ask("/api/v1/commands?source=w&wait=26"), 422, "validation_error");
    await expectError(await server.ask("/api/v1/commands"), 422, "validation_error");
  });

  test("a worker that goes while it waits leaves nothing behind", async () => {
    const gone = new AbortController();
    const waiting = server.ask("/api/v1/commands?source=w-gone&wait=25", { signal: gone.signal });
    await server.ask("/api/v1/session");
    gone.abort();
    await expect(waiting).rejects.toThrow("abort");
  });

  test("what the state does not allow is refused with 409 and changes nothing", async () => {
    await server.post("/api/v1/jobs", { job_id: "still", kind: "clips" });
    const message = await expectError(await server.post("/api/v1/jobs/still/pause"), 409, "conflict");
    expect(message).toContain("pending");
    expect(await bodyOf(server.ask("/api/v1/jobs/still"))).toMatchObject({ state: "pending", seq: 1 });
    await server.post("/api/v1/jobs/still/cancel");
    expect(await bodyOf(server.ask("/api/v1/jobs/still"))).toMatchObject({ state: "canceled" });
    await expectError(await server.post("/api/v1/jobs/still/resume"), 409, "conflict");
    await expectError(await server.post("/api/v1/jobs/none/cancel"), 404, "not_found");
    await expectError(await server.post("/api/v1/jobs/still/cancel", { reason: 7 }), 422, "validation_error");
  });
});

describe("reporting", () => {
  test("lines that are wrong are refused one by one, and the good ones taken", async () => {
    const answer = await server.ask("/api/v1/events", {
      method: "POST",
      headers: { authorization: server.authorization, "content-type": "application/x-ndjson" },
      body: [
        JSON.stringify(line(1, "job.created", "bad-lines", { kind: "clips" })),
        "",
        "{not json",
        JSON.stringify(line(2, "task.exploded", "bad-lines")),
        JSON.stringify({ ...line(3, "job.updated", "bad-lines", { title: "x" }), source: "local:1" }),
        JSON.stringify(line(4, "task.started", "bad-lines", { task_id: "none" })),
        JSON.stringify(line(5, "job.updated", "bad-lines", { title: "good" })),
        "",
      ].join("\n"),
    });
    const { accepted, refused } = await bodyOf(answer);
    expect([answer.status, accepted]).toEqual([200, 2]);
    expect(
      refused.map(({ n, error_code, detail }: { n: number; error_code: string; detail: { line?: number } }) => [
        n,
        error_code,
        detail.line,
      ]),
    ).toEqual([
      [null, "validation_error", 3],
      [2, "validation_error", 4],
      [3, "validation_error", 5],
      [4, "not_found", undefined],
    ]);
    expect(await bodyOf(server.ask("/api/v1/jobs/bad-lines"))).toMatchObject({ title: "good", seq: 2 });
  });

  test("the same batch twice is harmless, and so are several sources in one", async () => {
    const batch = [
      line(1, "job.created", "two", { kind: "clips" }, "a"),
      line(1, "job.updated", "two", { title: "b" }, "b"),
      line(2, "job.updated", "two", { title: "a" }, "a"),
    ];
    for (let time = 0; time < 2; time++)
      expect(await bodyOf(server.report(batch))).toEqual({ accepted: 3, refused: [] });
    expect(await bodyOf(server.ask("/api/v1/jobs/two"))).toMatchObject({ seq: 3, title: "a" });
  });

  test("gzip is taken, also of very many lines, and others get their answers meanwhile", async () => {
    const records = [
      line(1, "job.created", "packed", { kind: "clips" }),
      ...Array.from({ length: 20_000 }, (_, at) => line(2 + at, "job.updated", "packed", { title: `${at}` })),
    ];
    const body = gzipSync(records.map((record) => JSON.stringify(record)).join("\n"));
    const headers = {
      authorization: server.authorization,
      "content-type": "application/x-ndjson",
      "content-encoding": "gzip",
    };
    const reported = server.ask("/api/v1/events", { method: "POST", headers, body });
    const first = await Promise.race([
      reported.then(() => "reported"),
      server.ask("/api/v1/session").then(() => "asked"),
    ]);
    expect(first).toBe("asked");
    expect(await bodyOf(reported)).toEqual({ accepted: 20_001, refused: [] });
    expect(await bodyOf(server.ask("/api/v1/jobs/packed"))).toMatchObject({ seq: 20_001 });
  });

  test.each([
    { name: "another content type", type: "application/json", body: "{}", status: 400, code: "invalid_request" },
    { name: "no content type of ours", type: "text/csv", body: "a,b", status: 400, code: "invalid_request" },
    { name: "gzip that is none", encoding: "gzip", body: "plain", status: 400, code: "invalid_request" },
    { name: "an unknown encoding", encoding: "br", body: "plain", status: 400, code: "invalid_request" },
    {
      name: "gzip that unpacks to too much",
      encoding: "gzip",
      body: gzipSync(Buffer.alloc(33 * 1024 * 1024)),
      status: 413,
      code: "payload_too_large",
    },
    { name: "a body over 8 MB", body: Buffer.alloc(8 * 1024 * 1024 + 1, 32), status: 413, code: "payload_too_large" },
  ])(
    "a body with $name is refused with $status",
    async ({ type = "application/x-ndjson", encoding, body, status, code }) => {
      const headers = {
        authorization: server.authorization,
        "content-type": type,
        ...(encoding && { "content-encoding": encoding }),
      };
      await expectError(await server.ask("/api/v1/events", { method: "POST", headers, body }), status, code);
    },
  );

  test("an empty body is an empty batch", async () => {
    expect(await bodyOf(server.report([]))).toEqual({ accepted: 0, refused: [] });
  });
});

describe("signing in", () => {
  test("by the link sets the cookie and takes the key out of the address", async () => {
    const answer = await fetch(`${server.server.signInUrl}&view=jobs`, { redirect: "manual" });
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/?view=jobs"]);
    const cookie = answer.headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(/^playhead_session=[\w.-]+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=2592000$/);
    expect([answer.headers.get("referrer-policy"), answer.headers.get("cache-control")]).toEqual([
      "no-referrer",
      "no-store",
    ]);
    const session = { cookie: cookie.split(";", 1)[0] ?? "" };
    expect(await bodyOf(server.ask("/api/v1/session", { headers: session }))).toMatchObject({ role: "admin" });
    const elsewhere = await server.ask("/api/v1/jobs/x/cancel", {
      method: "POST",
      headers: { ...session, origin: "http://evil.example" },
    });
    await expectError(elsewhere, 401, "unauthorized");
  });

  test("with a wrong key sets nothing, and still takes it out of the address", async () => {
    const answer = await server.ask("/jobs/j?key=wrong", { headers: {} });
    expect([answer.status, answer.headers.get("location"), answer.headers.get("set-cookie")]).toEqual([
      303,
      "/jobs/j",
      null,
    ]);
  });

  test.each(["//evil.example/?key=x", "/\\evil.example/?key=x", "///evil.example?key=x", "/.//evil.example/?key=x"])(
    "an address such as %s leads to no other host",
    async (path) => {
      const answer = await rawRequest(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      const location = /\r\nlocation: (.*)\r\n/i.exec(answer)?.[1];
      if (location !== undefined) expect(new URL(location, "http://ours.example").host).toBe("ours.example");
    },
  );

  test("by the form: the right key opens a session, a wrong one does not, and signing out ends it", async () => {
    const signIn = (key: unknown) =>
      server.ask("/api/v1/session", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ key }),
      });
    const right = await signIn(` ${server.server.accessKey} `);
    expect([right.status, right.headers.get("set-cookie")]).toEqual([204, expect.stringContaining("HttpOnly")]);
    await expectError(await signIn("wrong"), 401, "unauthorized");
    await expectError(await signIn(7), 422, "validation_error");
    const out = await server.ask("/api/v1/session", { method: "DELETE", headers: {} });
    expect([out.status, out.headers.get("set-cookie")]).toEqual([204, expect.stringContaining("Max-Age=0")]);
  });
});

/** Sends what no client would, and returns the whole answer. */
function rawRequest(text: string): Promise<string> {
  const { port, hostname } = new URL(server.server.url);
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = connect(Number(port), hostname, () => socket.write(text));
  let answer = "";
  socket.on("data", (data) => {
    answer += data;
  });
  socket.on("error", () => resolve(answer));
  socket.on("close", () => resolve(answer));
  return promise;
}

describe("pages", () => {
  test("every address that is none of ours is the one page, with a policy that lets nothing else in", async () => {
    for (const path of ["/", "/jobs/job_1", "/index.html", "/..%2f..%2fetc%2fpasswd", "/a/../../b"]) {
      const answer = await server.ask(path, { headers: {} });
      expect([answer.status, await answer.text()]).toEqual([200, "<!doctype html><title>Playhead</title>"]);
      const policy = answer.headers.get("content-security-policy") ?? "";
      expect(policy).toContain("script-src 'self';");
      expect(policy).not.toMatch(/script-src[^;]*unsafe/);
      expect(policy).toContain("frame-ancestors 'none'");
      expect(answer.headers.get("x-frame-options")).toBe("DENY");
      expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    }
  });

  test("assets are kept by browsers, and one that is not there is not the page", async () => {
    const asset = await server.ask("/assets/main.js", { headers: {} });
    expect([asset.status, asset.headers.get("cache-control")]).toEqual([200, "public, max-age=31536000, immutable"]);
    await expectError(await server.ask("/assets/gone.js", { headers: {} }), 404, "not_found");
  });

  test("what is not there is said in JSON, also for an address that cannot be read", async () => {
    await expectError(await server.ask("/api/v1/nothing"), 404, "not_found");
    await expectError(await server.ask("/api/v1/jobs", { method: "PUT" }), 404, "not_found");
    await expectError(await server.ask("/api/v1/jobs/%E0%A4%A"), 400, "invalid_request");
    await expectError(await server.ask(`/api/v1/jobs/${"x".repeat(129)}`), 422, "validation_error");
    const answer = await rawRequest("GET // HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    expect(answer).toMatch(/^HTTP\/1\.1 (200|404)/);
  });
});

describe("media", () => {
  const content = "0123456789".repeat(100);
  let folder: string;
  const urlOf = (name: string) => server.server.media.urlOf(join(folder, name)) as string;

  beforeAll(() => {
    folder = join(server.folder, "Folge 12");
    mkdirSync(join(folder, "clips"), { recursive: true });
    writeFileSync(join(server.folder, "secret.txt"), "secret");
    server.server.media.add(folder);
  });

  test.each(["a.mp4", "clips/b c.mp4", "100% sûr #1?.mp4", "日本語.mp4", "%2e%2e.mp4"])(
    "%s is sent whole and in part",
    async (name) => {
      writeFileSync(join(folder, name), content);
      const whole = await server.ask(urlOf(name));
      expect([whole.status, whole.headers.get("content-type"), await whole.text()]).toEqual([
        200,
        "video/mp4",
        content,
      ]);
      expect(whole.headers.get("content-security-policy")).toContain("sandbox");
      const headers = { authorization: server.authorization, range: "bytes=5-9" };
      const part = await server.ask(urlOf(name), { headers });
      expect([part.status, part.headers.get("content-range"), await part.text()]).toEqual([
        206,
        "bytes 5-9/1000",
        "56789",
      ]);
      const beyond = await server.ask(urlOf(name), { headers: { ...headers, range: "bytes=5000-" } });
      await expectError(beyond, 416, "invalid_request");
      // Not by fetch, which asks for the whole again.
      const known = `Authorization: ${server.authorization}\r\nIf-None-Match: ${whole.headers.get("etag")}`;
      const same = await rawRequest(`GET ${urlOf(name)} HTTP/1.1\r\nHost: x\r\n${known}\r\nConnection: close\r\n\r\n`);
      expect(same).toMatch(/^HTTP\/1\.1 304/);
    },
  );

  test("nothing outside of the folder is sent, however the address is written", async () => {
    writeFileSync(join(folder, "a.mp4"), content);
    symlinkSync(join(server.folder, "secret.txt"), join(folder, "link.txt"));
    const base = urlOf("a.mp4").replace("/a.mp4", "");
    for (const path of [
      "/../secret.txt",
      "/..%2fsecret.txt",
      "/%2e%2e/secret.txt",
      "/..%252fsecret.txt",
      "/clips/..%2f..%2fsecret.txt",
      "/link.txt",
      "/",
      "/clips",
      "/gone.mp4",
      "/..%5csecret.txt",
      "/%00",
    ]) {
      const answer = await rawRequest(
        `GET ${base}${path} HTTP/1.1\r\nHost: x\r\nAuthorization: ${server.authorization}\r\nConnection: close\r\n\r\n`,
      );
      expect(answer).not.toContain("\r\n\r\nsecret");
      expect(answer).toMatch(/^HTTP\/1\.1 40[034]/);
    }
    await expectError(await server.ask("/media/unknown/a.mp4"), 404, "not_found");
  });
});

describe("the description of the API", () => {
  test("is OpenAPI 3.1, and lists every route with its answers", async () => {
    const document = await bodyOf(server.ask("/openapi.json", { headers: {} }));
    expect(document).toMatchObject({ openapi: "3.1.0", info: { title: "Playhead", version: "1.2.3" } });
    const listed = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item as object).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(listed.sort()).toEqual(ROUTES.map(({ method, path }) => `${method} ${path}`).sort());
    for (const operation of operationsOf(document)) {
      expect(operation).toMatchObject({ summary: expect.any(String), responses: { default: expect.any(Object) } });
      expect(Object.keys(operation.responses).some((status) => /^2\d\d$/.test(status))).toBe(true);
    }
  });

  test("refers to nothing that it does not hold, and names the parameters of each address", async () => {
    const document = await bodyOf(server.ask("/openapi.json", { headers: {} }));
    const text = JSON.stringify(document);
    const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(
      ([, name]) => name as string,
    );
    expect(references.length).toBeGreaterThan(5);
    for (const name of references) expect(document.components.schemas).toHaveProperty([name]);
    for (const [path, item] of Object.entries(document.paths) as [
      string,
      Record<string, { parameters?: { name: string; in: string }[] }>,
    ][]) {
      const wanted = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const { parameters = [] } of Object.values(item)) {
        expect(parameters.filter((each) => each.in === "path").map(({ name }) => name)).toEqual(wanted);
      }
    }
    expect(new Set(operationsOf(document).map(({ summary }) => summary)).size).toBe(ROUTES.length);
  });
});

function operationsOf(document: { paths: Record<string, Record<string, unknown>> }) {
  return Object.values(document.paths).flatMap(
    (item) => Object.values(item) as { summary: string; responses: Record<string, unknown> }[],
  );
}

test("nothing of all this was our fault", () => {
  expect(server.complaints).toEqual([]);
});
