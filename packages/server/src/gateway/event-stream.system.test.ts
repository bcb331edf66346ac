import { randomInt } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { httpStatusOf, type PlayheadError } from "@playhead/core";
import { describe, expect, onTestFinished, test } from "vitest";
import { expectError } from "../../test/api.ts";
import { openStream } from "../../test/event-stream.ts";
import { factEvent, publicationOf } from "../../test/publications.ts";
import { finish, runJob } from "../../test/run-job.ts";
import { startTestGateway, VIEWER } from "../../test/start-gateway.ts";
import { startTestServer, type TestServer } from "../../test/start-server.ts";
import type { GatewayDeps } from "./gateway.ts";

const open = (server: TestServer, path = "/api/v1/jobs/j/stream", headers: Record<string, string> = {}) =>
  openStream(`${server.server.url}${path}`, { authorization: server.authorization, ...headers });

describe("a stream of server-sent events", () => {
  test("begins with when to come back and a snapshot, and brings each fact once, in order, with its position", async () => {
    const server = await startTestServer();
    const steps = runJob(server, "j");
    await steps.next();
    const stream = await open(server);
    expect([stream.answer.status, stream.answer.headers.get("content-type")]).toEqual([
      200,
      "text/event-stream; charset=utf-8",
    ]);
    expect(stream.answer.headers.get("cache-control")).toBe("no-store");
    expect(stream.answer.headers.get("x-correlation-id")).toMatch(/^[0-9a-f]{32}$/);
    const first = await stream.until(({ type }) => type === "snapshot");
    expect(stream.others[0]).toMatch(/^retry: \d{3,4}$/);
    const { epoch } = first.frame;
    expect(first).toMatchObject({
      id: expect.stringMatching(`^${epoch}:1:\\d+$`),
      frame: { seq: 1, data: { title: "Episode 12" } },
    });
    await finish(steps);
    await stream.until(({ type }) => type === "session.completed");
    expect(stream.facts().map(({ frame }) => frame.seq)).toEqual(Array.from({ length: 16 }, (_, index) => index + 2));
    for (const { id, frame } of stream.facts()) expect(id).toMatch(new RegExp(`^${epoch}:${frame.seq}:\\d+$`));
    for (const { id, frame } of stream.events.filter((each) => each.frame.tick !== undefined)) {
      expect(id).toBe(`${epoch}:${id.split(":")[1]}:${frame.tick}`);
    }
    expect(stream.frames().some(({ type }) => type === "log" || type === "batch")).toBe(false);
  });

  test("goes on from the last event's id, over any disconnects, with every fact once", async () => {
    const server = await startTestServer();
    const steps = runJob(server, "j");
    await steps.next();
    const begun = await open(server);
    let last = (await begun.until(({ type }) => type === "snapshot")).id;
    begun.close();
    const running = finish(steps);
    const seqs: number[] = [];
    for (let visit = 0; seqs.at(-1) !== 17; visit++) {
      const stream = await open(server, undefined, { "last-event-id": last });
      const known = seqs.at(-1) ?? 1;
      const wanted = visit > 20 ? 17 : Math.min(17, known + randomInt(1, 4));
      await stream.until(({ type, seq, tick }) => type !== "snapshot" && tick === undefined && (seq ?? 0) >= wanted);
      stream.close();
      await stream.ended;
      expect(stream.frames().some(({ type }) => type === "snapshot" || type === "reset")).toBe(false);
      seqs.push(...stream.facts().map(({ frame }) => frame.seq ?? 0));
      last = stream.events.at(-1)?.id ?? last;
    }
    await running;
    expect(seqs).toEqual(Array.from({ length: 16 }, (_, index) => index + 2));
  });

  test("with a position that cannot be gone on from begins anew; the header wins over the address", async () => {
    const server = await startTestServer();
    await finish(runJob(server, "j"));
    for (const since of ["other:1:0", "nonsense", `${server.server.url}`]) {
      const stream = await open(server, `/api/v1/jobs/j/stream?since=${encodeURIComponent(since)}`);
      await stream.until(({ type }) => type === "snapshot");
      expect(stream.frames().map(({ type }) => type)).toEqual(["reset", "snapshot"]);
      stream.close();
    }
    const begun = await open(server);
    const { id } = await begun.until(({ type }) => type === "snapshot");
    const at = (seq: number) => `${id.split(":")[0]}:${seq}:0`;
    const stream = await open(server, `/api/v1/jobs/j/stream?since=${at(3)}`, { "last-event-id": at(15) });
    await stream.until(({ type }) => type === "job.progress");
    expect(stream.facts().map(({ frame }) => frame.seq)).toEqual([16, 17]);
  });

  test("takes the token from the address, and answers who may not as any route does", async () => {
    const server = await startTestServer();
    await finish(runJob(server, "j"));
    const { url, accessKey } = server.server;
    const stream = await openStream(`${url}/api/v1/jobs/j/stream?token=${encodeURIComponent(accessKey)}`);
    await stream.until(({ type }) => type === "snapshot");
    await expectError(await fetch(`${url}/api/v1/jobs/j/stream`), 401, "unauthorized");
    await expectError(await fetch(`${url}/api/v1/jobs/j/stream?token=wrong`), 401, "unauthorized");
    await expectError(await server.ask("/api/v1/jobs/none/stream"), 404, "not_found");
    // A token in the address opens streams and sockets, and nothing else.
    await expectError(await fetch(`${url}/api/v1/jobs?token=${accessKey}`), 401, "unauthorized");
  });

  test("ends with the server, and says when to come back", async () => {
    const server = await startTestServer();
    await finish(runJob(server, "j"));
    const stream = await open(server);
    await stream.until(({ type }) => type === "snapshot");
    await server.server.close();
    await stream.ended;
    expect(stream.others).toHaveLength(2);
    expect(stream.others[1]).toMatch(/^retry: \d+$/);
  });

  test("a client that never reads is cut off, costs bounded memory, and comes back to what it missed", async () => {
    const server = await startTestServer();
    const { record, send } = server;
    await send(record("j", "job.created", { kind: "clips" }));
    const slow = await fetch(`${server.server.url}/api/v1/jobs/j/stream`, {
      headers: { authorization: server.authorization },
    });
    const quick = await open(server);
    await quick.until(({ type }) => type === "snapshot");
    const title = "x".repeat(20_000);
    let sent = 1;
    let mostWaiting = 0;
    for (let time = 0; time < 300 && server.server.load().connections > 1; time++) {
      await send(...Array.from({ length: 10 }, () => record("j", "job.updated", { title: `${title}${++sent}` })));
      // So that each step is a moment of its own: what is said at one moment is sent whole.
      await quick.until(({ type, seq }) => type === "job.updated" && seq === sent);
      mostWaiting = Math.max(mostWaiting, server.server.load().waitingBytes);
    }
    expect(server.server.load().connections).toBe(1);
    expect(quick.facts().map(({ frame }) => frame.seq)).toEqual(
      Array.from({ length: sent - 1 }, (_, index) => index + 2),
    );
    expect(mostWaiting).toBeLessThan(1_000_000);
    await slow.body?.cancel();
    const again = await open(server);
    expect((await again.until(({ type }) => type === "snapshot")).frame.seq).toBe(sent);
  });
});

/** The stream of a gateway without the rest of the server. */
async function streamOf(deps: Partial<GatewayDeps>) {
  const world = await startTestGateway(deps);
  const http = createServer((request, response) => {
    world.gateway.openStream(request, { jobId: "j", since: null }).then(
      (begin) => begin(response, {}),
      (error: PlayheadError) => response.writeHead(httpStatusOf(error.code)).end(),
    );
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void http.close());
  return { ...world, open: () => openStream(`http://127.0.0.1:${(http.address() as AddressInfo).port}/`) };
}

describe("a stream, like a socket,", () => {
  test("says now and then that it is there", async () => {
    const { open: openIt } = await streamOf({ commentMs: 50 });
    const stream = await openIt();
    await stream.until(({ type }) => type === "snapshot");
    await expect.poll(() => stream.others.filter((block) => block === ":").length).toBeGreaterThan(1);
  });

  test("ends at once with a credential that is revoked, and 25 s after one that ran out", async () => {
    let aheadMs = 0;
    const { open: openIt, revoke } = await streamOf({
      authenticate: async () => ({ ...VIEWER, expiresAtMs: Date.now() + 1_000 }),
      nowMs: () => Date.now() + aheadMs,
    });
    const [revoked, expired] = [await openIt(), await openIt()];
    revoke("other");
    aheadMs = 27_000;
    await expired.ended;
    aheadMs = 0;
    await revoked.ended;
    const again = await openIt();
    await again.until(({ type }) => type === "snapshot");
    revoke("c1");
    await again.ended;
  });

  test("shows only the jobs of the credential, and counts in the limits", async () => {
    const outside = await streamOf({ authenticate: async () => ({ ...VIEWER, jobIds: new Set(["k"]) }) });
    expect((await outside.open()).answer.status).toBe(404);
    const { open: openIt, gateway } = await streamOf({ limits: { perTenant: 1 } });
    const first = await openIt();
    await first.until(({ type }) => type === "snapshot");
    expect((await openIt()).answer.status).toBe(429);
    first.close();
    await expect.poll(() => gateway.load().connections).toBe(0);
    expect((await openIt()).answer.status).toBe(200);
  });

  test("whose client goes while it is opened leaves nothing", async () => {
    const known = Promise.withResolvers<typeof VIEWER>();
    const { gateway, bus, http } = await startTestGateway({ authenticate: () => known.promise });
    const gone = Promise.withResolvers<void>();
    const done = Promise.withResolvers<void>();
    http.on("request", async (request, response) => {
      const opening = gateway.openStream(request, { jobId: "j", since: null });
      response.once("close", () => gone.resolve());
      (await opening)(response, {});
      done.resolve();
    });
    const stop = new AbortController();
    const asked = fetch(`http://127.0.0.1:${(http.address() as AddressInfo).port}/`, { signal: stop.signal });
    await new Promise((resolve) => http.once("request", resolve));
    stop.abort();
    await asked.catch(() => undefined);
    await gone.promise;
    known.resolve(VIEWER);
    await done.promise;
    expect(gateway.load().connections).toBe(0);
    bus.publish([publicationOf(factEvent("j", 7))]);
  });
});
