import { type ControlCommand, type EventRecord, PlayheadError } from "@playhead/core";
import { afterEach, describe, expect, test } from "vitest";
import { createPlayhead } from "../playhead.ts";
import { createMemoryEngine } from "../testing/memory-engine.ts";
import {
  recordsIn,
  type SeenRequest,
  startTestServer,
  type TestAnswer,
  type TestServer,
  takenAll,
} from "../testing/test-server.ts";
import { createHttpTransport, type HttpTransportOptions } from "./http-transport.ts";
import type { Transport } from "./transport.ts";

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

async function setup(
  answer: (request: SeenRequest) => Promise<TestAnswer> | TestAnswer,
  options: Partial<HttpTransportOptions> = {},
): Promise<{ server: TestServer; transport: Transport }> {
  const server = await startTestServer(answer);
  const transport = createHttpTransport({ url: server.url, apiKey: "key_1", random: () => 0, ...options });
  open.push(server, transport);
  return { server, transport };
}

const record = (n: number, text = ""): EventRecord => ({
  type: "job.updated",
  ts: "2026-11-21T10:00:00.000Z",
  job_id: "j",
  n,
  data: { text },
});

const failure = (sending: Promise<unknown>): Promise<PlayheadError> =>
  sending.then(
    () => {
      throw new Error("it was delivered");
    },
    (error: PlayheadError) => error,
  );

describe("send", () => {
  test("posts NDJSON with the key, small ones as they are", async () => {
    const { server, transport } = await setup((request) => ({ body: takenAll(request) }));
    expect(await transport.send({ source: "w1", records: [record(1), record(2)] })).toEqual({
      accepted: 2,
      refused: [],
      // Of a server that does not say.
      followed: true,
    });
    const [request] = server.seen;
    expect(request).toMatchObject({ method: "POST", path: "/api/v1/events" });
    expect(request?.headers).toMatchObject({ authorization: "Bearer key_1", "content-type": "application/x-ndjson" });
    expect(request?.headers["content-encoding"]).toBeUndefined();
    expect(recordsIn(request as SeenRequest)).toEqual({ source: "w1", records: [record(1), record(2)] });
  });

  test("packs what is over 1 kB", async () => {
    const { server, transport } = await setup((request) => ({ body: takenAll(request) }));
    const records = Array.from({ length: 100 }, (_, n) => record(n + 1));
    expect(await transport.send({ source: "w1", records })).toMatchObject({ accepted: 100 });
    const [request] = server.seen;
    expect(request?.headers["content-encoding"]).toBe("gzip");
    expect(request?.sizeBytes).toBeLessThan((request?.body.length ?? 0) / 4);
    expect(recordsIn(request as SeenRequest).records).toEqual(records);
  });

  test("splits what is too long for one request, in order, and adds up the answers", async () => {
    const refusal = (n: number) => ({
      n,
      error_code: "conflict",
      error_message: "no",
      error_class: "input",
      detail: {},
    });
    const { server, transport } = await setup(
      (request) => {
        const { records } = recordsIn(request);
        const [first] = records;
        const followed = first?.n === 1;
        return { body: { accepted: records.length - 1, refused: [refusal(first?.n ?? 0)], followed } };
      },
      { maxRequestBytes: 300 },
    );
    const ack = await transport.send({ source: "w1", records: [1, 2, 3, 4].map((n) => record(n)) });
    expect(server.seen.map((request) => recordsIn(request).records.map(({ n }) => n))).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(ack).toEqual({ accepted: 2, refused: [refusal(1), refusal(3)], followed: true });
  });

  test("halves what is too long for the server, down to the record that is", async () => {
    const { server, transport } = await setup((request) =>
      request.body.length > 200
        ? {
            status: 413,
            body: { error_code: "payload_too_large", error_message: "too large", error_class: "input", detail: {} },
          }
        : { body: takenAll(request) },
    );
    const ack = await transport.send({
      source: "w1",
      records: [record(1), record(2), record(3, "x".repeat(200)), record(4)],
    });
    expect(ack.accepted).toBe(3);
    expect(ack.refused).toMatchObject([{ n: 3, error_code: "payload_too_large" }]);
    const taken = server.seen
      .filter(({ body }) => body.length <= 200)
      .flatMap((request) => recordsIn(request).records.map(({ n }) => n));
    expect(taken).toEqual([1, 2, 4]);
  });

  test.for<{ name: string; answer: TestAnswer; expected: Partial<PlayheadError> }>([
    {
      name: "an error of ours keeps code, message, hint and detail",
      answer: {
        status: 401,
        body: {
          error_code: "unauthorized",
          error_message: "the key is unknown",
          error_class: "input",
          detail: { hint: "make one" },
        },
      },
      expected: {
        code: "unauthorized",
        message: "the key is unknown",
        hint: "make one",
        retryable: false,
        detail: { hint: "make one", status: 401 },
      },
    },
    {
      name: "a refusal without words goes by its status",
      answer: { status: 403, body: "<html>" },
      expected: { code: "forbidden", message: "the server answered with status 403", retryable: false },
    },
    {
      name: "a code nobody knows goes by the status",
      answer: { status: 409, body: { error_code: "odd" } },
      expected: { code: "conflict", retryable: false },
    },
    {
      name: "an odd status is a faulty request",
      answer: { status: 418, body: "" },
      expected: { code: "invalid_request", retryable: false },
    },
    {
      name: "rate limited: after as many seconds",
      answer: {
        status: 429,
        headers: { "retry-after": "7" },
        body: { error_code: "rate_limited", error_message: "slowly" },
      },
      expected: { code: "rate_limited", retryable: true, detail: { status: 429, retry_after_ms: 7_000 } },
    },
    {
      name: "unavailable: until a date",
      answer: { status: 503, headers: { "retry-after": "Sat, 21 Nov 2026 10:00:05 GMT" }, body: "" },
      expected: { code: "service_unavailable", retryable: true, detail: { status: 503, retry_after_ms: 5_000 } },
    },
    {
      name: "a defect of the server may pass",
      answer: { status: 500, body: { error_code: "internal_error", error_message: "oh" } },
      expected: { code: "internal_error", retryable: true, detail: { status: 500 } },
    },
    { name: "a cut connection", answer: {}, expected: { code: "server_unreachable", retryable: true } },
    {
      name: "an answer that is no JSON",
      answer: { body: "<html>welcome" },
      expected: { code: "server_unreachable", retryable: true },
    },
    {
      name: "JSON that is no acknowledgement",
      answer: { body: { hello: 1 } },
      expected: { code: "server_unreachable", retryable: false },
    },
    {
      name: "a redirect, after which the key must not go",
      answer: { status: 302, headers: { location: "http://127.0.0.1:1/" }, body: "" },
      expected: { code: "server_unreachable" },
    },
  ])("$name", async ({ answer, expected }) => {
    const { transport } = await setup(() => answer, { nowMs: () => Date.parse("2026-11-21T10:00:00Z") });
    const error = await failure(transport.send({ source: "w1", records: [record(1)] }));
    expect(error).toBeInstanceOf(PlayheadError);
    expect(error).toMatchObject(expected);
    expect(JSON.stringify([error.message, error.hint, error.detail])).not.toContain("key_1");
  });

  test("a server that does not answer in time, or is not there, is unreachable", async () => {
    const silent = Promise.withResolvers<TestAnswer>();
    const { server, transport } = await setup(() => silent.promise, { timeoutMs: 50 });
    expect(await failure(transport.send({ source: "w1", records: [record(1)] }))).toMatchObject({
      code: "server_unreachable",
      retryable: true,
    });
    silent.resolve({ body: {} });
    await server.close();
    expect(await failure(transport.send({ source: "w1", records: [record(1)] }))).toMatchObject({
      code: "server_unreachable",
      retryable: true,
    });
  });

  test("close ends what is under way", async () => {
    const asked = Promise.withResolvers<void>();
    const silent = Promise.withResolvers<TestAnswer>();
    const { transport } = await setup(() => {
      asked.resolve();
      return silent.promise;
    });
    const sending = failure(transport.send({ source: "w1", records: [record(1)] }));
    await asked.promise;
    await transport.close();
    expect(await sending).toMatchObject({ code: "server_unreachable" });
    silent.resolve({ body: {} });
  });

  test.for(["", "playhead.internal", "ftp://x", "ws://x"])("%j is no address of a server", (url) => {
    expect(() => createHttpTransport({ url, apiKey: "k" })).toThrow(expect.objectContaining({ code: "usage_error" }));
  });

  test("an address may have a path", async () => {
    const { server } = await setup((request) => ({ body: takenAll(request) }));
    const transport = createHttpTransport({ url: `${server.url}/playhead/`, apiKey: "k" });
    open.push(transport);
    await transport.send({ source: "w1", records: [record(1)] });
    expect(server.seen[0]?.path).toBe("/playhead/api/v1/events");
  });
});

describe("onCommand", () => {
  const command = (command_id: string): ControlCommand => ({ command_id, job_id: "j", verb: "pause", reason: null });

  test("asks while someone listens, hands on what comes and says that it has", async () => {
    const last = Promise.withResolvers<void>();
    const rounds: TestAnswer[] = [
      { body: { commands: [command("c/1"), { command_id: "odd" }] } },
      { status: 503, body: "" },
      { body: { commands: [] } },
      { body: { commands: [command("c2")] } },
    ];
    const { server, transport } = await setup((request) => {
      if (request.method === "POST") {
        if (request.path.includes("c2")) last.resolve();
        return { body: {} };
      }
      return rounds.shift() ?? new Promise(() => undefined);
    });
    const heard: string[] = [];
    const stop = transport.onCommand("w 1", ({ command_id }) => heard.push(command_id) > 0);
    await last.promise;
    stop();
    expect(heard).toEqual(["c/1", "c2"]);
    const [first] = server.seen;
    expect(first).toMatchObject({ method: "GET", path: "/api/v1/commands?source=w%201&wait=25" });
    expect(server.seen.filter(({ method }) => method === "POST").map(({ path }) => path)).toEqual([
      "/api/v1/commands/c%2F1/ack?source=w%201",
      "/api/v1/commands/c2/ack?source=w%201",
    ]);
  });
});

test("a Playhead over HTTP: a server that fails now and then, a command, and the whole history", async () => {
  const engine = createMemoryEngine();
  let posts = 0;
  const commands = Promise.withResolvers<ControlCommand>();
  const { transport } = await setup(async (request) => {
    if (request.path.startsWith("/api/v1/commands?")) {
      return { body: { commands: [await Promise.race([commands.promise, new Promise<never>(() => undefined)])] } };
    }
    if (request.path.startsWith("/api/v1/commands/")) return { body: {} };
    posts += 1;
    if (posts % 3 === 1) return { status: 503, body: "" };
    const { source, records } = recordsIn(request);
    const ack = await engine.ingest({ source: String(source), records });
    // Taken, but the worker does not hear of it.
    return posts % 3 === 2 ? {} : { body: ack };
  });
  const playhead = createPlayhead({ transport, random: () => 0, flushMs: 1 });
  open.push({ close: () => playhead.close().then(() => undefined) });
  const job = playhead.job({ kind: "demo", id: "j" });
  const held = Promise.withResolvers<void>();
  await expect(
    job.run(async ({ signal }) => {
      await job.each([1, 2, 3], { parallel: 3 }, async (item, task) => {
        task.progress(0.5);
        if (item < 3) return;
        signal.addEventListener("abort", () => held.resolve());
        commands.resolve({ command_id: "c1", job_id: "j", verb: "cancel", reason: "enough" });
        await held.promise;
        signal.throwIfAborted();
      });
    }),
  ).rejects.toMatchObject({ code: "canceled", detail: { reason: "enough" } });
  expect(await playhead.flush()).toBe(true);
  expect(engine.job("j")).toMatchObject({ state: "canceled", reason: "enough" });
  expect([...engine.job("j").tasks.values()].map(({ state }) => state)).toEqual(["completed", "completed", "canceled"]);
  expect(engine.refused).toEqual([]);
});
