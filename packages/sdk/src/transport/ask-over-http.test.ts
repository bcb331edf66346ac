import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { askOverHttp } from "./ask-over-http.ts";

/** A server that answers as a test says. */
async function serve(listener: RequestListener) {
  let connections = 0;
  const server = createServer(listener);
  server.on("connection", () => {
    connections += 1;
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, connections: () => connections };
}

const GET = { method: "GET", headers: {}, timeoutMs: 10_000 } as const;

test("does not load what it has no need of: it also runs in a thread of its own, in each worker", async () => {
  const { url } = await serve((_, answer) => answer.end("here"));
  const module = new URL("./ask-over-http.ts", import.meta.url).href;
  const program = `
    const { askOverHttp } = await import(${JSON.stringify(module)});
    const { text } = await askOverHttp(${JSON.stringify(url)}, ${JSON.stringify(GET)});
    const loaded = process.moduleLoadList.filter((name) => name.endsWith("undici/undici") || name.endsWith(" tls"));
    console.log(JSON.stringify([text, ...loaded]));`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program]);
  expect(JSON.parse(stdout)).toEqual(["here"]);
});

test("tells the status, the text and when to come again", async () => {
  const { url } = await serve((_, answer) => answer.writeHead(503, { "retry-after": "7" }).end("später"));
  expect(await askOverHttp(url, GET)).toEqual({ status: 503, retryAfter: "7", text: "später" });
});

test("sends headers and body, one after the other over one connection", async () => {
  const { url, connections } = await serve(async (request, answer) => {
    const parts = await request.toArray();
    answer.end(`${request.method} ${request.headers["x-test"]} ${Buffer.concat(parts)}`);
  });
  const ask = (body: string | Uint8Array) =>
    askOverHttp(url, { ...GET, method: "POST", headers: { "x-test": "1" }, body });
  expect((await ask("text")).text).toBe("POST 1 text");
  expect((await ask(new TextEncoder().encode("bytes"))).text).toBe("POST 1 bytes");
  expect(connections()).toBe(1);
});

test("a redirect is not followed", async () => {
  const asked: string[] = [];
  const { url } = await serve((request, answer) => {
    asked.push(request.url ?? "");
    answer.writeHead(307, { location: "/elsewhere" }).end();
  });
  await expect(askOverHttp(url, GET)).rejects.toThrow("it leads elsewhere: /elsewhere");
  expect(asked).toEqual(["/"]);
});

test("half an answer is none", async () => {
  const { url } = await serve((_, answer) => {
    answer.writeHead(200, { "content-length": "100" });
    answer.write("half", () => answer.destroy());
  });
  await expect(askOverHttp(url, GET)).rejects.toThrow("aborted");
});

test("an answer that does not end is given up", async () => {
  const { url } = await serve((_, answer) => {
    answer.write("a part");
  });
  await expect(askOverHttp(url, { ...GET, timeoutMs: 50 })).rejects.toThrow("no answer within 50 ms");
});

test("one that nobody gives is given up", async () => {
  const { url } = await serve(() => undefined);
  await expect(askOverHttp(url, { ...GET, timeoutMs: 50 })).rejects.toThrow("no answer within 50 ms");
});

test("who does not want it any more has it at once", async () => {
  const { url } = await serve(() => undefined);
  const wanted = new AbortController();
  const asking = askOverHttp(url, { ...GET, signal: wanted.signal });
  wanted.abort();
  await expect(asking).rejects.toMatchObject({ name: "AbortError" });
  await expect(askOverHttp(url, { ...GET, signal: wanted.signal })).rejects.toMatchObject({ name: "AbortError" });
});
