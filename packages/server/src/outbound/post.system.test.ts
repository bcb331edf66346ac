import { expect, test } from "vitest";
import { startReceiver } from "../../test/webhook-receiver.ts";
import { createAddressGuard } from "./address-guard.ts";
import { post } from "./post.ts";

const words = { field: "url", setting: "private" };
const guard = createAddressGuard({ allowPrivate: true, words });
const never = new AbortController().signal;
const send = (url: string, limitMs = 10_000, signal = never) =>
  post(guard, { url, headers: { "x-test": "1" }, body: '{"a":"ö"}', limitMs, signal });

test("posts the body, and tells the status", async () => {
  const receiver = await startReceiver(204, 500);
  expect(await send(`${receiver.url}/hook?x=1`)).toEqual({ status: 204, error: null, retryAfterMs: null, text: "" });
  expect(receiver.received[0]).toMatchObject({
    path: "/hook?x=1",
    text: '{"a":"ö"}',
    headers: { "content-type": "application/json", "content-length": "10", "x-test": "1" },
  });
  expect(await send(receiver.url)).toMatchObject({ status: 500 });
});

test("follows no redirect", async () => {
  const target = await startReceiver();
  const receiver = await startReceiver((_, answer) => answer.writeHead(307, { location: target.url }).end());
  expect(await send(receiver.url)).toMatchObject({ status: 307 });
  expect(target.received).toEqual([]);
});

test("does not read an answer without end, and lets go of the connection", async () => {
  const gone = Promise.withResolvers<void>();
  const receiver = await startReceiver((request, answer) => {
    answer.writeHead(200);
    const more = () => {
      while (answer.write("x".repeat(65_536)));
    };
    answer.on("drain", more);
    more();
    request.socket.on("close", () => gone.resolve());
  });
  expect(await send(receiver.url)).toMatchObject({ status: 200 });
  await gone.promise;
});

test("waits no longer than it may for an answer", async () => {
  const receiver = await startReceiver(() => undefined);
  expect(await send(receiver.url, 50)).toEqual({ status: null, error: "timeout", retryAfterMs: null, text: "" });
});

test("is cut off when the server ends", async () => {
  const stop = new AbortController();
  const receiver = await startReceiver(() => stop.abort());
  expect(await send(receiver.url, 10_000, stop.signal)).toMatchObject({ status: null });
});

test.each([
  ["3", 3_000],
  ["Fri, 31 Dec 2027 23:59:59 GMT", null],
  ["999999999", 100_000_000],
  ["-1", null],
])("Retry-After: %s is %s ms", async (header, expected) => {
  const receiver = await startReceiver((_, answer) => answer.writeHead(503, { "retry-after": header }).end());
  expect(await send(receiver.url)).toEqual({ status: 503, error: null, retryAfterMs: expected, text: "" });
});

test("says in a word why there is no answer", async () => {
  const receiver = await startReceiver();
  await receiver.close();
  expect(await send(receiver.url)).toMatchObject({ status: null, error: "ECONNREFUSED" });
  expect(await send("http://169.254.169.254/")).toMatchObject({ status: null, error: "refused_address" });
});

test("a name is called at the very address that was looked at, not at what it says the next time", async () => {
  const receiver = await startReceiver(200);
  const { port } = new URL(receiver.url);
  const answers = ["127.0.0.1", "169.254.169.254"];
  const resolve = async () => [{ address: answers.shift() ?? "169.254.169.254", family: 4 }];
  const rebinding = createAddressGuard({ allowPrivate: true, words, resolve });
  const request = { url: `http://rebind.example:${port}/`, headers: {}, body: "{}", limitMs: 5_000, signal: never };
  expect(await post(rebinding, request)).toMatchObject({ status: 200 });
  expect(receiver.received[0]?.headers.host).toBe(`rebind.example:${port}`);
  expect(await post(rebinding, request)).toMatchObject({ error: "refused_address" });
  expect(receiver.received).toHaveLength(1);
});

test("reads the beginning of the answer where that is asked for, and no more", async () => {
  const long = await startReceiver((_, answer) => answer.writeHead(400).end(`invalid_blocks${"x".repeat(100_000)}`));
  const request = { url: long.url, headers: {}, body: "{}", limitMs: 5_000, signal: never, answerBytes: 14 };
  expect(await post(guard, request)).toMatchObject({ status: 400, text: "invalid_blocks" });
  const torn = await startReceiver((_, answer) => answer.writeHead(200).write("ok", () => answer.destroy()));
  expect(await post(guard, { ...request, url: torn.url })).toMatchObject({ status: 200, text: "ok" });
});
