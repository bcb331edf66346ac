import { gzipSync } from "node:zlib";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { bodyOf, expectError, line } from "../../test/api.ts";
import { openStream } from "../../test/event-stream.ts";
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

  test("the answer tells whether somebody follows one of the jobs", async () => {
    const report = (n: number) => bodyOf(server.report([line(n, "job.updated", "followed", { title: `${n}` })]));
    await server.report([line(1, "job.created", "followed", { kind: "clips" })]);
    expect(await report(2)).toMatchObject({ accepted: 1, followed: false });
    const stream = await openStream(`${server.server.url}/api/v1/jobs/followed/stream`, {
      authorization: server.authorization,
    });
    expect(await report(3)).toMatchObject({ accepted: 1, followed: true });
    stream.close();
    let n = 3;
    await expect.poll(async () => (await report(++n)).followed).toBe(false);
  });

  test("the same batch twice is harmless, and so are several sources in one", async () => {
    const batch = [
      line(1, "job.created", "two", { kind: "clips" }, "a"),
      line(1, "job.updated", "two", { title: "b" }, "b"),
      line(2, "job.updated", "two", { title: "a" }, "a"),
    ];
    for (let time = 0; time < 2; time++)
      expect(await bodyOf(server.report(batch))).toEqual({ accepted: 3, refused: [], followed: expect.any(Boolean) });
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
    expect(await bodyOf(reported)).toEqual({ accepted: 20_001, refused: [], followed: expect.any(Boolean) });
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
    expect(await bodyOf(server.report([]))).toEqual({ accepted: 0, refused: [], followed: expect.any(Boolean) });
  });
});
