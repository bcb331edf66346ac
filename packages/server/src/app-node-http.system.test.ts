import { request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { makeDashboard } from "../test/start-server.ts";
import { tempFolder } from "../test/temp-folder.ts";
import { startServer } from "./app.ts";
import { openNodeHttp } from "./app-node-http.ts";
import { noEngine, openEngineDoor } from "./cluster/engine-door.ts";
import { createNodeProof, NODE_HEADER } from "./cluster/node-proof.ts";
import { configSchema } from "./config/config.ts";

const KEY = "the key of all nodes";
const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SECRET = "s".repeat(40);
const NO_VIEWERS = { connections: 0, waitingBytes: 0, unreadBytes: 0 };

/** An engine behind its node's door, and a node in front of it. */
async function setup() {
  const folder = tempFolder();
  const [dashboardFolder, data] = [makeDashboard(folder), join(folder, "data")];
  const config = configSchema.parse({ port: 0, data, admin_key: KEY, secret: SECRET });
  const proof = createNodeProof(SECRET);
  const door = await openEngineDoor({ host: "127.0.0.1", port: 0, proof });
  onTestFinished(door.close);
  const state = { engineUrl: door.url as string | null };
  const refuse = async () => {
    throw new Error("no viewers here");
  };
  const { http, cutForwarded } = await openNodeHttp({
    ...{ config, version: "1.2.3", dashboardFolder, proof, log: () => undefined },
    authenticate: async () => null,
    gateway: { openStream: refuse, poll: refuse, attach: () => undefined },
    engineUrl: () => {
      if (state.engineUrl === null) throw noEngine();
      return state.engineUrl;
    },
    node: () => ({ name: "n1", role: "follower" }),
    engine: () => null,
    reaches: () => ({ postgresql: true, redis: true, engine: state.engineUrl !== null }),
    whyNotReady: () => null,
    metrics: { contentType: "text/plain", text: async () => "", noteRequest: () => undefined },
  });
  await http.listen({ port: 0, host: "127.0.0.1" });
  onTestFinished(() => void http.close());
  const url = `http://127.0.0.1:${(http.server.address() as AddressInfo).port}`;

  async function startEngine() {
    const server = await startServer({
      ...{ config, dashboardFolder, version: "1.2.3", log: () => undefined },
      seat: {
        url: door.url,
        serve: door.open,
        openPublisher: () => ({ publish: () => undefined, close: async () => undefined }),
        onRevoked: () => undefined,
        viewers: () => NO_VIEWERS,
      },
    });
    onTestFinished(server.close);
    return server;
  }
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${url}${path}`, { ...init, headers: { authorization: `Bearer ${KEY}`, ...init.headers } });
  return { url, door, state, startEngine, ask, cutForwarded };
}

// biome-ignore lint/suspicious/noExplicitAny: whatever was answered
const read = (answer: Response): Promise<any> => answer.json();
const json = (body: object) => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

test("what is the engine's goes through the node as if it were not there", async () => {
  const { url, startEngine, ask } = await setup();
  await startEngine();
  const lines = [1, 2, 3].map((n) =>
    JSON.stringify({
      source: "w",
      n,
      type: n === 1 ? "job.created" : "job.updated",
      ts: "2026-11-22T06:00:00Z",
      job_id: "j",
      data: n === 1 ? { kind: "clips", title: "a" } : { title: `${n}` },
    }),
  );
  const reported = await ask("/api/v1/events", {
    method: "POST",
    headers: { "content-type": "application/x-ndjson" },
    body: lines.join("\n"),
  });
  expect([reported.status, await reported.json()]).toEqual([200, expect.objectContaining({ accepted: 3 })]);
  const job = await ask("/api/v1/jobs/j", { headers: { traceparent: `00-${TRACE}-00f067aa0ba902b7-01` } });
  expect(await job.json()).toMatchObject({ job_id: "j", seq: 3, title: "3" });
  expect(job.headers.get("x-correlation-id")).toBe(TRACE);
  // Also what it refuses, and how.
  expect((await fetch(`${url}/api/v1/jobs/j`)).status).toBe(401);
  const wrong = await ask("/api/v1/jobs", json({ kind: 7 }));
  expect([wrong.status, (await read(wrong)).error_code]).toEqual([422, "validation_error"]);
  expect((await ask("/openapi.json")).status).toBe(200);
});

test("a browser signs in through the node, and its own pages count as such", async () => {
  const { url, startEngine } = await setup();
  await startEngine();
  const signedIn = await fetch(`${url}/api/v1/session`, json({ key: KEY }));
  const cookie = signedIn.headers.getSetCookie()[0]?.split(";", 1)[0] ?? "";
  const session = (origin: string) => fetch(`${url}/api/v1/session`, { headers: { cookie, origin } });
  expect((await session(url)).status).toBe(200);
  expect((await session("http://elsewhere.example")).status).toBe(401);
  expect((await fetch(`${url}/jobs/j`)).headers.get("content-type")).toContain("text/html");
});

test("the engine hears of the client's address from the node alone", async () => {
  const { startEngine, ask } = await setup();
  await startEngine();
  const made = await ask("/api/v1/keys", {
    ...json({ name: "k", role: "viewer" }),
    headers: { "content-type": "application/json", "x-forwarded-for": "203.0.113.9", forwarded: "for=203.0.113.9" },
  });
  expect(made.status).toBe(201);
  const { entries } = await read(await ask("/api/v1/audit"));
  expect(entries[0]).toMatchObject({ action: "key.created", address: "127.0.0.1" });
});

test("nobody but a node comes in through its door, whatever key they have", async () => {
  const { door, startEngine } = await setup();
  await startEngine();
  for (const headers of [{}, { [NODE_HEADER]: "guess" }, { [NODE_HEADER]: createNodeProof("other").value }]) {
    const answer = await fetch(`${door.url}/api/v1/jobs`, { headers: { authorization: `Bearer ${KEY}`, ...headers } });
    expect([answer.status, (await read(answer)).error_code]).toEqual([403, "forbidden"]);
  }
});

test("a node may ask at the door whether an engine is there", async () => {
  const { door, startEngine } = await setup();
  const asked = async () =>
    (await fetch(`${door.url}/engine`, { headers: { [NODE_HEADER]: createNodeProof(SECRET).value } })).status;
  expect(await asked()).toBe(503);
  const engine = await startEngine();
  expect(await asked()).toBe(204);
  await engine.close();
  expect(await asked()).toBe(503);
});

test("while there is no engine, or none where it should be, all is told to come back, and does", async () => {
  const { state, door, startEngine, ask } = await setup();
  const expectUnavailable = async () => {
    for (const init of [{}, json({ kind: "clips" })]) {
      const answer = await ask("/api/v1/jobs", init);
      expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "1"]);
      expect(await answer.json()).toMatchObject({ error_code: "service_unavailable" });
    }
  };
  // Its door is there, but not the engine.
  await expectUnavailable();
  state.engineUrl = null;
  await expectUnavailable();
  // A port that nobody listens on.
  state.engineUrl = "http://127.0.0.1:1";
  await expectUnavailable();
  state.engineUrl = door.url;
  const first = await startEngine();
  expect((await ask("/api/v1/jobs")).status).toBe(200);
  await first.close();
  await expectUnavailable();
  await startEngine();
  expect((await ask("/api/v1/jobs")).status).toBe(200);
});

test("who waits for an engine that is elsewhere by now is told so at once", async () => {
  const { startEngine, ask, cutForwarded } = await setup();
  await startEngine();
  const waiting = ask("/api/v1/commands?source=w&wait=25");
  // It is under way when what was asked after it is answered.
  await ask("/api/v1/jobs");
  cutForwarded();
  expect((await waiting).status).toBe(503);
  expect((await ask("/api/v1/jobs")).status).toBe(200);
});

test("a long body goes through as it comes", async () => {
  const { url, startEngine } = await setup();
  await startEngine();
  const { port } = new URL(url);
  const answered = Promise.withResolvers<number | undefined>();
  const upload = httpRequest({ port, host: "127.0.0.1", method: "POST", path: "/api/v1/uploads?name=a.mp4" });
  upload.setHeader("authorization", `Bearer ${KEY}`).setHeader("content-type", "application/octet-stream");
  upload.on("response", (response) => {
    answered.resolve(response.statusCode);
    response.resume();
  });
  for (let part = 0; part < 64; part += 1) upload.write(Buffer.alloc(256 * 1024, part));
  upload.end();
  expect(await answered.promise).toBe(201);
});

test("who hears of alerts through the node is let go of by the engine when they leave, and cut off when it is elsewhere", async () => {
  const { startEngine, ask, cutForwarded } = await setup();
  const { load } = await startEngine();
  async function hear(signal?: AbortSignal) {
    const answer = await ask("/api/v1/alerts/stream", signal === undefined ? {} : { signal });
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
    for (let text = ""; !text.includes("alerts.changed"); )
      text += new TextDecoder().decode((await reader.read()).value);
    return reader;
  }
  const left = new AbortController();
  await hear(left.signal);
  expect(load().connections).toBe(1);
  left.abort();
  await expect.poll(() => load().connections).toBe(0);

  const reader = await hear();
  cutForwarded();
  const ended = async () => {
    while (!(await reader.read()).done);
  };
  await ended().catch(() => undefined);
  await expect.poll(() => load().connections).toBe(0);
});
