import { SignJWT } from "jose";
import { beforeAll, describe, expect, test } from "vitest";
import { atFileEnd } from "../../test/file-end.ts";
import { tempFolder } from "../../test/temp-folder.ts";
import { createSqliteStore } from "../store/sqlite/open-store.ts";
import type { Store } from "../store/store.ts";
import { type Auth, createAuth } from "./auth.ts";
import type { NewJobToken } from "./job-tokens.ts";

const SECRET = "s".repeat(40);
const START_MS = Date.parse("2026-11-21T10:42:00.000Z");
const MINUTE_MS = 60_000;

let store: Store;
/** The time of the store, and of all that is set up. */
let now = START_MS;
const atEnd = atFileEnd();
beforeAll(async () => {
  store = await createSqliteStore({ folder: tempFolder(atEnd), nowMs: () => now, newEpoch: () => "e1" });
  return store.close;
});

let tenants = 0;

/** Auth over the one store, as after a start; each test has a tenant of its own. */
async function setup({ wrap = (real) => real }: { wrap?: (store: Store) => Store } = {}) {
  now = START_MS;
  const dataFolder = tempFolder();
  const tenantId = `t${++tenants}`;
  const errors: unknown[] = [];
  const start = (): Promise<Auth> =>
    createAuth({
      dataFolder,
      adminKey: "the key of the owner",
      secret: SECRET,
      tenantId: "default",
      store: wrap(store),
      nowMs: () => now,
      onError: (error) => errors.push(error),
    });
  const auth = await start();
  const token = (keyId: string, more: Partial<NewJobToken> = {}): NewJobToken => ({
    tenantId,
    jobIds: ["j1"],
    verbs: ["read"],
    expiresInSec: 900,
    subject: null,
    keyId,
    ...more,
  });
  return { auth, start, tenantId, errors, token };
}

const whoHas = (auth: Auth, credential: string) => auth.ofRequest({ authorization: `Bearer ${credential}` });

describe("an API key", () => {
  test("opens what its role and tenant open, over a restart, and is nowhere in what is kept of it", async () => {
    const { auth, start, tenantId } = await setup();
    const { key, info } = await auth.createKey({ name: "backend", role: "operator", tenantId });
    expect(key).toMatch(/^ph_[0-9a-f]{16}_[\w-]{32}$/);
    expect(info).toEqual({
      key_id: expect.stringMatching(/^key_[0-9a-f]{16}$/),
      name: "backend",
      role: "operator",
      tenant_id: tenantId,
      created_at: "2026-11-21T10:42:00.000Z",
      last_used_at: null,
    });
    const principal = { tenantId, role: "operator", jobIds: null, expiresAtMs: null, credentialId: info.key_id };
    for (const each of [auth, await start()]) {
      expect(await whoHas(each, key)).toEqual(principal);
      expect(await each.ofToken(key)).toEqual(principal);
      expect(await each.ofUpgrade({ url: `/?token=${key}`, headers: {} })).toEqual(principal);
      expect(await each.ofRequest({}, { queryToken: key })).toEqual(principal);
    }
    const kept = JSON.stringify(await store.listDocuments({ collection: "api_keys", tenantId, limit: 10 }));
    expect(kept).toContain("backend");
    expect(kept).not.toContain(key.slice(-32));
  });

  test("that is wrong in any part is nobody's", async () => {
    const { auth, tenantId } = await setup();
    const { key } = await auth.createKey({ name: "k", role: "viewer", tenantId });
    const other = await auth.createKey({ name: "k", role: "admin", tenantId });
    const mixed = key.slice(0, 20) + other.key.slice(20);
    for (const wrong of [`${key}x`, key.slice(0, -1), mixed, key.toUpperCase(), other.info.key_id, ""]) {
      expect(await auth.ofToken(wrong)).toBeNull();
    }
  });

  test("has its last use kept to the hour: one write for however many requests", async () => {
    const writes: Promise<void>[] = [];
    const { auth, start, tenantId } = await setup({
      wrap: (real) => ({
        ...real,
        putDocument(document) {
          const written = real.putDocument(document);
          writes.push(written);
          return written;
        },
      }),
    });
    const { key } = await auth.createKey({ name: "k", role: "viewer", tenantId });
    for (let time = 0; time < 100; time++) await auth.ofToken(key);
    now += 59 * MINUTE_MS;
    await auth.ofToken(key);
    expect(writes).toHaveLength(2);
    now += MINUTE_MS;
    await auth.ofToken(key);
    expect(writes).toHaveLength(3);
    await Promise.all(writes);
    expect((await start()).listKeys(tenantId)).toMatchObject([{ last_used_at: "2026-11-21T11:42:00.000Z" }]);
  });

  test("that is revoked opens nothing from that moment on, nor after a restart; its sessions and tokens end, and listeners hear of all", async () => {
    const { auth, start, tenantId, token } = await setup();
    const { key, info } = await auth.createKey({ name: "k", role: "operator", tenantId });
    const session = `playhead_session=${await auth.openSession(key)}`;
    const shown = await auth.mintToken(token(info.key_id));
    const neverShown = await auth.mintToken(token(info.key_id));
    const others = await auth.createKey({ name: "other", role: "operator", tenantId });
    expect(await auth.ofRequest({ cookie: session })).toMatchObject({ credentialId: info.key_id, role: "operator" });
    const ofToken = await auth.ofToken(shown.token);
    const told: string[] = [];
    const stop = auth.onRevoked((credentialId) => told.push(credentialId));
    const revoking = auth.revokeKey(tenantId, info.key_id);
    expect(await auth.ofToken(key)).toBeNull();
    expect(await revoking).toMatchObject({ key_id: info.key_id });
    expect(told).toEqual([ofToken?.credentialId, info.key_id]);
    for (const each of [auth, await start()]) {
      expect(await each.ofToken(key)).toBeNull();
      expect(await each.ofRequest({ cookie: session })).toBeNull();
      expect(await each.ofToken(shown.token)).toBeNull();
      expect(await each.ofToken(neverShown.token)).toBeNull();
      expect(await each.ofToken(others.key)).not.toBeNull();
      expect(each.listKeys(tenantId)).toMatchObject([{ name: "other" }]);
    }
    stop();
    await auth.revokeKey(null, others.info.key_id);
    expect(told).toHaveLength(2);
  });

  test("that cannot be read opens nothing, is told of, and keeps no other from being found", async () => {
    const { auth, start, tenantId, errors } = await setup();
    const [bad, good] = [
      await auth.createKey({ name: "bad", role: "viewer", tenantId }),
      await auth.createKey({ name: "good", role: "viewer", tenantId }),
    ];
    const id = bad.info.key_id;
    await store.putDocument({ collection: "api_keys", id, tenantId, body: { role: "king" }, expiresMs: null });
    const again = await start();
    expect([await again.ofToken(bad.key), (await again.ofToken(good.key))?.role]).toEqual([null, "viewer"]);
    expect(errors).toEqual([expect.objectContaining({ code: "data_damaged", message: expect.stringContaining(id) })]);
    await store.removeDocument("api_keys", id);
  });

  test("is its own tenant's only: another one's admin does not find it", async () => {
    const { auth, tenantId } = await setup();
    const { key, info } = await auth.createKey({ name: "k", role: "viewer", tenantId });
    expect(await auth.revokeKey("someone-else", info.key_id)).toBeNull();
    expect(auth.listKeys("someone-else")).toEqual([]);
    expect(await auth.ofToken(key)).not.toBeNull();
  });

  test("that the store does not keep, or does not let go, is as it was before, and who asked hears of it", async () => {
    let refuses = true;
    const refuse = <Args extends readonly unknown[], Answer>(call: (...args: Args) => Promise<Answer>) => {
      return async (...args: Args) => {
        if (refuses) throw new Error("the disk is full");
        return call(...args);
      };
    };
    const { auth, tenantId } = await setup({
      wrap: (real) => ({ ...real, putDocument: refuse(real.putDocument), removeDocument: refuse(real.removeDocument) }),
    });
    const newKey = { name: "k", role: "viewer", tenantId } as const;
    await expect(auth.createKey(newKey)).rejects.toThrow("the disk is full");
    expect(auth.listKeys(tenantId)).toEqual([]);
    refuses = false;
    const { key, info } = await auth.createKey(newKey);
    refuses = true;
    await expect(auth.revokeKey(tenantId, info.key_id)).rejects.toThrow("the disk is full");
    expect(await auth.ofToken(key)).not.toBeNull();
  });

  test("the thousand-and-first of a tenant is refused, and others still get theirs", async () => {
    const quick = (real: Store): Store => ({ ...real, putDocument: async () => undefined });
    const { auth, tenantId } = await setup({ wrap: quick });
    const newKey = { name: "k", role: "viewer", tenantId } as const;
    for (let count = 0; count < 1_000; count++) await auth.createKey(newKey);
    await expect(auth.createKey(newKey)).rejects.toMatchObject({ code: "conflict" });
    await auth.createKey({ ...newKey, tenantId: `${tenantId}-other` });
    const [first] = auth.listKeys(tenantId);
    await auth.revokeKey(tenantId, first?.key_id ?? "");
    await auth.createKey(newKey);
  });
});

describe("a job token", () => {
  async function setupToken(more: Partial<NewJobToken> = {}) {
    const world = await setup();
    const { key, info } = await world.auth.createKey({ name: "k", role: "operator", tenantId: world.tenantId });
    const minted = await world.auth.mintToken(world.token(info.key_id, more));
    return { ...world, key, keyId: info.key_id, minted };
  }

  test.each([
    { verbs: ["read"] as const, role: "viewer", given: ["read"] },
    { verbs: ["control"] as const, role: "operator", given: ["read", "control"] },
    { verbs: ["read", "control"] as const, role: "operator", given: ["read", "control"] },
  ])("for $verbs is a $role of its jobs", async ({ verbs, role, given }) => {
    const { auth, tenantId, minted } = await setupToken({ verbs, jobIds: ["a", "b"] });
    expect(minted).toMatchObject({ verbs: given, expiresAtMs: START_MS + 15 * MINUTE_MS });
    expect(await auth.ofUpgrade({ url: `/?token=${minted.token}`, headers: {} })).toEqual({
      tenantId,
      role,
      jobIds: new Set(["a", "b"]),
      expiresAtMs: START_MS + 15 * MINUTE_MS,
      credentialId: `${tenantId}/${minted.tokenId}`,
    });
  });

  test("holds until its time is over, over a restart", async () => {
    const { auth, start, minted } = await setupToken({ expiresInSec: 60 });
    now += 59_000;
    expect(await (await start()).ofToken(minted.token)).not.toBeNull();
    now += 1_000;
    expect(await auth.ofToken(minted.token)).toBeNull();
  });

  test("of a share link lives for weeks, ends with being revoked or with its key, and only reads", async () => {
    const DAY_MS = 24 * 60 * MINUTE_MS;
    const { auth, start, tenantId, keyId, token } = await setupToken();
    const share = { expiresInSec: 20 * 86_400, isShare: true } as const;
    const [kept, ended] = [await auth.mintToken(token(keyId, share)), await auth.mintToken(token(keyId, share))];
    await auth.revokeToken(tenantId, ended.tokenId);
    now += 19 * DAY_MS;
    for (const each of [auth, await start()]) {
      expect(await each.ofToken(kept.token)).toMatchObject({ role: "viewer", jobIds: new Set(["j1"]) });
      expect(await each.ofToken(ended.token)).toBeNull();
    }
    await auth.revokeKey(tenantId, keyId);
    expect(await auth.ofToken(kept.token)).toBeNull();

    const { auth: other, keyId: otherKey, token: otherToken } = await setupToken();
    const tooMuch = await other.mintToken(otherToken(otherKey, { ...share, verbs: ["control"] }));
    expect(await other.ofToken(tooMuch.token)).toBeNull();
    const tooLong = await other.mintToken(otherToken(otherKey, { isShare: true, expiresInSec: 31 * 86_400 }));
    expect(await other.ofToken(tooLong.token)).toBeNull();
  });

  test("that is revoked ends at once and over a restart, also unseen; no other token does", async () => {
    const { auth, start, tenantId, token, keyId, minted } = await setupToken();
    const other = await auth.mintToken(token(keyId));
    const told: string[] = [];
    auth.onRevoked((credentialId) => told.push(credentialId));
    await auth.revokeToken("someone-else", minted.tokenId);
    expect(await auth.ofToken(minted.token)).not.toBeNull();
    await auth.revokeToken(tenantId, minted.tokenId);
    expect(told).toEqual([`someone-else/${minted.tokenId}`, `${tenantId}/${minted.tokenId}`]);
    for (const each of [auth, await start()]) {
      expect(await each.ofToken(minted.token)).toBeNull();
      expect(await each.ofToken(other.token)).not.toBeNull();
    }
    now += 17 * MINUTE_MS;
    expect(await store.listDocuments({ collection: "revoked_tokens", tenantId, limit: 10 })).toEqual([]);
  });

  test("a listener that fails keeps nobody else from hearing", async () => {
    const { auth, tenantId, errors } = await setup();
    const told: string[] = [];
    auth.onRevoked(() => {
      throw new Error("a listener failed");
    });
    auth.onRevoked((credentialId) => told.push(credentialId));
    await auth.revokeToken(tenantId, "tok_1");
    expect([told, errors]).toEqual([
      [`${tenantId}/tok_1`],
      [expect.objectContaining({ message: "a listener failed" })],
    ]);
  });

  test("so many revoked at a time are too many, until those before have run out anyway", async () => {
    const quick = (real: Store): Store => ({ ...real, putDocument: async () => undefined });
    const { auth, tenantId } = await setup({ wrap: quick });
    for (let count = 0; count < 10_000; count++) await auth.revokeToken(tenantId, `tok_${count}`);
    await expect(auth.revokeToken(tenantId, "tok_x")).rejects.toMatchObject({ code: "rate_limited" });
    await auth.revokeToken(tenantId, "tok_0");
    await auth.revokeToken(`${tenantId}-other`, "tok_x");
    now += 17 * MINUTE_MS;
    await auth.revokeToken(tenantId, "tok_x");
  });

  test("of another signer holds only when it is as ours are", async () => {
    const { auth, tenantId, keyId } = await setupToken();
    const nowSec = START_MS / 1_000;
    const good = {
      tid: tenantId,
      jobs: ["j"],
      verbs: ["read"],
      key: keyId,
      jti: "mine-1",
      aud: "playhead-job",
      iat: nowSec,
      exp: nowSec + 900,
    };
    const sign = (claims: object, alg = "HS256", secret = SECRET) =>
      new SignJWT({ ...claims }).setProtectedHeader({ alg }).sign(new TextEncoder().encode(secret));
    expect(await auth.ofToken(await sign(good))).toMatchObject({ tenantId, credentialId: `${tenantId}/mine-1` });
    const without = (name: keyof typeof good) =>
      Object.fromEntries(Object.entries(good).filter(([key]) => key !== name));
    const bad = [
      ...(Object.keys(good) as (keyof typeof good)[]).map((name) => ({ name: `no ${name}`, claims: without(name) })),
      { name: "a longer life", claims: { ...good, exp: nowSec + 901 } },
      { name: "a longer life, nearly over", claims: { ...good, iat: nowSec - 86_400 } },
      { name: "made in the future", claims: { ...good, iat: nowSec + 3_600, exp: nowSec + 4_500 } },
      { name: "run out", claims: { ...good, iat: nowSec - 900, exp: nowSec } },
      { name: "another tenant than its key's", claims: { ...good, tid: "default" } },
      { name: "a key that is not there", claims: { ...good, key: "key_0000000000000000" } },
      { name: "no jobs", claims: { ...good, jobs: [] } },
      { name: "jobs that are none", claims: { ...good, jobs: "j" } },
      { name: "an unknown verb", claims: { ...good, verbs: ["read", "admin"] } },
      { name: "a session's audience", claims: { ...good, aud: "playhead-session" } },
      { name: "no expiry that is a number", claims: { ...good, exp: "never" } },
    ];
    for (const { name, claims } of bad) {
      expect({ name, principal: await auth.ofToken(await sign(claims)) }).toEqual({ name, principal: null });
    }
    expect(await auth.ofToken(await sign(good, "HS512"))).toBeNull();
    expect(await auth.ofToken(await sign(good, "HS256", "x".repeat(40)))).toBeNull();
  });

  test("is no session, and a session no token", async () => {
    const { auth, key, minted } = await setupToken();
    expect(await auth.openSession(minted.token)).toBeNull();
    expect(await auth.ofRequest({ cookie: `playhead_session=${minted.token}` })).toBeNull();
    expect(await auth.ofToken((await auth.openSession(key)) ?? "")).toBeNull();
  });
});
