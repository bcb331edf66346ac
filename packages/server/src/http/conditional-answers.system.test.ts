import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { bodyOf, expectError, line, rawRequest, reportRunningJob } from "../../test/api.ts";
import { atFileEnd } from "../../test/file-end.ts";
import { startTestServer, type TestServer } from "../../test/start-server.ts";

let server: TestServer;
const atEnd = atFileEnd();
beforeAll(async () => {
  server = await startTestServer({ atEnd });
});
afterEach(() => {
  // Nothing of all this was our fault.
  expect(server.complaints).toEqual([]);
});

const ask = (path: string, tag: string) =>
  server.ask(path, { headers: { authorization: server.authorization, "if-none-match": tag } });

describe("ETags", () => {
  test.each(["", "/tasks", "/videos", "/events", "/logs"])(
    "a job%s that has not changed is not sent again",
    async (part) => {
      const jobId = `etag${part.replace("/", "-")}`;
      await reportRunningJob(server, jobId);
      const path = `/api/v1/jobs/${jobId}${part}`;
      // The row of the tasks is written; from here on nothing moves by itself.
      await server.ask(`/api/v1/jobs/${jobId}/tasks`);
      await expect
        .poll(async () => {
          const one = (await server.ask(path)).headers.get("etag");
          return one === (await server.ask(path)).headers.get("etag");
        })
        .toBe(true);
      const first = await server.ask(path);
      const tag = first.headers.get("etag") ?? "";
      expect(tag).toMatch(/^W\/"[\w-]{27}"$/);
      expect([first.headers.get("cache-control"), first.headers.get("vary")]).toEqual([
        "private, no-cache",
        "Authorization, Cookie",
      ]);
      for (const known of [tag, tag.replace("W/", ""), `"x", ${tag}`, "*"]) {
        const again = await ask(path, known);
        expect([again.status, await again.text(), again.headers.get("etag")]).toEqual([304, "", tag]);
      }
      expect((await ask(path, '"x"')).status).toBe(200);
      await server.report([
        line(6, "video.created", jobId, { task_id: "new" }),
        line(7, "log", jobId, { level: "info", message: "new" }),
      ]);
      expect((await ask(path, tag)).status).toBe(200);
    },
  );

  test("a list that has not changed is not sent again", async () => {
    await server.post("/api/v1/jobs", { kind: "etag-list" });
    const path = "/api/v1/jobs?kind=etag-list";
    const tag = (await server.ask(path)).headers.get("etag") ?? "";
    expect((await ask(path, tag)).status).toBe(304);
    await server.post("/api/v1/jobs", { kind: "etag-list" });
    expect((await ask(path, tag)).status).toBe(200);
  });

  test.each([
    { path: "/api/v1/session" },
    { path: "/api/v1/overview" },
    { path: "/api/v1/callbacks/secret" },
    { path: "/api/v1/jobs/none" },
    { path: "/api/v1/none" },
    { path: "/api/v1/jobs?page_size=1" },
  ])("what $path answers is kept by nobody", async ({ path }) => {
    const answer = await server.ask(path);
    expect([answer.headers.get("cache-control"), answer.headers.get("etag")]).toEqual(["no-store", null]);
  });
});

describe("a job as of a moment", () => {
  test("is read as it stood; now, when the moment is to come", async () => {
    const at = (second: number) => `2026-11-21T10:42:0${second}.000Z`;
    const timed = (n: number, type: string, data: object, second: number) => ({
      ...line(n, type, "then", data),
      ts: at(second),
    });
    await server
      .report([
        timed(1, "job.created", { kind: "k", title: "one" }, 0),
        timed(2, "job.state_changed", { new_state: "running" }, 1),
        timed(3, "video.created", { task_id: "v" }, 2),
        timed(4, "video.completed", { task_id: "v", state: "completed" }, 3),
      ])
      .then(async (answer) => expect((await bodyOf(answer)).refused).toHaveLength(1));
    await server.report([
      timed(5, "video.updated", { task_id: "v", state: "processing" }, 3),
      timed(6, "video.completed", { task_id: "v" }, 4),
    ]);
    const read = (query: string) => bodyOf(server.ask(`/api/v1/jobs/then${query}`));
    expect(await read(`?at=${at(0)}`)).toMatchObject({ state: "pending", seq: 1, tasks: [] });
    expect(await read(`?at=${at(3)}`)).toMatchObject({ state: "running", tasks: [{ state: "processing" }] });
    expect(await read(`?at=${at(4)}`)).toMatchObject({
      tasks: [{ state: "completed" }],
      progress: { items_completed: 1 },
    });
    expect(await read("?at=2026-11-21T11:42:03%2B01:00")).toMatchObject({ tasks: [{ state: "processing" }] });
    expect(await read("?at=2999-01-01T00:00:00Z")).toEqual(await read(""));
    await expectError(await server.ask("/api/v1/jobs/then?at=2026-11-21T10:41:59Z"), 404, "not_found");
    await expectError(await server.ask("/api/v1/jobs/none?at=2026-11-21T10:41:59Z"), 404, "not_found");
    await expectError(await server.ask("/api/v1/jobs/then?at=yesterday"), 422, "validation_error");
  });
});

describe("the list", () => {
  test("is filtered by time and by several users, and a page token is of one query", async () => {
    for (let at = 0; at < 12; at++) await server.post("/api/v1/jobs", { kind: "paged", user_id: `u${at % 3}` });
    const list = async (query: string): Promise<{ created_at: string }[]> =>
      (await bodyOf(server.ask(`/api/v1/jobs?kind=paged&${query}`))).jobs;
    expect(await list("user_id=u0&user_id=u1")).toHaveLength(8);
    expect(await list("user_id=u0")).toHaveLength(4);
    const jobs = await list("sort=created_at&order=asc");
    const [from = "", to = ""] = [jobs[3]?.created_at, jobs[9]?.created_at];
    const between = await list(`order=asc&created_from=${from}&created_to=${to}`);
    expect(between).toEqual(jobs.filter((each) => each.created_at >= from && each.created_at < to));
    expect(await list("created_to=2000-01-01T00:00:00Z")).toEqual([]);
    const page = "/api/v1/jobs?kind=paged&page_size=10";
    const { next_page_token } = await bodyOf(server.ask(`${page}&sort=title`));
    expect((await server.ask(`${page}&sort=title&page_token=${next_page_token}`)).status).toBe(200);
    for (const other of ["sort=created_at", "sort=title&order=asc", "sort=title&user_id=u0", "sort=title&kind=clips"]) {
      const answer = await server.ask(`${page}&${other}&page_token=${next_page_token}`);
      expect(await expectError(answer, 400, "invalid_request")).toContain("another");
    }
  });

  test("a page token that somebody has changed lists something or nothing, and breaks nothing", async () => {
    const tasks = Array.from({ length: 12 }, (_, at) => line(2 + at, "video.created", "forged", { task_id: `v${at}` }));
    await server.report([line(1, "job.created", "forged", { kind: "k" }), ...tasks]);
    for (const path of [
      "/api/v1/jobs?kind=paged",
      "/api/v1/jobs/forged/tasks?state=pending",
      "/api/v1/jobs/forged/videos?state=pending",
    ]) {
      const { next_page_token } = await bodyOf(server.ask(`${path}&page_size=10`));
      const [value, id, mark] = JSON.parse(Buffer.from(next_page_token, "base64url").toString());
      for (const other of [null, "x", -1, 1.5, 9e300, "1e999", "'; --", "\0", [], {}, true]) {
        for (const forged of [
          [other, id, mark],
          [value, other, mark],
          [other, other, mark],
        ]) {
          const token = Buffer.from(JSON.stringify(forged)).toString("base64url");
          const { status } = await server.ask(`${path}&page_size=10&page_token=${token}`);
          expect([forged, [200, 400].includes(status)]).toEqual([forged, true]);
        }
      }
    }
  });

  test("a parameter that there is not makes a request that cannot be read", async () => {
    for (const path of ["/api/v1/jobs?stat=failed", "/api/v1/jobs/x?when=now", "/api/v1/jobs/x/events?from=1"]) {
      await expectError(await server.ask(path), 400, "invalid_request");
    }
  });
});

describe("whoever asks", () => {
  test("too often is told when to come back; others are not touched", async () => {
    const slow = await startTestServer({ config: { requests_per_second: 5 } });
    const answers = await Promise.all(Array.from({ length: 20 }, () => slow.ask("/api/v1/overview")));
    const limited = answers.filter(({ status }) => status === 429);
    expect(limited.length).toBeGreaterThanOrEqual(9);
    const [first] = limited;
    expect(Number(first?.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
    await expectError(first as Response, 429, "rate_limited");
    expect((await slow.ask("/api/v1/monitoring/health/live", { headers: {} })).status).toBe(200);
    for (let at = 0; at < 20; at++) await slow.ask("/api/v1/overview", { headers: { authorization: "Bearer wrong" } });
    await expectError(
      await slow.ask("/api/v1/overview", { headers: { authorization: "Bearer wrong" } }),
      429,
      "rate_limited",
    );
    expect((await slow.ask("/", { headers: {} })).status).toBe(200);
  });

  test.each([
    { name: "no HTTP", text: "what?\r\n\r\n" },
    { name: "headers without end", text: `GET / HTTP/1.1\r\nHost: x\r\nx: ${"y".repeat(40_000)}\r\n\r\n` },
  ])("with $name gets an error like any other", async ({ text }) => {
    const answer = await rawRequest(server, text);
    const [head = "", body = ""] = answer.split("\r\n\r\n");
    expect(head).toMatch(/^HTTP\/1.1 400 Bad Request\r\n/);
    expect(head).toMatch(/x-correlation-id: [0-9a-f]{32}/);
    expect(JSON.parse(body)).toMatchObject({ error_code: "invalid_request", error_class: "input", detail: {} });
  });
});
