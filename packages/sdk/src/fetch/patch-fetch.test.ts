import { createServer, type IncomingHttpHeaders, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { observe } from "../testing/observe.ts";
import { startTestServer, takenAll } from "../testing/test-server.ts";
import { withTraceparent } from "../traces/current-trace.ts";
import { createHttpTransport } from "../transport/http-transport.ts";
import { type PatchFetchOptions, patchFetch } from "./patch-fetch.ts";

const OUTER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

interface Patched {
  readonly url: string;
  readonly host: string;
  readonly headers: IncomingHttpHeaders[];
}

async function patched(answer: RequestListener, options: PatchFetchOptions = {}): Promise<Patched> {
  const headers: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    headers.push(request.headers);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  let ms = 0;
  const clock = { wallMs: () => 1_000, monotonicMs: () => (ms += 2.5) };
  const undo = patchFetch({ clock, ...options });
  onTestFinished(async () => {
    undo();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${port}`, host: `127.0.0.1:${port}`, headers };
}

test("a request is recorded with endpoint, status, response time and sizes; its answer is what it was", async () => {
  const { executions } = observe(onTestFinished);
  const { url, host } = await patched((request, response) => {
    request.resume().on("end", () => response.writeHead(201, { "content-length": "5" }).end("hello"));
  });
  const answer = await fetch(`${url}/videos/42/clips?token=s3cret`, { method: "POST", body: "abc" });
  expect([answer.status, answer.bodyUsed, await answer.text()]).toEqual([201, false, "hello"]);
  expect(executions).toEqual([
    {
      name: `POST ${host}/videos/:id/clips`,
      category: "api",
      startMs: 1_000,
      durationMs: 2.5,
      span_id: expect.stringMatching(/^[0-9a-f]{16}$/),
      metadata: { method: "POST", host, status: 201, request_bytes: 3, response_bytes: 5 },
    },
  ]);
  expect(JSON.stringify(executions)).not.toContain("s3cret");
});

test("a body is read by its owner alone, at its owner's pace", async () => {
  observe(onTestFinished);
  const parts = ["one", "two", "three"];
  const { url } = await patched(async (request, response) => {
    for await (const chunk of request) response.write(chunk);
    response.end();
  });
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const part = parts.shift();
      if (part === undefined) controller.close();
      else controller.enqueue(new TextEncoder().encode(part));
    },
  });
  const request = new Request(url, { method: "PUT", body, duplex: "half" });
  const answer = await fetch(request);
  expect(request.bodyUsed).toBe(true);
  let text = "";
  for await (const chunk of answer.body as ReadableStream<Uint8Array>) text += new TextDecoder().decode(chunk);
  expect(text).toBe("onetwothree");
});

test.for([
  { status: 204, failed: undefined },
  { status: 404, failed: { class: "HttpStatus", message: "answered with status 404", code: "404" } },
  { status: 503, failed: { class: "HttpStatus", message: "answered with status 503", code: "503" } },
])("status $status", async ({ status, failed }) => {
  const { executions } = observe(onTestFinished);
  const { url } = await patched((_, response) => response.writeHead(status).end());
  expect((await fetch(url)).status).toBe(status);
  expect(executions.map(({ error, metadata }) => [error, metadata?.status])).toEqual([[failed, status]]);
});

test("a cut connection rejects as it would, and is recorded once, without a status", async () => {
  const { executions } = observe(onTestFinished);
  const { url } = await patched((request) => request.socket.destroy());
  await expect(fetch(url)).rejects.toThrow(TypeError);
  expect(executions).toMatchObject([{ metadata: { status: null }, error: { code: "UND_ERR_SOCKET" } }]);
});

test("an abort after the answer has begun is no second call; one before it is its failure", async () => {
  const { executions } = observe(onTestFinished);
  const asked = Promise.withResolvers<void>();
  const { url } = await patched((request, response) => {
    if (request.url === "/never") asked.resolve();
    else response.write("some");
  });
  const first = new AbortController();
  const answer = await fetch(`${url}/some`, { signal: first.signal });
  first.abort();
  await expect(answer.text()).rejects.toThrow();
  const second = new AbortController();
  const pending = fetch(`${url}/never`, { signal: second.signal });
  await asked.promise;
  second.abort();
  await expect(pending).rejects.toMatchObject({ name: "AbortError" });
  expect(executions.map(({ metadata, error }) => [metadata?.status, error?.class])).toEqual([
    [200, undefined],
    [null, "AbortError"],
  ]);
});

test("redirects are requests of their own", async () => {
  const { executions } = observe(onTestFinished);
  const { url, host } = await patched((request, response) => {
    if (request.url === "/to") response.end();
    else response.writeHead(302, { location: "/to" }).end();
  });
  await (await fetch(`${url}/from`)).text();
  expect(executions.map(({ name, metadata }) => [name, metadata?.status])).toEqual([
    [`GET ${host}/from`, 302],
    [`GET ${host}/to`, 200],
  ]);
});

test("traceparent goes along: the trace of the code that asked, and the recorded call as the parent", async () => {
  const { executions } = observe(onTestFinished);
  const { url, headers } = await patched((_, response) => response.end());
  await withTraceparent(OUTER, () => fetch(url));
  expect(headers[0]?.traceparent).toBe(`${OUTER.slice(0, 36)}${executions[0]?.span_id}-01`);
  expect(executions[0]?.span_id).not.toBe(OUTER.slice(36, 52));
});

test.for<{
  name: string;
  options?: PatchFetchOptions;
  init?: RequestInit;
  outer: string;
  expected: string | undefined;
}>([
  { name: "none outside of a trace", outer: "", expected: undefined },
  { name: "none where it is not wanted", options: { traceparent: false }, outer: OUTER, expected: undefined },
  { name: "none to addresses left out", options: { traceparent: () => false }, outer: OUTER, expected: undefined },
  { name: "the user's own stays", init: { headers: { TraceParent: "mine" } }, outer: OUTER, expected: "mine" },
])("traceparent: $name", async ({ options, init, outer, expected }) => {
  observe(onTestFinished);
  const { url, headers } = await patched((_, response) => response.end(), options);
  await withTraceparent(outer, () => fetch(url, init));
  expect(headers[0]?.traceparent).toBe(expected);
});

test("what is asked of it badly is not recorded, and goes on", async () => {
  const { executions } = observe(onTestFinished);
  const { url } = await patched((_, response) => response.end("fine"), {
    endpoint: () => {
      throw new Error("oh");
    },
  });
  expect(await (await fetch(url)).text()).toBe("fine");
  expect(executions).toEqual([]);
});

test("a name of one's own", async () => {
  const { executions } = observe(onTestFinished);
  const { url } = await patched((_, response) => response.end(), {
    endpoint: ({ method, url: asked }) => (asked.pathname === "/own" ? `${method} mine` : null),
  });
  await fetch(`${url}/own`);
  await fetch(`${url}/other`);
  expect(executions.map(({ name }) => name)).toEqual(["GET mine", `GET ${new URL(url).host}/other`]);
});

test("patched twice it records once, and one undo ends it; fetch itself is never replaced", async () => {
  const { executions } = observe(onTestFinished);
  const bare = globalThis.fetch;
  const { url } = await patched((_, response) => response.end());
  const undo = patchFetch();
  await fetch(url);
  expect([executions.length, globalThis.fetch]).toEqual([1, bare]);
  undo();
  await fetch(url);
  expect(executions).toHaveLength(1);
  const undoAgain = patchFetch();
  onTestFinished(undoAgain);
  await fetch(url);
  expect(executions).toHaveLength(2);
  undo();
  expect(patchFetch()).toBe(undoAgain);
  await fetch(url);
  expect(executions).toHaveLength(3);
});

test("what Playhead asks of its own server is not recorded", async () => {
  const { executions } = observe(onTestFinished);
  await patched((_, response) => response.end());
  const server = await startTestServer((request) => ({ body: takenAll(request) }));
  onTestFinished(() => server.close());
  const transport = createHttpTransport({ url: server.url, apiKey: "k" });
  onTestFinished(() => transport.close());
  const ts = "2026-11-21T10:00:00.000Z";
  await transport.send({ source: "w", records: [{ type: "job.updated", ts, job_id: "j", n: 1, data: {} }] });
  expect([server.seen.length, executions]).toEqual([1, []]);
});
