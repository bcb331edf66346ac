import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { LogEntry, ObservationRecord } from "@playhead/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bodyOf, line, reportRunningJob } from "../test/api.ts";
import { startTestServer } from "../test/start-server.ts";

const CALL = { span_id: "b7ad6b7169203331", parent_span_id: null, name: "probe", category: "function" } as const;
const now = () => new Date().toISOString();

describe("what is observed, on the whole server", () => {
  test("comes in the same report as events, also of a job that the report announces; one answer", async () => {
    const server = await startTestServer();
    const source = "w";
    const records = [
      line(1, "job.created", "j", { kind: "clips" }, source),
      line(2, "log", "j", { level: "warning", message: "slow", fields: { fps: 7 } }, source),
      line(3, "function.completed", "j", { ...CALL, duration_ms: 2.5 }, source),
      line(4, "job.state_changed", "j", { new_state: "running" }, source),
      { source, n: 5, type: "log", ts: now(), data: { level: "error", message: "outside" } },
      line(6, "log", "none", { level: "info", message: "lost" }, source),
      line(7, "log", "j", { level: "info" }, source),
    ];
    const refused = [
      { n: 7, error_code: "validation_error", detail: { line: 7, path: "data.message" } },
      { n: 6, error_code: "not_found" },
    ];
    expect(await bodyOf(server.report(records))).toMatchObject({ accepted: 5, refused });
    // Sent again, all of it is known: what was refused has been answered.
    expect(await bodyOf(server.report(records))).toMatchObject({ accepted: 6, refused: refused.slice(0, 1) });
    // Whoever was answered finds it in the files, too.
    expect(readFileSync(join(server.data, "logs", "application.log"), "utf8")).toContain('"outside"');
    const { logs } = await bodyOf(server.ask("/api/v1/jobs/j/logs"));
    expect(logs).toMatchObject([{ message: "slow", fields: { fps: 7 }, level: "warning" }]);
    const { entries } = await bodyOf(server.ask("/api/v1/logs?session_id=w"));
    expect(entries).toMatchObject([{ message: "outside", job_id: null, entry_id: expect.any(Number) }]);
    const { executions } = await bodyOf(server.ask("/api/v1/jobs/j/executions"));
    expect(executions).toMatchObject([
      { function_name: "probe", duration: 2.5, trace_id: expect.stringMatching(/^\w{32}$/) },
    ]);
    expect((await bodyOf(server.ask("/api/v1/jobs/j"))).state).toBe("running");
  });

  test("is read page by page, each entry once, in both directions", async () => {
    const server = await startTestServer();
    const records = Array.from({ length: 35 }, (_, at) => ({
      source: "w",
      n: at + 1,
      type: "log",
      // Several of one moment.
      ts: new Date(1_795_000_000_000 + (at >> 2)).toISOString(),
      data: { level: "info", message: `${at}`, logger: "pages" },
    }));
    await server.report(records);
    for (const order of ["asc", "desc"]) {
      const messages: string[] = [];
      let token = "";
      do {
        const page = await bodyOf(server.ask(`/api/v1/logs?logger=pages&order=${order}&page_size=10${token}`));
        messages.push(...page.entries.map(({ message }: LogEntry) => message));
        token = page.next_page_token === null ? "" : `&page_token=${page.next_page_token}`;
      } while (token !== "");
      const all = records.map(({ data }) => data.message);
      expect(messages).toEqual(order === "asc" ? all : all.toReversed());
    }
  });

  test("is followed as it comes: nothing twice, nothing left out, also through a filter", async () => {
    const server = await startTestServer();
    const say = (n: number, level: string) =>
      server.report([{ source: "w", n, type: "log", ts: now(), data: { level, message: `${n}`, logger: "tail" } }]);
    await say(1, "error");
    const tail = (query: string) => bodyOf(server.ask(`/api/v1/logs/tail?logger=tail&level=error${query}`));
    const first = await tail("");
    expect(first.entries.map(({ message }: LogEntry) => message)).toEqual(["1"]);
    const waiting = tail(`&wait=20&after=${first.next_after}`);
    await say(2, "info");
    await say(3, "critical");
    const second = await waiting;
    expect(second.entries.map(({ message }: LogEntry) => message)).toEqual(["3"]);
    await say(4, "info");
    const third = await tail(`&after=${second.next_after}`);
    expect(third.entries).toEqual([]);
    // What was looked at and not wanted is not looked at again.
    expect(third.next_after).toBeGreaterThan(second.next_after);
  });

  test("what a worker in this process says is looked at, too", async () => {
    const { server } = await startTestServer();
    const bad = { type: "log", ts: now(), n: 1, data: { level: "info", message: 7 } } as unknown as ObservationRecord;
    const ack = await server.local.ingest({ source: "w", records: [bad] });
    expect(ack).toMatchObject({ accepted: 0, refused: [{ n: 1, error_code: "validation_error" }] });
  });

  test("the server's own log is in it; calls that went with an earlier process are ended", async () => {
    const first = await startTestServer();
    const source = "in-process";
    await first.server.local.ingest({
      source,
      records: [
        first.record("j", "job.created", { kind: "clips" }),
        { type: "function.started", ts: now(), n: 2, data: CALL },
      ],
    });
    await first.server.close();
    const next = await startTestServer({ dataFolder: first.data });
    const { entries } = await bodyOf(next.ask("/api/v1/logs/tail?logger=server&wait=20"));
    expect(entries).toMatchObject([
      {
        level: "warning",
        message: "1 job(s) of an earlier process lost their worker",
        job_id: null,
        metadata: { jobs: ["j"] },
      },
    ]);
    expect(entries[0].session_id).toMatch(/^server-/);
    const left = await bodyOf(next.ask("/api/v1/logs?function=probe"));
    expect(left.entries).toMatchObject([{ event_type: "error", session_id: `local:${source}` }]);
  });

  test("a program in the same process reads what HTTP answers", async () => {
    const server = await startTestServer();
    await reportRunningJob(server, "j");
    await server.report([line(1, "function.completed", "j", { ...CALL, duration_ms: 2.5 }, "calls")]);
    const { read } = server.server.local;
    if (read === undefined) throw new TypeError("expected the engine to be readable");
    for (const [path, query] of [
      ["logs", { level: "warning" }],
      ["logs", { event_type: ["complete", "error"] }],
      ["jobs/j/executions", {}],
      ["monitoring/logs/recent", { lines: "10" }],
      ["performance/functions/probe", { from: "2026-01-01T00:00:00Z", to: "2027-01-01T00:00:00Z", span: "month" }],
    ] as const) {
      const pairs = Object.entries<string | readonly string[]>(query).flatMap(([name, value]) =>
        [value].flat().map((each) => [name, each] as [string, string]),
      );
      const answer = await bodyOf(server.ask(`/api/v1/${path}?${new URLSearchParams(pairs)}`));
      expect(await read(path, query)).toEqual(answer);
    }
    let text = "";
    for await (const piece of (await read("export", { format: "ndjson" })) as AsyncIterable<string>) text += piece;
    expect(text).toBe(await (await server.ask("/api/v1/export?format=ndjson")).text());
    await expect(read("nothing", {})).rejects.toMatchObject({ code: "not_found" });
    await expect(read("logs", { level: "loud" })).rejects.toMatchObject({ code: "validation_error" });
    await expect(read("jobs/none/executions", {})).rejects.toMatchObject({ code: "not_found" });
  });

  test("other tenants see none of it", async () => {
    const server = await startTestServer();
    await reportRunningJob(server, "j");
    const { key } = await bodyOf(server.post("/api/v1/keys", { name: "k", role: "admin", tenant_id: "other" }));
    const ask = (path: string) => server.ask(path, { headers: { authorization: `Bearer ${key}` } });
    expect((await bodyOf(ask("/api/v1/logs"))).entries).toEqual([]);
    expect((await bodyOf(ask("/api/v1/logs/tail"))).entries).toEqual([]);
    expect(await (await ask("/api/v1/export?format=ndjson")).text()).toBe("");
    expect((await ask("/api/v1/jobs/j/executions")).status).toBe(404);
  });
});

test("property 4: every operation of every kind ends up measured: how often, how long, how often in vain", {
  timeout: 60_000,
}, async () => {
  const server = await startTestServer();
  let n = 0;
  let round = 0;
  const anyCall = fc.record({
    category: fc.constantFrom("function" as const, "api" as const, "db" as const, "step" as const),
    name: fc.constantFrom("probe", "GET api.example.com/videos", "SELECT clips", "render/ing"),
    duration_ms: fc.double({ min: 0, max: 1e5, noNaN: true }),
    fails: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(anyCall, { minLength: 1, maxLength: 25 }), async (calls) => {
      round += 1;
      // Each round has a day of its own.
      const dayMs = Date.UTC(2026, 0, round);
      const records = calls.map(({ category, name, duration_ms, fails }, at) => {
        n += 1;
        const span_id = n.toString(16).padStart(16, "0");
        const error = fails ? { error: { class: "Error", message: "no" } } : {};
        const data = { span_id, name, category, duration_ms, ...error };
        const type = fails ? "function.failed" : "function.completed";
        return { source: "w", n, type, ts: new Date(dayMs + at * 1_000).toISOString(), data };
      });
      expect(await bodyOf(server.report(records))).toEqual({
        accepted: calls.length,
        refused: [],
        followed: expect.any(Boolean),
      });
      const range = `from=${new Date(dayMs).toISOString()}&to=${new Date(dayMs + 86_400_000).toISOString()}`;
      const { functions } = await bodyOf(server.ask(`/api/v1/performance/summary?${range}`));
      for (const { category, name } of calls) {
        const mine = calls.filter((each) => each.category === category && each.name === name);
        const total = mine.reduce((sum, { duration_ms }) => sum + duration_ms, 0);
        const told = functions.find(
          (each: { category: string; name: string }) => each.category === category && each.name === name,
        );
        expect(told).toMatchObject({ count: mine.length, error_count: mine.filter(({ fails }) => fails).length });
        expect(told.total_ms).toBeCloseTo(total, 3);
        expect(told.max_ms).toBe(Math.max(...mine.map(({ duration_ms }) => duration_ms)));
        const one = await bodyOf(
          server.ask(`/api/v1/performance/functions/${encodeURIComponent(name)}?${range}&category=${category}`),
        );
        expect(one.series.points.reduce((sum: number, { count }: { count: number }) => sum + count, 0)).toBe(
          mine.length,
        );
      }
      const { functions: none } = await bodyOf(server.ask(`/api/v1/performance/summary?${range}&name=never`));
      expect(none).toEqual([]);
    }),
    { numRuns: 10 },
  );
});
