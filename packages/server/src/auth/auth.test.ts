import { randomBytes } from "node:crypto";
import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SignJWT } from "jose";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { atFileEnd } from "../../test/file-end.ts";
import { tempFolder } from "../../test/temp-folder.ts";
import { createSqliteStore } from "../store/sqlite/open-store.ts";
import type { Store } from "../store/store.ts";
import { createAuth, SESSION_COOKIE } from "./auth.ts";
import { mayDo, ROLES } from "./principal.ts";
import { readOrMakeSecret } from "./secret-file.ts";
import { SESSION_SECONDS } from "./sessions.ts";

const ADMIN = { tenantId: "default", role: "admin" };
const SECRET = "s".repeat(40);
const HOST = "127.0.0.1:8765";

let store: Store;
const atEnd = atFileEnd();
beforeAll(async () => {
  store = await createSqliteStore({ folder: tempFolder(atEnd), nowMs: Date.now, newEpoch: () => "e1" });
  return store.close;
});

async function setup(dataFolder = tempFolder(), options: { adminKey?: string; secret?: string } = {}) {
  const auth = await createAuth({
    dataFolder,
    adminKey: options.adminKey,
    secret: options.secret ?? SECRET,
    tenantId: "default",
    store,
    // Asked anew each time: a test may have put another clock in its place.
    nowMs: () => Date.now(),
    onError: (error) => expect(error).toBeUndefined(),
  });
  const withCookie = (session: string, others: Record<string, string> = {}) =>
    auth.ofRequest({ host: HOST, cookie: `other=1; ${SESSION_COOKIE}=${session}; more=a=b`, ...others });
  const openSession = async () => (await auth.openSession(auth.accessKey)) ?? "none";
  return { auth, dataFolder, withCookie, openSession };
}

afterEach(() => {
  vi.useRealTimers();
});

describe("the access key", () => {
  test("is made on the first start, kept for its owner only, and the same on the next", async () => {
    const { auth, dataFolder } = await setup();
    const file = join(dataFolder, "access-key");
    expect(auth.isNewKey).toBe(true);
    expect(auth.accessKey).toMatch(/^ph_[\w-]{32}$/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, "utf8")).toBe(`${auth.accessKey}\n`);
    const again = (await setup(dataFolder)).auth;
    expect([again.accessKey, again.isNewKey]).toEqual([auth.accessKey, false]);
  });

  test("may be preset, and is then not written down", async () => {
    const { auth, dataFolder } = await setup(tempFolder(), { adminKey: "a key of sixteen or more" });
    expect([auth.accessKey, auth.isNewKey]).toEqual(["a key of sixteen or more", false]);
    expect(() => statSync(join(dataFolder, "access-key"))).toThrow("ENOENT");
  });

  test("opens requests and sockets, and nothing that is not it does", async () => {
    const { auth } = await setup();
    const { accessKey } = auth;
    const bearer = (text: string) => auth.ofRequest({ authorization: text });
    expect(await bearer(`Bearer ${accessKey}`)).toMatchObject(ADMIN);
    expect(await bearer(`bearer  ${accessKey} `)).toMatchObject(ADMIN);
    for (const wrong of [
      `Bearer ${accessKey}x`,
      `Bearer ${accessKey.slice(1)}`,
      "Bearer ",
      "Basic abc",
      accessKey,
      "Bearer",
    ]) {
      expect(await bearer(wrong)).toBeNull();
    }
    expect(await auth.ofUpgrade({ url: `/?job_id=j&token=${accessKey}`, headers: {} })).toMatchObject(ADMIN);
    expect(await auth.ofUpgrade({ url: "/?token=", headers: {} })).toBeNull();
    expect(await auth.ofUpgrade({ url: "//?token=x", headers: {} })).toBeNull();
    expect(await auth.ofRequest({})).toBeNull();
  });
});

describe("a session", () => {
  test("opens what the key opens", async () => {
    const { withCookie, openSession } = await setup();
    expect(await withCookie(await openSession())).toMatchObject(ADMIN);
  });

  test("ends after thirty days", async () => {
    const { withCookie, openSession } = await setup();
    const session = await openSession();
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + (SESSION_SECONDS - 60) * 1_000 });
    expect(await withCookie(session)).toMatchObject(ADMIN);
    vi.setSystemTime(Date.now() + 120_000);
    expect(await withCookie(session)).toBeNull();
  });

  test("ends with the key that opened it", async () => {
    const { openSession } = await setup();
    const other = await setup();
    expect(await other.withCookie(await openSession())).toBeNull();
  });

  test("that is signed out of ends, for good and alone, and what it opened is told to end", async () => {
    const { auth, dataFolder, withCookie, openSession } = await setup();
    const [mine, other] = [await openSession(), await openSession()];
    const revoked: string[] = [];
    auth.onRevoked((id) => revoked.push(id));
    const principal = await withCookie(mine);
    const cookie = `${SESSION_COOKIE}=${mine}`;
    // Not for any page: a stranger's must not sign one out.
    await auth.endSession({ host: HOST, origin: "https://evil.example", cookie });
    expect([await withCookie(mine), revoked]).toEqual([principal, []]);
    for (let time = 0; time < 2; time++) await auth.endSession({ host: HOST, cookie });
    expect(revoked).toEqual([principal?.sessionId]);
    const again = await setup(dataFolder);
    for (const each of [withCookie, again.withCookie]) {
      expect(await each(mine)).toBeNull();
      expect(await each(other)).toMatchObject(ADMIN);
    }
    // A session that is none, or no session at all, is signed out of as well.
    await auth.endSession({ host: HOST, cookie: `${SESSION_COOKIE}=x.y.z` });
    await auth.endSession({ host: HOST });
  });

  test("that was tampered with, or signed by anyone else, is of nobody", async () => {
    const { withCookie, openSession } = await setup();
    const session = await openSession();
    const [head, body, signature] = session.split(".") as [string, string, string];
    const claims = JSON.parse(Buffer.from(body, "base64url").toString());
    const longer = Buffer.from(JSON.stringify({ ...claims, exp: claims.exp + 1 })).toString("base64url");
    const noAlgorithm = Buffer.from(JSON.stringify({ alg: "none" })).toString("base64url");
    const forged = (build: (jwt: SignJWT) => SignJWT, key = SECRET) =>
      build(new SignJWT({}).setProtectedHeader({ alg: "HS256" }).setSubject(claims.sub)).sign(
        new TextEncoder().encode(key),
      );
    const bad = [
      `${head}.${longer}.${signature}`,
      `${noAlgorithm}.${body}.`,
      `${head}.${body}.`,
      "x.y.z",
      "",
      await forged(
        (jwt) => jwt.setAudience("playhead-session").setExpirationTime("1h"),
        randomBytes(32).toString("hex"),
      ),
      await forged((jwt) => jwt.setAudience("something else").setExpirationTime("1h")),
      await forged((jwt) => jwt.setAudience("playhead-session")),
    ];
    for (const each of bad) expect(await withCookie(each)).toBeNull();
    expect(await withCookie(session)).toMatchObject(ADMIN);
  });

  test("counts only for pages of this server: a browser sends it with whatever any page asks for", async () => {
    const { auth, withCookie, openSession } = await setup();
    const session = await openSession();
    expect(await withCookie(session, { origin: `http://${HOST}` })).toMatchObject(ADMIN);
    for (const origin of [
      "http://127.0.0.1:3000",
      "https://evil.example",
      "null",
      "http://127.0.0.1:8765.evil.example",
    ]) {
      expect(await withCookie(session, { origin })).toBeNull();
      const headers = { host: HOST, origin, cookie: `${SESSION_COOKIE}=${session}` };
      expect(await auth.ofUpgrade({ url: "/", headers })).toBeNull();
    }
    const ours = { host: HOST, origin: `http://${HOST}`, cookie: `${SESSION_COOKIE}=${session}` };
    expect(await auth.ofUpgrade({ url: "/", headers: ours })).toMatchObject(ADMIN);
  });

  test("does not speak where a wrong key does", async () => {
    const { auth, openSession } = await setup();
    const cookie = `${SESSION_COOKIE}=${await openSession()}`;
    expect(await auth.ofRequest({ host: HOST, cookie, authorization: "Bearer wrong" })).toBeNull();
    expect(await auth.ofUpgrade({ url: "/?token=wrong", headers: { host: HOST, cookie } })).toBeNull();
  });
});

describe("a secret file", () => {
  test("that others may read is closed to them", () => {
    const file = join(tempFolder(), "key");
    writeFileSync(file, "the secret\n", { mode: 0o644 });
    chmodSync(file, 0o644);
    expect(readOrMakeSecret(file, () => "new")).toEqual({ secret: "the secret", isNew: false });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test("that is empty, as after a full disk, is made anew", () => {
    const file = join(tempFolder(), "key");
    writeFileSync(file, "\n", { mode: 0o644 });
    expect(readOrMakeSecret(file, () => "new")).toEqual({ secret: "new", isNew: true });
    expect([readFileSync(file, "utf8"), statSync(file).mode & 0o777]).toEqual(["new\n", 0o600]);
  });

  test("that can be neither read nor written says so", () => {
    expect(() => readOrMakeSecret(join(tempFolder(), "no", "such", "folder"), () => "new")).toThrow(
      expect.objectContaining({ code: "data_unwritable", hint: expect.any(String) }),
    );
  });
});

test("roles may do what SPEC §17 gives them, and a job token at most reads and controls", () => {
  const may = (jobIds: ReadonlySet<string> | null) =>
    Object.fromEntries(
      ROLES.map((role) => [
        role,
        (["read", "control", "submit", "report", "share", "metrics", "admin"] as const).filter((each) =>
          mayDo({ role, jobIds }, each),
        ),
      ]),
    );
  expect(may(null)).toEqual({
    admin: ["read", "control", "submit", "report", "share", "metrics", "admin"],
    operator: ["read", "control", "submit", "share"],
    worker: ["read", "submit", "report", "share"],
    viewer: ["read"],
    monitor: ["metrics"],
  });
  expect(may(new Set(["j"]))).toMatchObject({
    admin: ["read", "control"],
    operator: ["read", "control"],
    viewer: ["read"],
  });
});
