import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { bodyOf, expectError, rawRequest } from "../../test/api.ts";
import { atFileEnd } from "../../test/file-end.ts";
import { startTestServer, type TestServer } from "../../test/start-server.ts";

let server: TestServer;
const atEnd = atFileEnd();
beforeAll(async () => {
  server = await startTestServer({ atEnd });
});
afterEach(() => {
  // Nothing of all this was our fault.
  expect(server.complaints).toEqual([]);
});

describe("signing in", () => {
  test("by the link sets the cookie and takes the key out of the address", async () => {
    const answer = await fetch(`${server.server.signInUrl}&view=jobs`, { redirect: "manual" });
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/?view=jobs"]);
    const cookie = answer.headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(/^playhead_session=[\w.-]+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=2592000$/);
    expect([answer.headers.get("referrer-policy"), answer.headers.get("cache-control")]).toEqual([
      "no-referrer",
      "no-store",
    ]);
    const session = { cookie: cookie.split(";", 1)[0] ?? "" };
    expect(await bodyOf(server.ask("/api/v1/session", { headers: session }))).toMatchObject({ role: "admin" });
    const elsewhere = await server.ask("/api/v1/jobs/x/cancel", {
      method: "POST",
      headers: { ...session, origin: "http://evil.example" },
    });
    await expectError(elsewhere, 401, "unauthorized");
  });

  test("with a wrong key sets nothing, and still takes it out of the address", async () => {
    const answer = await server.ask("/jobs/j?key=wrong", { headers: {} });
    expect([answer.status, answer.headers.get("location"), answer.headers.get("set-cookie")]).toEqual([
      303,
      "/jobs/j",
      null,
    ]);
  });

  test.each(["//evil.example/?key=x", "/\\evil.example/?key=x", "///evil.example?key=x", "/.//evil.example/?key=x"])(
    "an address such as %s leads to no other host",
    async (path) => {
      const answer = await rawRequest(server, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      const location = /\r\nlocation: (.*)\r\n/i.exec(answer)?.[1];
      if (location !== undefined) expect(new URL(location, "http://ours.example").host).toBe("ours.example");
    },
  );

  test("by the form: the right key opens a session, a wrong one does not, and signing out ends it", async () => {
    const signIn = (key: unknown) =>
      server.ask("/api/v1/session", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ key }),
      });
    const right = await signIn(` ${server.server.accessKey} `);
    expect([right.status, right.headers.get("set-cookie")]).toEqual([204, expect.stringContaining("HttpOnly")]);
    await expectError(await signIn("wrong"), 401, "unauthorized");
    await expectError(await signIn(7), 422, "validation_error");
    const out = await server.ask("/api/v1/session", { method: "DELETE", headers: {} });
    expect([out.status, out.headers.get("set-cookie")]).toEqual([204, expect.stringContaining("Max-Age=0")]);
  });
});

describe("pages", () => {
  test("every address that is none of ours is the one page, with a policy that lets nothing else in", async () => {
    for (const path of ["/", "/jobs/job_1", "/index.html", "/..%2f..%2fetc%2fpasswd", "/a/../../b"]) {
      const answer = await server.ask(path, { headers: {} });
      expect([answer.status, await answer.text()]).toEqual([200, "<!doctype html><title>Playhead</title>"]);
      const policy = answer.headers.get("content-security-policy") ?? "";
      expect(policy).toContain("script-src 'self';");
      expect(policy).not.toMatch(/script-src[^;]*unsafe/);
      expect(policy).toContain("frame-ancestors 'none'");
      expect(answer.headers.get("x-frame-options")).toBe("DENY");
      expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    }
  });

  test("assets are kept by browsers, and one that is not there is not the page", async () => {
    const asset = await server.ask("/assets/main.js", { headers: {} });
    expect([asset.status, asset.headers.get("cache-control")]).toEqual([200, "public, max-age=31536000, immutable"]);
    await expectError(await server.ask("/assets/gone.js", { headers: {} }), 404, "not_found");
  });

  test("what is not there is said in JSON, also for an address that cannot be read", async () => {
    await expectError(await server.ask("/api/v1/nothing"), 404, "not_found");
    await expectError(await server.ask("/api/v1/jobs", { method: "PUT" }), 404, "not_found");
    await expectError(await server.ask("/api/v1/jobs/%E0%A4%A"), 400, "invalid_request");
    await expectError(await server.ask(`/api/v1/jobs/${"x".repeat(129)}`), 422, "validation_error");
    const answer = await rawRequest(server, "GET // HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    expect(answer).toMatch(/^HTTP\/1\.1 (200|404)/);
  });
});

describe("media", () => {
  const content = "0123456789".repeat(100);
  let folder: string;
  const urlOf = (name: string) => server.server.media.urlOf(join(folder, name)) as string;

  beforeAll(() => {
    folder = join(server.folder, "Folge 12");
    mkdirSync(join(folder, "clips"), { recursive: true });
    writeFileSync(join(server.folder, "secret.txt"), "secret");
    server.server.media.add(folder);
  });

  test.each(["a.mp4", "clips/b c.mp4", "100% sûr #1?.mp4", "日本語.mp4", "%2e%2e.mp4"])(
    "%s is sent whole and in part",
    async (name) => {
      writeFileSync(join(folder, name), content);
      const whole = await server.ask(urlOf(name));
      expect([whole.status, whole.headers.get("content-type"), await whole.text()]).toEqual([
        200,
        "video/mp4",
        content,
      ]);
      expect(whole.headers.get("content-security-policy")).toContain("sandbox");
      const headers = { authorization: server.authorization, range: "bytes=5-9" };
      const part = await server.ask(urlOf(name), { headers });
      expect([part.status, part.headers.get("content-range"), await part.text()]).toEqual([
        206,
        "bytes 5-9/1000",
        "56789",
      ]);
      const beyond = await server.ask(urlOf(name), { headers: { ...headers, range: "bytes=5000-" } });
      await expectError(beyond, 416, "invalid_request");
      // Not by fetch, which asks for the whole again.
      const known = `Authorization: ${server.authorization}\r\nIf-None-Match: ${whole.headers.get("etag")}`;
      const same = await rawRequest(
        server,
        `GET ${urlOf(name)} HTTP/1.1\r\nHost: x\r\n${known}\r\nConnection: close\r\n\r\n`,
      );
      expect(same).toMatch(/^HTTP\/1\.1 304/);
    },
  );

  test("nothing outside of the folder is sent, however the address is written", async () => {
    writeFileSync(join(folder, "a.mp4"), content);
    symlinkSync(join(server.folder, "secret.txt"), join(folder, "link.txt"));
    const base = urlOf("a.mp4").replace("/a.mp4", "");
    for (const path of [
      "/../secret.txt",
      "/..%2fsecret.txt",
      "/%2e%2e/secret.txt",
      "/..%252fsecret.txt",
      "/clips/..%2f..%2fsecret.txt",
      "/link.txt",
      "/",
      "/clips",
      "/gone.mp4",
      "/..%5csecret.txt",
      "/%00",
    ]) {
      const answer = await rawRequest(
        server,
        `GET ${base}${path} HTTP/1.1\r\nHost: x\r\nAuthorization: ${server.authorization}\r\nConnection: close\r\n\r\n`,
      );
      expect(answer).not.toContain("\r\n\r\nsecret");
      expect(answer).toMatch(/^HTTP\/1\.1 40[034]/);
    }
    await expectError(await server.ask("/media/unknown/a.mp4"), 404, "not_found");
  });
});
