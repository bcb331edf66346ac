import { mkdirSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { CLOSE_CODES, EVENT_TYPES, JOB_STATES, SUBPROTOCOL } from "@playhead/core";
import { configSchema, startServer } from "@playhead/server";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestFolder } from "./fixtures/video.ts";

/** Over ten thousand cases in all. */
const HTTP_CASES = 6_000;
const EVENT_CASES = 2_000;
const SOCKET_CASES = 2_500;
const RAW_CASES = 500;
const LIMIT_MS = 240_000;
/** An answer that takes longer is a hang; what may wait by design is told to wait for less. */
const HANG_MS = 30_000;
/** Stands in everything that is the other tenant's. */
const MARK = "acme-marked";
const THEIRS = "job-of-acme";
const OURS = "job-of-globex";

type Role = "admin" | "operator" | "worker" | "viewer";
const ROLES: readonly Role[] = ["admin", "operator", "worker", "viewer"];

const folder = createTestFolder();
const complaints: string[] = [];
let server: Awaited<ReturnType<typeof startServer>>;
let keys: Readonly<Record<Role, string>>;
let acmeKey: string;
let routes: readonly (readonly [method: string, path: string])[];
let before: unknown;

const post = (path: string, key: string, body: unknown) =>
  fetch(`${server.url}/api/v1${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });

const readTheirs = async () => {
  const headers = { authorization: `Bearer ${acmeKey}` };
  // Ticks are numbered for whoever looks, and change nothing.
  return { ...((await (await fetch(`${server.url}/api/v1/jobs/${THEIRS}`, { headers })).json()) as object), tick: 0 };
};

beforeAll(async () => {
  mkdirSync(folder.at("dashboard"));
  writeFileSync(folder.at("dashboard/index.html"), "<!doctype html><title>Playhead</title>");
  server = await startServer({
    config: configSchema.parse({ port: 0, data: folder.at("data"), requests_per_second: 1_000_000 }),
    dashboardFolder: folder.at("dashboard"),
    version: "fuzz",
    log: (level, message, fields) => {
      if (level !== "info") complaints.push(`${message} ${JSON.stringify(fields ?? {})}`);
    },
  });
  const makeKey = async (tenant_id: string, role: Role) => {
    const answer = await post("/keys", server.accessKey, { name: `${tenant_id} ${role}`, role, tenant_id });
    return ((await answer.json()) as { key: string }).key;
  };
  acmeKey = await makeKey("acme", "admin");
  const made = await Promise.all(ROLES.map(async (role) => [role, await makeKey("globex", role)] as const));
  keys = Object.fromEntries(made) as Record<Role, string>;
  const definition = { title: MARK, kind: MARK, user_id: MARK, metadata: { note: MARK }, videos: [{ title: MARK }] };
  expect((await post("/jobs", acmeKey, { job_id: THEIRS, ...definition })).status).toBe(201);
  expect((await post("/jobs", keys.admin, { job_id: OURS, kind: "clips", videos: [{ title: "One" }] })).status).toBe(
    201,
  );
  const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as { paths: Record<string, object> };
  routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => [method.toUpperCase(), path] as const),
  );
  before = await readTheirs();
});
afterAll(async () => {
  await server.close();
  folder.remove();
});

const word = fc.oneof(
  fc.constantFrom(OURS, THEIRS, "none", "", "..", "%00", "server", "local:x", "日本", "a b", "'; DROP TABLE jobs;--"),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ maxLength: 400 }),
);
const role = fc.constantFrom(...ROLES);
const json = fc.jsonValue({ maxDepth: 4 });

/** What routes are asked for, or nearly so. */
const names = fc.constantFrom(
  ...["job_id", "kind", "title", "user_id", "metadata", "videos", "tasks", "verb", "job_ids", "reason", "key", "name"],
  ...["role", "tenant_id", "verbs", "expires_in_sec", "callback_url", "processing_deadline_ms", "jobs", "sent_at"],
);
const values = fc.oneof(
  json,
  word,
  fc.constantFrom("cancel", "retry", "pause", "worker", "clips", "http://127.0.0.1:1/x", "http://169.254.169.254/"),
  fc.array(word, { maxLength: 5 }),
  fc.integer(),
);
const body = fc.oneof(
  fc.constant(undefined),
  fc.dictionary(names, values, { maxKeys: 8 }).map((value) => JSON.stringify(value)),
  json.map((value) => JSON.stringify(value)),
  fc.string({ maxLength: 200 }),
);
const query = fc.dictionary(
  fc.oneof(
    fc.constantFrom(
      "state",
      "kind",
      "q",
      "sort",
      "order",
      "page_size",
      "page_token",
      "after",
      "before",
      "limit",
      "level",
    ),
    fc.constantFrom("since", "at", "created_from", "created_to", "source", "kinds", "token", "parent_id", "user_id"),
    word,
  ),
  fc.oneof(
    word,
    fc.integer().map(String),
    fc.constantFrom(...JOB_STATES, "e:1:1", "2026-11-21T10:42:00.000Z", "warning"),
  ),
  { maxKeys: 4 },
);

/** Answers, and does so soon, with nothing of another tenant in it, and no fault of ours. */
async function expectSoundAnswer(path: string, init: RequestInit): Promise<void> {
  const answer = await fetch(`${server.url}${path}`, {
    redirect: "manual",
    signal: AbortSignal.timeout(HANG_MS),
    ...init,
  });
  const isStream = answer.headers.get("content-type")?.startsWith("text/event-stream") === true;
  const text = isStream ? await readBeginning(answer) : await answer.text();
  if (answer.status >= 500) throw new Error(`${answer.status}: ${text}`);
  if (text.includes(MARK)) throw new Error(`the other tenant's: ${text}`);
}

async function readBeginning(answer: Response): Promise<string> {
  const reader = answer.body?.getReader();
  const { value } = (await reader?.read()) ?? {};
  await reader?.cancel();
  return new TextDecoder().decode(value);
}

test("whatever is asked of the routes, they answer soundly", { timeout: LIMIT_MS }, async () => {
  const request = fc.record({
    route: fc.nat(),
    params: fc.array(word, { minLength: 3, maxLength: 3 }),
    query,
    body,
    role,
    type: fc.constantFrom("application/json", "application/x-ndjson", "text/plain", "application/json; charset=x", "x"),
    headers: fc.dictionary(
      fc.constantFrom("if-none-match", "idempotency-key", "last-event-id", "traceparent", "content-encoding", "range"),
      fc.stringMatching(/^[ -~]{0,60}$/),
      { maxKeys: 2 },
    ),
  });
  await fc.assert(
    fc.asyncProperty(request, async ({ route, params, query: asked, body: sent, role: as, type, headers }) => {
      const [method = "", template = ""] = routes[route % routes.length] ?? [];
      const rest = [...params];
      const path = template.replaceAll(/\{\w+\}/g, () => encodeURIComponent(rest.shift() ?? "x"));
      // What may wait by design shall not be waited for.
      const search = new URLSearchParams({ ...asked, ...(/commands|poll/.test(path) && { wait: "0" }) });
      const mayHaveBody = method !== "GET" && method !== "HEAD";
      await expectSoundAnswer(`${path}?${search}`, {
        method,
        headers: { ...headers, authorization: `Bearer ${keys[as]}`, ...(mayHaveBody && { "content-type": type }) },
        ...(mayHaveBody && sent !== undefined && { body: sent }),
      });
    }),
    { numRuns: HTTP_CASES, endOnFailure: true },
  );
});

/** Records that are nearly right, and lines that are nothing. */
const record = fc.record(
  {
    source: fc.oneof(fc.constantFrom("w1", "server", "local:w"), word),
    n: fc.oneof(fc.nat(50), json),
    type: fc.oneof(fc.constantFrom(...Object.keys(EVENT_TYPES)), word),
    job_id: word,
    ts: fc.oneof(fc.constant("2026-11-21T10:42:00.000Z"), word, fc.date().map(String)),
    correlation_id: word,
    data: fc.oneof(
      fc.dictionary(
        fc.constantFrom(
          "task_id",
          "parent_id",
          "kind",
          "new_state",
          "state",
          "step",
          "percent_complete",
          "artifact",
          "id",
        ),
        fc.oneof(word, json, fc.constantFrom(...JOB_STATES, "t1", "clip", "video")),
      ),
      json,
    ),
  },
  { requiredKeys: [] },
);

test("whatever is reported, it is taken or refused, line by line", { timeout: LIMIT_MS }, async () => {
  const line = fc.oneof(
    { weight: 5, arbitrary: record.map((each) => JSON.stringify(each)) },
    fc.string({ maxLength: 100 }),
  );
  const batch = fc.record({ lines: fc.array(line, { maxLength: 12 }), isPacked: fc.boolean(), role });
  await fc.assert(
    fc.asyncProperty(batch, async ({ lines, isPacked, role: as }) => {
      const text = lines.join("\n");
      await expectSoundAnswer("/api/v1/events", {
        method: "POST",
        headers: {
          authorization: `Bearer ${keys[as]}`,
          "content-type": "application/x-ndjson",
          ...(isPacked && { "content-encoding": "gzip" }),
        },
        body: isPacked ? gzipSync(text) : text,
      });
    }),
    { numRuns: EVENT_CASES, endOnFailure: true },
  );
});

/** Ours, and those of the protocol for a frame that is too large or no text. */
const KNOWN_CODES: ReadonlySet<number> = new Set([...Object.values(CLOSE_CODES), 1000, 1002, 1003, 1005, 1007, 1009]);

const frame = fc.oneof(
  fc
    .record({
      type: fc.oneof(fc.constantFrom("subscribe", "unsubscribe", "auth", "ping"), word),
      data: fc.oneof(
        fc.dictionary(
          fc.constantFrom("ref", "job_id", "jobs", "logs", "since", "token"),
          fc.oneof(
            word,
            json,
            fc.constantFrom({ kind: [MARK] }, { state: ["running"] }, { job_id: THEIRS, after: 0 }, { job_id: OURS }),
            fc.record({ epoch: word, seq: fc.integer(), tick: fc.integer() }),
          ),
        ),
        json,
      ),
    })
    .map((value) => JSON.stringify(value)),
  fc.string({ maxLength: 300 }),
  fc.uint8Array({ maxLength: 50 }),
  fc.constant("x".repeat(17_000)),
);

test("whatever is said on a socket, it goes on, or is closed for a reason that is known", {
  timeout: LIMIT_MS,
}, async () => {
  const talk = fc.record({ frames: fc.array(frame, { maxLength: 6 }), query, role, isV1: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(talk, async ({ frames, query: asked, role: as, isV1 }) => {
      const search = new URLSearchParams({ ...asked, token: keys[as], ...(!isV1 && { job_id: asked.q ?? OURS }) });
      const socket = new WebSocket(`${server.url.replace("http", "ws")}/?${search}`, isV1 ? [SUBPROTOCOL] : []);
      const heard: string[] = [];
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      const hang = setTimeout(() => reject(new Error(`nothing came of it: ${heard.join("\n")}`)), HANG_MS);
      socket.addEventListener("message", ({ data }) => {
        heard.push(String(data));
        if (String(data).startsWith('{"type":"pong"')) socket.close(1000);
      });
      socket.addEventListener("close", ({ code }) => resolve(code));
      socket.addEventListener("open", () => {
        for (const each of frames) socket.send(each);
        if (isV1) socket.send(JSON.stringify({ type: "ping", data: {} }));
        else socket.close(1000);
      });
      try {
        const code = await promise;
        if (!KNOWN_CODES.has(code)) throw new Error(`closed with ${code}`);
        if (heard.join("").includes(MARK)) throw new Error(`the other tenant's: ${heard.join("\n")}`);
      } finally {
        clearTimeout(hang);
        socket.close();
      }
    }),
    { numRuns: SOCKET_CASES, endOnFailure: true },
  );
});

test("whatever bytes come, the server answers or hangs up", { timeout: LIMIT_MS }, async () => {
  const { port, hostname } = new URL(server.url);
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    fc
      .string({ unit: "binary", maxLength: 200 })
      .map((path) => Buffer.from(`GET /${path} HTTP/1.1\r\nHost: x\r\n\r\n`)),
    fc
      .nat(1e9)
      .map((length) => Buffer.from(`POST /api/v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\nx`)),
    fc.constant(Buffer.from("GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")),
  );
  await fc.assert(
    fc.asyncProperty(bytes, async (sent) => {
      const socket = connect(Number(port), hostname);
      let told = "";
      socket.on("data", (data) => {
        told += data;
      });
      const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
      socket.on("error", () => undefined);
      socket.end(sent);
      const cut = setTimeout(() => socket.destroy(), HANG_MS);
      await closed;
      clearTimeout(cut);
      expect(told).not.toMatch(/^HTTP\/1\.1 5/);
      expect(told).not.toContain(MARK);
    }),
    { numRuns: RAW_CASES, endOnFailure: true },
  );
});

describe("after all of it", () => {
  test("the server is well, has nothing to complain of, and the other tenant's job is as it was", async () => {
    expect(complaints).toEqual([]);
    expect((await fetch(`${server.url}/api/v1/monitoring/health/ready`)).status).toBe(200);
    expect(await readTheirs()).toEqual(before);
  });
});
