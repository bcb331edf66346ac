import { readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, expect, test } from "vitest";
import { createMediaFolder } from "../../../fixtures/media-folder.ts";
import { startWebServer, type WebServer } from "../../../fixtures/web-server.ts";
import { createAddressGuard } from "./address-guard.ts";
import { download } from "./download.ts";
import { expectSuccess, openUrl } from "./open-url.ts";
import { readBody } from "./read-body.ts";

const media = createMediaFolder();
const servers: WebServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
afterAll(() => media.remove());

const guard = createAddressGuard({ allowPrivate: true });
const { signal } = new AbortController();

async function serve(handle: (response: ServerResponse, path: string, server: WebServer) => void): Promise<WebServer> {
  const server: WebServer = await startWebServer((_, response, url) => handle(response, url.pathname, server));
  servers.push(server);
  return server;
}

/** Gets a body, as feeds are got. */
async function get(
  url: string,
  options: { maxBytes?: number; idleMs?: number; timeoutMs?: number } = {},
): Promise<string> {
  const { maxBytes = 1_000_000, idleMs, timeoutMs } = options;
  const answer = await openUrl(url, { guard, signal, timeoutMs });
  expectSuccess(answer);
  return (await readBody(answer, { signal, maxBytes, idleMs })).toString();
}

test("redirects are followed to where they lead, and guarded there", async () => {
  const target = await serve((response) => response.end("there"));
  const server = await serve((response, path) => {
    if (path === "/relative") response.writeHead(302, { location: "/away" }).end();
    else if (path === "/away") response.writeHead(307, { location: target.url }).end();
    else if (path === "/file") response.writeHead(302, { location: "file:///etc/passwd" }).end();
    else response.writeHead(302, { location: "http://169.254.169.254/latest/" }).end();
  });
  expect(await get(`${server.url}/relative`)).toBe("there");
  for (const path of ["/file", "/metadata"]) {
    await expect(get(server.url + path)).rejects.toMatchObject({ code: "source_refused" });
  }
});

test("what a public name leads to must be public, too, at the moment of each call", async () => {
  const server = await serve((response) => response.end("secret"));
  const { port } = new URL(server.url);
  const url = `http://feed.example:${port}/`;
  const private_ = createAddressGuard({
    allowPrivate: false,
    resolve: async () => [{ address: "127.0.0.1", family: 4 }],
  });
  await expect(openUrl(url, { guard: private_, signal })).rejects.toMatchObject({ code: "source_refused" });
  expect(server.asked).toEqual([]);
  // A name that changes its answer after the first redirect.
  const answers = ["127.0.0.1", "169.254.169.254"];
  const rebinding = createAddressGuard({
    allowPrivate: true,
    resolve: async () => [{ address: answers.shift() ?? "169.254.169.254", family: 4 }],
  });
  const turning = await serve((response) => response.writeHead(302, { location: "/again" }).end());
  const { port: other } = new URL(turning.url);
  await expect(openUrl(`http://feed.example:${other}/`, { guard: rebinding, signal })).rejects.toMatchObject({
    code: "source_refused",
  });
  expect(turning.asked).toEqual(["/"]);
});

test("redirects without end, and answers without end, are given up", async () => {
  const loop = await serve((response) => response.writeHead(302, { location: "/" }).end());
  await expect(get(loop.url)).rejects.toMatchObject({ code: "source_refused", detail: { max_redirects: 5 } });
  expect(loop.asked).toHaveLength(6);
  const endless = await serve((response) => {
    const more = () => {
      while (response.write("x".repeat(65_536)));
    };
    response.on("drain", more);
    more();
  });
  await expect(get(endless.url)).rejects.toMatchObject({ code: "input_too_large", detail: { max_bytes: 1_000_000 } });
});

test("what is packed is counted unpacked", async () => {
  const bomb = gzipSync(Buffer.alloc(50_000_000));
  const server = await serve((response, path) => {
    const packed = path === "/bomb" ? bomb : gzipSync("a feed");
    response.writeHead(200, { "content-encoding": "gzip" }).end(packed);
  });
  expect(await get(server.url)).toBe("a feed");
  await expect(get(`${server.url}/bomb`)).rejects.toMatchObject({ code: "input_too_large" });
});

test.each([
  [404, "source_refused", false],
  [401, "source_refused", false],
  [429, "rate_limited", true],
  [500, "source_failed", true],
  [503, "source_failed", true],
])("an answer of %i is %s", async (status, code, retryable) => {
  const server = await serve((response) => response.writeHead(status).end());
  await expect(get(server.url)).rejects.toMatchObject({ code, retryable, detail: { status } });
});

test("whoever does not answer, falls silent or goes away, has failed", async () => {
  const silent = await serve((response, path) => {
    if (path === "/half") response.write("half");
    if (path === "/torn") response.writeHead(200, { "content-length": "9" }).write("half", () => response.destroy());
  });
  await expect(get(silent.url, { timeoutMs: 50 })).rejects.toMatchObject({ code: "source_failed", retryable: true });
  await expect(get(`${silent.url}/half`, { idleMs: 50 })).rejects.toMatchObject({ code: "source_failed" });
  await expect(get(`${silent.url}/torn`)).rejects.toMatchObject({ code: "source_failed" });
  await silent.close();
  await expect(get(silent.url)).rejects.toMatchObject({ code: "source_failed" });
});

test("a download counts its bytes, ends where its limit is, and can be canceled", async () => {
  const content = Buffer.alloc(3_000_000, "playhead");
  const server = await serve((response, path) => {
    if (path === "/long")
      response.writeHead(200, { "content-length": String(content.length) }).write(content.subarray(0, 100));
    else response.writeHead(200, path === "/known" ? { "content-length": String(content.length) } : {}).end(content);
  });
  const path = media.at("download.part");
  const told: [number, number | null][] = [];
  const task = { checkpoint: async () => undefined };
  const onProgress = (received: number, total: number | null) => void told.push([received, total]);
  const options = { guard, signal, maxBytes: 3_000_000, onProgress, task };
  expect(await download(`${server.url}/known`, path, options)).toBe(3_000_000);
  expect(readFileSync(path).equals(content)).toBe(true);
  expect(told.at(-1)).toEqual([3_000_000, 3_000_000]);
  expect(told.map(([received]) => received)).toEqual(told.map(([received]) => received).toSorted((a, b) => a - b));
  told.length = 0;
  await download(server.url, path, options);
  expect(told.at(-1)).toEqual([3_000_000, null]);

  // Refused before a byte of it is written, where its size is said; else as soon as it is over.
  told.length = 0;
  await expect(download(`${server.url}/known`, path, { ...options, maxBytes: 2_999_999 })).rejects.toMatchObject({
    code: "input_too_large",
  });
  expect(told).toEqual([]);
  await expect(download(server.url, path, { ...options, maxBytes: 2_999_999 })).rejects.toMatchObject({
    code: "input_too_large",
  });

  const canceling = new AbortController();
  const reason = new Error("enough");
  const canceled = download(`${server.url}/long`, path, {
    ...options,
    signal: canceling.signal,
    onProgress: () => canceling.abort(reason),
  });
  await expect(canceled).rejects.toBe(reason);
});
