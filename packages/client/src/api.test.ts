import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { PlayheadError } from "@playhead/core";
import { expect, onTestFinished, test } from "vitest";
import { createApi } from "./api.ts";

/** A server that gives one answer to everything, and keeps what it was asked. */
async function setup(status: number, answer: unknown, path = "/") {
  const asked: { readonly request: IncomingMessage; readonly body: string }[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    asked.push({ request, body });
    response.writeHead(status, { "content-type": "application/json" });
    response.end(answer === undefined ? undefined : JSON.stringify(answer));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
  return { asked, url, api: createApi({ url, token: async () => "t" }) };
}

test("a question is asked at the right address, with the token", async () => {
  const { asked, api } = await setup(200, { jobs: [], next_page_token: null }, "/behind/a/proxy/");
  await api.jobs({ state: ["running", "paused"], q: "a b", page_size: 20 });
  expect(asked[0]?.request.url).toBe("/behind/a/proxy/api/v1/jobs?state=running&state=paused&q=a+b&page_size=20");
  expect(asked[0]?.request.headers.authorization).toBe("Bearer t");
});

test("an id is part of a path, whatever is in it", async () => {
  const { asked, api } = await setup(202, {});
  await api.control("a/b?c", "cancel", "enough");
  expect(asked[0]).toMatchObject({
    request: { method: "POST", url: "/api/v1/jobs/a%2Fb%3Fc/cancel" },
    body: '{"reason":"enough"}',
  });
});

test("anything else can be asked, too", async () => {
  const { asked, api } = await setup(200, { rule_id: "r" });
  expect(await api.ask("PUT", "alert-rules/r", { query: { a: [1, 2] }, body: { name: "n" } })).toEqual({
    rule_id: "r",
  });
  expect(asked[0]).toMatchObject({
    request: { method: "PUT", url: "/api/v1/alert-rules/r?a=1&a=2" },
    body: '{"name":"n"}',
  });
});

test("an answer without a body is none", async () => {
  const { api } = await setup(204, undefined);
  await expect(api.signOut()).resolves.toBeNull();
});

const CASES = [
  {
    name: "the server's own error",
    status: 409,
    answer: {
      error_code: "conflict",
      error_message: "it is done",
      error_class: "input",
      detail: { hint: "start another" },
    },
    expected: { code: "conflict", message: "it is done", hint: "start another" },
  },
  { name: "signed out", status: 401, answer: "<html>", expected: { code: "unauthorized" } },
  {
    name: "something between us and it",
    status: 502,
    answer: null,
    expected: { code: "service_unavailable", message: "the server answered with status 502" },
  },
  {
    name: "a code that we do not know yet",
    status: 418,
    answer: { error_code: "teapot", error_message: "short and stout" },
    expected: { code: "invalid_request", message: "short and stout" },
  },
] as const;

test.each(CASES)("$name", async ({ status, answer, expected }) => {
  const { api } = await setup(status, answer);
  const error = await api.overview().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(PlayheadError);
  expect(error).toMatchObject(expected);
});

test("a server that is not there", async () => {
  const { api, url } = await setup(200, {});
  const gone = createApi({ url: url.replace(/:\d+/, ":1") });
  await expect(gone.session()).rejects.toMatchObject({ code: "server_unreachable", retryable: true });
  await expect(api.session()).resolves.toEqual({});
});
