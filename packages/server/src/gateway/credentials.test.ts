import { describe, expect, test } from "vitest";
import { openSocket } from "../../test/socket.ts";
import { startTestGateway, VIEWER } from "../../test/start-gateway.ts";
import type { Viewer } from "./viewer.ts";

const HOUR_MS = 3_600_000;

/** A gateway to whose clock time can be added, and which knows these tokens. */
async function setup(viewer: Viewer, tokens: Readonly<Record<string, Viewer>> = {}) {
  let aheadMs = 0;
  const world = await startTestGateway({
    authenticate: async () => viewer,
    authenticateToken: async (token) => tokens[token] ?? null,
    nowMs: () => Date.now() + aheadMs,
    listJobs: async () => [],
  });
  return {
    ...world,
    pass: (ms: number) => {
      aheadMs += ms;
    },
    async openV1() {
      const socket = openSocket(world.url, "playhead.v1");
      await socket.until(({ type }) => type === "hello");
      return socket;
    },
  };
}

const inMs = (ms: number): Viewer => ({ ...VIEWER, expiresAtMs: Date.now() + ms });

describe("a credential that runs out", () => {
  test("is told at the beginning, has 25 s of grace, and then ends what it opened, whatever that speaks", async () => {
    const viewer = inMs(HOUR_MS);
    const { openV1, url, pass } = await setup(viewer);
    const v1 = await openV1();
    expect(v1.frames[0]?.data.expires_at).toBe(new Date(viewer.expiresAtMs ?? 0).toISOString());
    const simple = openSocket(`${url}?job_id=j`);
    await simple.until(({ type }) => type === "snapshot");
    pass(HOUR_MS + 20_000);
    v1.send("ping", {});
    await v1.until(({ type }) => type === "pong");
    pass(6_000);
    for (const socket of [v1, simple]) expect(await socket.closed).toEqual({ code: 4001, reason: "the token ran out" });
  });

  test("opens nothing any more", async () => {
    const { url } = await setup(inMs(-1));
    expect((await openSocket(`${url}?job_id=j`).closed).code).toBe(4001);
  });

  test("is renewed in the connection, which goes on", async () => {
    const fresh = { ...VIEWER, credentialId: "c2", expiresAtMs: Date.now() + 3 * HOUR_MS };
    const { openV1, pass, revoke } = await setup(inMs(HOUR_MS), { fresh });
    const socket = await openV1();
    socket.send("subscribe", { ref: "r", job_id: "j" });
    socket.send("auth", { ref: "a", token: "fresh" });
    const { data } = await socket.until(({ type }) => type === "authorized");
    expect(data).toEqual({ ref: "a", expires_at: new Date(fresh.expiresAtMs).toISOString() });
    pass(2 * HOUR_MS);
    revoke("c1");
    // The next check and the next beat find it well.
    const before = socket.frames.length;
    await socket.until(({ type }) => type === "heads", before);
    await new Promise((resolve) => socket.socket.once("ping", resolve));
    expect(socket.socket.readyState).toBe(socket.socket.OPEN);
    revoke("c2");
    expect((await socket.closed).code).toBe(4504);
  });
});

describe("auth", () => {
  const CASES = [
    { name: "a token of nobody", token: "?", code: "unauthorized" },
    { name: "one that has run out", token: "old", code: "unauthorized" },
    { name: "another tenant's", token: "theirs", code: "forbidden" },
  ];
  test.each(CASES)("with $name is refused, and the one before holds", async ({ token, code }) => {
    const { openV1 } = await setup(VIEWER, {
      old: { ...VIEWER, expiresAtMs: 1 },
      theirs: { ...VIEWER, tenantId: "other" },
    });
    const socket = await openV1();
    socket.send("auth", { ref: "a", token });
    expect((await socket.until(({ type }) => type === "error")).data).toMatchObject({ ref: "a", error_code: code });
    socket.send("subscribe", { ref: "r", job_id: "j" });
    await socket.until(({ type }) => type === "live");
  });

  test("ends what the new credential does not cover, and nothing else", async () => {
    const narrow = { ...VIEWER, jobIds: new Set(["k"]) };
    const { openV1 } = await setup(VIEWER, { narrow });
    const socket = await openV1();
    const subscriptions = {
      j: { job_id: "j" },
      k: { job_id: "k" },
      list: { jobs: {} },
      "log of j": { logs: { job_id: "j" } },
      "log of k": { logs: { job_id: "k" } },
    };
    for (const [ref, data] of Object.entries(subscriptions)) socket.send("subscribe", { ref, ...data });
    for (const ref of Object.keys(subscriptions))
      await socket.until(({ type, data }) => type === "live" && data.ref === ref);
    socket.send("auth", { ref: "a", token: "narrow" });
    socket.send("ping", {});
    await socket.until(({ type }) => type === "pong");
    await socket.until(({ type }) => type === "authorized");
    const answers = () =>
      socket.frames.filter(({ type }) => type === "error").map(({ data }) => [data.ref, data.error_code]);
    await socket.until(({ type, data }) => type === "error" && data.ref === "log of j");
    expect(answers()).toEqual([
      ["j", "not_found"],
      ["list", "forbidden"],
      ["log of j", "not_found"],
    ]);
    const { data } = await socket.until(({ type }) => type === "heads", socket.frames.length);
    expect(Object.keys(data.jobs)).toEqual(["k"]);
  });

  test("of several the last one sent holds", async () => {
    const slow = Promise.withResolvers<Viewer>();
    const narrow = { ...VIEWER, jobIds: new Set(["k"]) };
    const { url } = await startTestGateway({
      authenticateToken: (token) => (token === "wide" ? slow.promise : Promise.resolve(narrow)),
    });
    const socket = openSocket(url, "playhead.v1");
    await socket.until(({ type }) => type === "hello");
    socket.send("auth", { ref: "1", token: "wide" });
    socket.send("auth", { ref: "2", token: "narrow" });
    socket.send("ping", {});
    await socket.until(({ type }) => type === "pong");
    slow.resolve(VIEWER);
    await socket.until(({ type, data }) => type === "authorized" && data.ref === "2");
    socket.send("subscribe", { ref: "r", job_id: "j" });
    expect((await socket.until(({ type }) => type === "error")).data.error_code).toBe("not_found");
  });
});

describe("a credential for single jobs", () => {
  const narrow: Viewer = { ...VIEWER, jobIds: new Set(["k"]) };

  test("follows those, and no other, nor lists", async () => {
    const { openV1 } = await setup(narrow);
    const socket = await openV1();
    const asks = [{ job_id: "j" }, { job_id: "none" }, { logs: { job_id: "j" } }, { jobs: {} }, { job_id: "k" }];
    for (const [index, data] of asks.entries()) socket.send("subscribe", { ref: `${index}`, ...data });
    await socket.until(({ type }) => type === "live");
    await socket.until(({ type, data }) => type === "error" && data.ref === "3");
    const answered = (type: string) =>
      Object.fromEntries(
        socket.frames.filter((frame) => frame.type === type).map(({ data }) => [data.ref, data.error_message]),
      );
    expect(answered("error")).toEqual({
      0: "there is no job j",
      1: "there is no job none",
      2: "there is no job j",
      3: expect.stringContaining("lists"),
    });
    expect(Object.keys(answered("subscribed"))).toEqual(["4"]);
  });

  test("in the simple mode: another job is no such job", async () => {
    const { url } = await setup(narrow);
    expect(await openSocket(`${url}?job_id=j`).closed).toEqual({ code: 4502, reason: "there is no job j" });
    await openSocket(`${url}?job_id=k`).until(({ type }) => type === "snapshot");
  });
});

describe("a credential that is revoked", () => {
  test("ends what it opened at once, and nothing else", async () => {
    const viewers = [VIEWER, { ...VIEWER, credentialId: "other" }];
    const { url, revoke } = await startTestGateway({ authenticate: async () => viewers.shift() ?? null });
    const mine = openSocket(`${url}?job_id=j`);
    await mine.until(({ type }) => type === "snapshot");
    const others = openSocket(`${url}?job_id=j`);
    await others.until(({ type }) => type === "snapshot");
    revoke("c1");
    expect(await mine.closed).toEqual({ code: 4504, reason: "the credential was revoked" });
    expect(others.socket.readyState).toBe(others.socket.OPEN);
  });

  test("ends with its session too, and not with another's of the same key", async () => {
    const viewers = ["s1", "s2"].map((sessionId) => ({ ...VIEWER, sessionId }));
    const { url, revoke } = await startTestGateway({ authenticate: async () => viewers.shift() ?? null });
    const mine = openSocket(`${url}?job_id=j`);
    await mine.until(({ type }) => type === "snapshot");
    const others = openSocket(`${url}?job_id=j`);
    await others.until(({ type }) => type === "snapshot");
    revoke("s1");
    expect((await mine.closed).code).toBe(4504);
    expect(others.socket.readyState).toBe(others.socket.OPEN);
    revoke("c1");
    expect((await others.closed).code).toBe(4504);
  });

  test("while it is being looked up opens nothing", async () => {
    const known = Promise.withResolvers<Viewer>();
    const { url, revoke } = await startTestGateway({ authenticate: () => known.promise });
    const socket = openSocket(`${url}?job_id=j`);
    await new Promise((resolve) => socket.socket.once("open", resolve));
    revoke("c1");
    known.resolve(VIEWER);
    expect((await socket.closed).code).toBe(4500);
  });
});
