import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { createApiWriter } from "./api-writer.ts";
import { isRefusedData } from "./writer.ts";

const BATCH = { epoch: "e", events: ['{"seq":1}'], jobs: ['{"job_id":"a"}', '{"job_id":"b"}'] };

/** A project that answers everything in one way. */
async function setup(status: number, body: string) {
  const asked: { readonly request: IncomingMessage; readonly body: unknown }[] = [];
  const server = createServer(async (request, response) => {
    asked.push({ request, body: JSON.parse(await text(request)) });
    response.writeHead(status, { location: "/elsewhere" }).end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const writer = createApiWriter(`http://127.0.0.1:${(server.address() as AddressInfo).port}/base`, "the-key");
  return { asked, writer };
}

test("a batch is one call of one function, with the key", async () => {
  const { asked, writer } = await setup(200, "1");
  await writer.append(BATCH);
  const [call] = asked;
  expect(asked).toHaveLength(1);
  expect(call?.request).toMatchObject({ method: "POST", url: "/base/rest/v1/rpc/playhead_append" });
  expect(call?.request.headers).toMatchObject({ apikey: "the-key", authorization: "Bearer the-key" });
  expect(call?.body).toEqual({ epoch: "e", events: [{ seq: 1 }], jobs: [{ job_id: "a" }, { job_id: "b" }] });
});

test.each([
  { name: "a value that a type does not take", status: 400, body: { code: "22P02", message: "bad" }, isData: true },
  { name: "a broken constraint", status: 409, body: { code: "23514", message: "bad" }, isData: true },
  { name: "a body that is too large", status: 413, body: { message: "too large" }, isData: true },
  { name: "a function that is not there", status: 404, body: { code: "PGRST202", message: "none" }, isData: false },
  { name: "no right", status: 403, body: { code: "42501", message: "denied" }, isData: false },
  { name: "a proxy's page", status: 502, body: "<h1>Bad gateway</h1>", isData: false },
  { name: "another address", status: 302, body: "", isData: false },
])("$name: whether the data is at fault is told ($isData)", async ({ status, body, isData }) => {
  const { writer } = await setup(status, typeof body === "string" ? body : JSON.stringify(body));
  const error: unknown = await writer.append(BATCH).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(Error);
  expect([isRefusedData(error), String(error).includes("the-key")]).toEqual([isData, false]);
});

test("what is under way ends with it", async () => {
  const server = createServer(() => undefined).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const writer = createApiWriter(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, "the-key");
  const writing = writer.append(BATCH);
  const requested = once(server, "request");
  await requested;
  await writer.close();
  await expect(writing).rejects.toThrow();
});
