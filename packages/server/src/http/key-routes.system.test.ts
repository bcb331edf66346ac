import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, describe, expect, test } from "vitest";
import { textOfAnswer } from "../../test/answer-text.ts";
import { bodyOf, expectError, rawRequest } from "../../test/api.ts";
import { asHolder, makeKey, makeKeys, makeToken, reportMarkedJob } from "../../test/credentials.ts";
import { ROUTES, requestOf } from "../../test/routes.ts";
import { openSocket } from "../../test/socket.ts";
import { startTestServer, type TestServer } from "../../test/start-server.ts";

let server: TestServer;
const setup = async () => {
  server = await startTestServer();
  return { server, owner: asHolder(server, server.server.accessKey) };
};
afterEach(() => {
  // Nothing of all this was our fault.
  expect(server.complaints).toEqual([]);
});

const remove = (credential: string, path: string) =>
  server.ask(path, { method: "DELETE", headers: { authorization: `Bearer ${credential}` } });

describe("API keys", () => {
  test("are shown once, listed without the key, and revoked for good", async () => {
    const { owner } = await setup();
    const made = await owner.post("/api/v1/keys", { name: " CI of the shop ", role: "worker" });
    expect([made.status, made.headers.get("cache-control")]).toEqual([201, "no-store"]);
    const { key, ...info } = await bodyOf(made);
    expect(info).toEqual({
      key_id: expect.stringMatching(/^key_/),
      name: "CI of the shop",
      role: "worker",
      tenant_id: "default",
      created_at: expect.any(String),
      last_used_at: null,
    });
    const worker = asHolder(server, key);
    expect(await bodyOf(worker.ask("/api/v1/session"))).toEqual({
      role: "worker",
      tenant_id: "default",
      expires_at: null,
      time_zone: "UTC",
    });
    const listed = await owner.ask("/api/v1/keys");
    const text = await listed.text();
    expect(JSON.parse(text)).toEqual({
      keys: [{ ...info, last_used_at: expect.any(String) }],
      next_page_token: null,
    });
    expect(text).not.toContain(key);
    const revoked = await remove(server.server.accessKey, `/api/v1/keys/${info.key_id}`);
    expect(revoked.status).toBe(204);
    await expectError(await worker.ask("/api/v1/session"), 401, "unauthorized");
    await expectError(await remove(server.server.accessKey, `/api/v1/keys/${info.key_id}`), 404, "not_found");
  });

  test("of other tenants are the owner's affair: another admin has to do with its own tenant only", async () => {
    const { owner } = await setup();
    const [acme, globex] = [await makeKey(server, "admin", "acme"), await makeKey(server, "admin", "globex")];
    const ofAcme = asHolder(server, acme.key);
    expect((await ofAcme.post("/api/v1/keys", { name: "v", role: "viewer" })).status).toBe(201);
    expect((await ofAcme.post("/api/v1/keys", { name: "v", role: "viewer", tenant_id: "acme" })).status).toBe(201);
    const body = { name: "v", role: "viewer", tenant_id: "globex" };
    await expectError(await ofAcme.post("/api/v1/keys", body), 403, "forbidden");
    await expectError(await ofAcme.ask("/api/v1/keys?tenant_id=globex"), 403, "forbidden");
    await expectError(await remove(acme.key, `/api/v1/keys/${globex.key_id}`), 404, "not_found");
    const tenantsOf = async (holder: typeof owner, query = "") =>
      (await bodyOf(holder.ask(`/api/v1/keys${query}`))).keys.map((key: { tenant_id: string }) => key.tenant_id);
    expect(await tenantsOf(ofAcme)).toEqual(["acme", "acme", "acme"]);
    expect(await tenantsOf(owner)).toEqual(["acme", "globex", "acme", "acme"]);
    expect(await tenantsOf(owner, "?tenant_id=globex")).toEqual(["globex"]);
    // An admin of the default tenant is not its owner.
    const second = asHolder(server, (await makeKey(server, "admin", "default")).key);
    await expectError(await second.post("/api/v1/keys", body), 403, "forbidden");
  });

  test("come by the page, each once, also when one of them goes meanwhile", async () => {
    const { owner } = await setup();
    for (let count = 0; count < 25; count++) await makeKey(server, "viewer", "acme");
    const ids: string[] = [];
    let query = "?page_size=10";
    for (;;) {
      const { keys, next_page_token } = await bodyOf(owner.ask(`/api/v1/keys${query}`));
      ids.push(...keys.map(({ key_id }: { key_id: string }) => key_id));
      if (next_page_token === null) break;
      await remove(server.server.accessKey, `/api/v1/keys/${ids.at(-1)}`);
      query = `?page_size=10&page_token=${next_page_token}`;
    }
    expect(new Set(ids).size).toBe(25);
  });

  test("are not made of what says too little, too much, or something else", async () => {
    const { owner } = await setup();
    for (const body of [
      { name: "", role: "viewer" },
      { name: "x".repeat(101), role: "viewer" },
      { name: "x", role: "owner" },
      { name: "x" },
      { name: "x", role: "viewer", tenant_id: "not a tenant" },
      { name: "x", role: "viewer", tenant_id: "" },
      { name: "x", role: "viewer", key: "one of mine" },
    ]) {
      await expectError(await owner.post("/api/v1/keys", body), 422, "validation_error");
    }
  });
});

describe("the audit log", () => {
  test("says who did what to what, the newest first, to each tenant's admins their own", async () => {
    const { owner } = await setup();
    const acme = await makeKey(server, "admin", "acme");
    const made = await bodyOf(asHolder(server, acme.key).post("/api/v1/keys", { name: "v", role: "viewer" }));
    await remove(acme.key, `/api/v1/keys/${made.key_id}`);
    await remove(acme.key, "/api/v1/tokens/tok_1");
    await makeKey(server, "viewer", "globex");
    const read = async (holder: typeof owner) => (await bodyOf(holder.ask("/api/v1/audit"))).entries;
    const entries = await read(asHolder(server, acme.key));
    expect(entries).toHaveLength(4);
    expect(entries).toEqual(
      expect.arrayContaining(
        [
          { action: "key.created", target: acme.key_id, credential_id: expect.stringMatching(/^[0-9a-f]{16}$/) },
          { action: "key.created", target: made.key_id, credential_id: acme.key_id },
          { action: "key.revoked", target: made.key_id, credential_id: acme.key_id },
          { action: "token.revoked", target: "tok_1", credential_id: acme.key_id },
        ].map((entry) => ({
          audit_id: expect.any(String),
          ts: expect.stringMatching(/^\d{4}-.*Z$/),
          tenant_id: "acme",
          address: "127.0.0.1",
          ...entry,
        })),
      ),
    );
    const times = (await read(owner)).map(({ ts }: { ts: string }) => ts);
    expect(times).toHaveLength(5);
    expect(times).toEqual(times.toSorted().reverse());
  });

  test("comes by the page", async () => {
    const { owner } = await setup();
    for (let count = 0; count < 12; count++) await makeKey(server, "viewer", "acme");
    const first = await bodyOf(owner.ask("/api/v1/audit?page_size=10"));
    const second = await bodyOf(owner.ask(`/api/v1/audit?page_size=10&page_token=${first.next_page_token}`));
    const targets = [...first.entries, ...second.entries].map(({ target }) => target);
    expect([first.entries.length, new Set(targets).size, second.next_page_token]).toEqual([10, 12, null]);
  });
});

describe("job tokens", () => {
  test("open their job for as long as was asked, and no longer than they may", async () => {
    const { owner } = await setup();
    await reportMarkedJob(server, server.server.accessKey, "j", "ours");
    const before = Date.now();
    const answer = await owner.post("/api/v1/jobs/j/tokens", {
      verbs: ["control"],
      expires_in_sec: 60,
      user_id: "u_7",
    });
    expect([answer.status, answer.headers.get("cache-control")]).toEqual([201, "no-store"]);
    const minted = await bodyOf(answer);
    expect(minted).toEqual({
      token: expect.any(String),
      token_id: expect.stringMatching(/^tok_/),
      expires_at: expect.any(String),
      job_ids: ["j"],
      verbs: ["read", "control"],
    });
    expect(Math.abs(Date.parse(minted.expires_at) - before - 60_000)).toBeLessThan(10_000);
    const claims = JSON.parse(Buffer.from(minted.token.split(".")[1], "base64url").toString());
    expect(claims).toMatchObject({
      aud: "playhead-job",
      sub: "u_7",
      tid: "default",
      jobs: ["j"],
      jti: minted.token_id,
    });
    const viewer = asHolder(server, minted.token);
    expect((await viewer.post("/api/v1/jobs/j/pause")).status).toBe(202);
    await expectError(await owner.post("/api/v1/jobs/j/tokens", { expires_in_sec: 901 }), 422, "validation_error");
    await expectError(await owner.post("/api/v1/jobs/j/tokens", { verbs: ["admin"] }), 422, "validation_error");
    await expectError(await owner.post("/api/v1/jobs/none/tokens"), 404, "not_found");
  });

  test("are revoked by whoever may ask for them, of their own tenant", async () => {
    await setup();
    const [acme, globex] = [await makeKeys(server, "acme"), await makeKeys(server, "globex")];
    await reportMarkedJob(server, acme.worker, "j", "acme");
    const { token, token_id } = await makeToken(server, acme.worker, "j");
    const status = async () => (await asHolder(server, token).ask("/api/v1/jobs/j")).status;
    expect((await remove(globex.admin, `/api/v1/tokens/${token_id}`)).status).toBe(204);
    expect(await status()).toBe(200);
    expect((await remove(acme.operator, `/api/v1/tokens/${token_id}`)).status).toBe(204);
    expect(await status()).toBe(401);
  });
});

test("keys are not guessed, wherever they stand; who came with a right one goes on, and so do job tokens", async () => {
  await setup();
  await reportMarkedJob(server, server.server.accessKey, "j", "ours");
  const { token } = await makeToken(server, server.server.accessKey, "j");
  const unseen = await makeKey(server, "viewer", "default");
  const address = `${server.server.url.replace("http", "ws")}/?`;
  const socket = openSocket(`${address}token=${server.server.accessKey}`, "playhead.v1");
  await socket.until(({ type }) => type === "hello");
  const bearer = (key: string) =>
    server.ask("/api/v1/session", { headers: { authorization: `Bearer ${key}` } }).then(({ status }) => status);
  const auth = async (ref: string, key: string) => {
    socket.send("auth", { ref, token: key });
    return (await socket.until(({ type, data }) => type !== "hello" && data.ref === ref)).data.error_code;
  };
  const stream = (key: string) => server.ask(`/api/v1/jobs/j/stream?token=${key}`, { headers: {} });

  // Guesses of every kind count together.
  for (let at = 0; at < 7; at++) expect(await bearer(`wrong-${at}`)).toBe(401);
  expect((await openSocket(`${address}job_id=j&token=wrong-7`).closed).code).toBe(4500);
  expect(await auth("1", "wrong-8")).toBe("unauthorized");
  expect((await stream("wrong-9")).status).toBe(401);

  expect(await auth("2", "wrong-10")).toBe("rate_limited");
  expect(await openSocket(`${address}job_id=j&token=wrong-10`).closed).toEqual({
    code: 4003,
    reason: "too many wrong keys came from this address",
  });
  const refused = await stream("wrong-10");
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  await expectError(refused, 429, "rate_limited");
  expect([await bearer("wrong-0"), await bearer(unseen.key), await bearer(server.server.accessKey)]).toEqual([
    401, 429, 200,
  ]);
  expect(await bearer(token)).toBe(403);
  await openSocket(`${address}job_id=j&token=${token}`).until(({ type }) => type === "snapshot");
  expect(server.complaints).toEqual([]);
});

describe("a session", () => {
  const signIn = (key: string, headers: Record<string, string> = {}) =>
    server.ask("/api/v1/session", {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ key }),
    });

  test("is of the key that opened it, says when it ends, and ends with it", async () => {
    await setup();
    const { key, key_id } = await makeKey(server, "viewer", "acme");
    const cookie = ((await signIn(key)).headers.get("set-cookie") ?? "").split(";", 1)[0] ?? "";
    const ask = (path: string, init: RequestInit = {}) => server.ask(path, { ...init, headers: { cookie } });
    const session = await bodyOf(ask("/api/v1/session"));
    expect(session).toMatchObject({ role: "viewer", tenant_id: "acme" });
    expect(Date.parse(session.expires_at) - Date.now()).toBeGreaterThan(29 * 86_400_000);
    await expectError(await ask("/api/v1/keys"), 403, "forbidden");
    await remove(server.server.accessKey, `/api/v1/keys/${key_id}`);
    await expectError(await ask("/api/v1/session"), 401, "unauthorized");
  });

  test("that is signed out of is over on the server, with its sockets; another of the same key goes on", async () => {
    await setup();
    const cookieOf = async () =>
      ((await signIn(server.server.accessKey)).headers.get("set-cookie") ?? "").split(";", 1)[0] ?? "";
    const [mine, others] = [await cookieOf(), await cookieOf()];
    const sockets = [mine, others].map((cookie) =>
      openSocket(server.server.url.replace("http", "ws"), "playhead.v1", { headers: { cookie } }),
    );
    for (const socket of sockets) await socket.until(({ type }) => type === "hello");
    const out = await server.ask("/api/v1/session", { method: "DELETE", headers: { cookie: mine } });
    expect([out.status, out.headers.get("set-cookie")]).toEqual([204, expect.stringContaining("Max-Age=0")]);
    expect((await sockets[0]?.closed)?.code).toBe(4504);
    await expectError(await server.ask("/api/v1/session", { headers: { cookie: mine } }), 401, "unauthorized");
    expect((await server.ask("/api/v1/session", { headers: { cookie: others } })).status).toBe(200);
    expect(sockets[1]?.socket.readyState).toBe(sockets[1]?.socket.OPEN);
  });

  test("is not opened by a job token", async () => {
    await setup();
    await reportMarkedJob(server, server.server.accessKey, "j", "ours");
    const { token } = await makeToken(server, server.server.accessKey, "j");
    await expectError(await signIn(token), 401, "unauthorized");
  });

  test("is not guessed: after some wrong keys an address has to wait, by the form as by the link", async () => {
    await setup();
    for (let count = 0; count < 20; count++) expect((await signIn(server.server.accessKey)).status).toBe(204);
    const statuses = [];
    for (let count = 0; count < 12; count++) statuses.push((await signIn("wrong")).status);
    expect(statuses.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 401));
    for (const answer of [await signIn("wrong"), await signIn(server.server.accessKey)]) {
      expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
      await expectError(answer, 429, "rate_limited");
    }
    const link = await server.ask(`/?key=${server.server.accessKey}`, { headers: {} });
    expect(link.headers.get("set-cookie")).toBeNull();
    await expectError(link, 429, "rate_limited");
    // Whoever has a key and does not sign in is not concerned.
    expect((await server.ask("/api/v1/session")).status).toBe(200);
  });
});

test("files of this machine's jobs are shown to its own tenant, and are not there for another", async () => {
  await setup();
  const folder = join(server.folder, "clips");
  mkdirSync(folder);
  writeFileSync(join(folder, "a.mp4"), "the clip");
  server.server.media.add(folder);
  const url = server.server.media.urlOf(join(folder, "a.mp4")) as string;
  const ofOurs = asHolder(server, (await makeKey(server, "viewer", "default")).key);
  expect(await (await ofOurs.ask(url)).text()).toBe("the clip");
  const ofAcme = asHolder(server, (await makeKey(server, "admin", "acme")).key);
  await expectError(await ofAcme.ask(url), 404, "not_found");
});

test("no key and no token is in what the server logs, nor in what it says of a fault", async () => {
  await setup();
  const keys = await makeKeys(server, "acme");
  await reportMarkedJob(server, keys.worker, "j", "acme");
  const { token } = await makeToken(server, keys.worker, "j");
  const session = /playhead_session=([^;]+)/.exec(
    (
      await server.ask("/api/v1/session", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ key: keys.viewer }),
      })
    ).headers.get("set-cookie") ?? "",
  )?.[1] as string;
  const secrets = [server.server.accessKey, ...Object.values(keys), token, session];
  const said: string[] = [];
  const hear = async (asked: Promise<Response>) => {
    const answer = await asked;
    said.push(JSON.stringify([answer.status, [...answer.headers]]), await textOfAnswer(answer));
  };
  for (const secret of secrets) {
    // As a credential of every route, cut short so that it is wrong, and in places where it does not belong.
    for (const row of ROUTES) {
      if (row.route === "POST /api/v1/keys") continue;
      for (const credential of [secret, secret.slice(0, -1)]) {
        const { path, init } = requestOf(row, "j", credential);
        await hear(server.ask(path, init));
      }
    }
    const json = { "content-type": "application/json" };
    const bodies = [`{"key": "${secret}"`, `{"key": ["${secret}"]}`, `{"key": "${secret}", "more": 1}`, secret];
    for (const body of bodies) await hear(server.ask("/api/v1/session", { method: "POST", headers: json, body }));
    await hear(
      server.ask(`/api/v1/jobs?token=${secret}&page_size=x`, { headers: { authorization: `Basic ${secret}` } }),
    );
    await hear(server.ask(`/api/v1/nothing?token=${secret}`));
    await hear(server.ask(`/?key=${secret}x`, { headers: {} }));
    said.push(await rawRequest(server, `GET /%zz?token=${secret} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`));
    for (const query of [
      `job_id=&token=${secret}`,
      `job_id=none&token=${secret}`,
      `job_id=j&after=x&token=${secret}x`,
    ]) {
      const socket = openSocket(`${server.server.url.replace("http", "ws")}/?${query}`);
      said.push(JSON.stringify(await socket.closed), ...socket.raw);
    }
  }
  // Faults of ours, which are logged with all that is known of them.
  const database = new DatabaseSync(join(server.data, "playhead.db"));
  database.exec("DROP TABLE documents");
  database.close();
  for (const secret of [server.server.accessKey, keys.admin]) {
    await hear(asHolder(server, secret).post("/api/v1/keys", { name: secret, role: "viewer" }));
    await hear(server.ask(`/api/v1/audit?token=${secret}`, { headers: { authorization: `Bearer ${secret}` } }));
  }
  const logged = server.complaints.splice(0);
  expect(logged.filter((text) => text.startsWith("error: a request failed"))).toHaveLength(4);
  expect(said.length).toBeGreaterThan(500);
  const parts = secrets.flatMap((secret) => [secret, encodeURIComponent(secret), secret.slice(-24)]);
  expect([...said, ...logged].filter((text) => parts.some((part) => text.includes(part)))).toEqual([]);
});
