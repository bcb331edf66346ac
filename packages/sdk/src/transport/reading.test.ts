import { describe, expect, onTestFinished, test } from "vitest";
import { createMemoryEngine } from "../testing/memory-engine.ts";
import { startTestServer } from "../testing/test-server.ts";
import { createHttpTransport } from "./http-transport.ts";
import { createLocalTransport } from "./local-transport.ts";
import { type Reading, readingOf } from "./reading.ts";

async function* pieces(): AsyncGenerator<string> {
  yield '{"a":';
  yield '"ü"}';
}

/** Cut within a letter. */
async function* bytes(): AsyncGenerator<Uint8Array> {
  const all = new TextEncoder().encode('{"a":"ü"}');
  yield all.subarray(0, 7);
  yield all.subarray(7);
}

async function bodyOf({ body }: Reading): Promise<string> {
  return new TextDecoder().decode(await new Response(body).arrayBuffer());
}

test.for([
  { name: "a value", answer: () => ({ a: "ü" }) },
  { name: "pieces of a text", answer: pieces },
  { name: "bytes of a text", answer: bytes },
])("$name is read in one of three ways", async ({ answer }) => {
  expect(await readingOf(answer()).json()).toEqual({ a: "ü" });
  expect(await readingOf(answer()).text()).toBe('{"a":"ü"}');
  expect(await bodyOf(readingOf(answer()))).toBe('{"a":"ü"}');
});

test("a body that nobody reads to its end ends its source", async () => {
  let isEnded = false;
  async function* endless(): AsyncGenerator<string> {
    try {
      for (;;) yield "x".repeat(1_000);
    } finally {
      isEnded = true;
    }
  }
  const reader = readingOf(endless()).body.getReader();
  await reader.read();
  await reader.cancel();
  expect(isEnded).toBe(true);
});

test("a server in this process is asked as one over HTTP would be", async () => {
  const asked: unknown[] = [];
  const engine = { ...createMemoryEngine(), read: async (path: string, query: object) => asked.push([path, query]) };
  const { read } = createLocalTransport(engine);
  expect(
    await (await read?.("logs", { level: "error", page_size: 5, q: undefined, field: ["a=1", "b=2"] }))?.json(),
  ).toBe(1);
  expect(asked).toEqual([["logs", { level: "error", page_size: "5", field: ["a=1", "b=2"] }]]);
  expect(createLocalTransport(createMemoryEngine()).read).toBeUndefined();
});

test("a change is asked of a server in this process, where it can change things", async () => {
  const asked: unknown[] = [];
  const engine = { ...createMemoryEngine(), change: async (...given: unknown[]) => asked.push(given) };
  expect(await createLocalTransport(engine).change?.("PUT", "alert-rules/r", { name: "n" })).toBe(1);
  expect(asked).toEqual([["PUT", "alert-rules/r", { name: "n" }]]);
  expect(createLocalTransport(createMemoryEngine()).change).toBeUndefined();
});

describe("over HTTP", () => {
  async function setup(answer: Parameters<typeof startTestServer>[0]) {
    const server = await startTestServer(answer);
    const transport = createHttpTransport({ url: `${server.url}/`, apiKey: "key_1", timeoutMs: 200 });
    onTestFinished(async () => {
      await transport.close();
      await server.close();
    });
    const read = (...[path, query]: Parameters<NonNullable<typeof transport.read>>) => transport.read?.(path, query);
    return { server, transport, read };
  }

  test("the query goes along, with the key", async () => {
    const { server, read } = await setup(() => ({ body: { entries: [] } }));
    const reading = await read("logs", { q: "a b", field: ["x=1", "y=2"], page_size: 5, level: undefined });
    expect(await reading?.json()).toEqual({ entries: [] });
    expect(server.seen[0]).toMatchObject({
      method: "GET",
      path: "/api/v1/logs?q=a+b&field=x%3D1&field=y%3D2&page_size=5",
      headers: { authorization: "Bearer key_1" },
    });
  });

  test("a change goes along with its body and the key, and an answer without a body is null", async () => {
    const { server, transport } = await setup(({ method }) =>
      method === "DELETE" ? { status: 204, body: "" } : { status: 201, body: { rule_id: "r" } },
    );
    expect(await transport.change?.("POST", "alert-rules", { name: "n" })).toEqual({ rule_id: "r" });
    expect(await transport.change?.("DELETE", "alert-rules/r", null)).toBeNull();
    expect(server.seen).toMatchObject([
      { method: "POST", path: "/api/v1/alert-rules", body: '{"name":"n"}', headers: { authorization: "Bearer key_1" } },
      { method: "DELETE", path: "/api/v1/alert-rules/r", body: "" },
    ]);
  });

  test.for([
    {
      name: "a refusal",
      answer: { status: 403, body: { error_code: "forbidden", error_message: "no" } },
      code: "forbidden",
    },
    { name: "a cut connection", answer: {}, code: "server_unreachable" },
    { name: "a redirect", answer: { status: 302, headers: { location: "/x" }, body: "" }, code: "server_unreachable" },
  ])("$name is an error of ours", async ({ answer, code }) => {
    const { read } = await setup(() => answer);
    await expect(read("logs", {})).rejects.toMatchObject({ code });
  });

  test("an answer that is no JSON", async () => {
    const { read } = await setup(() => ({ body: "<html>" }));
    await expect((await read("logs", {}))?.json()).rejects.toMatchObject({ code: "server_unreachable" });
  });

  test("an answer that does not come in time, or not before the end", async () => {
    const { read, transport } = await setup(() => new Promise(() => undefined));
    await expect(read("logs", {})).rejects.toMatchObject({ code: "server_unreachable" });
    const reading = read("logs", {});
    await transport.close();
    await expect(reading).rejects.toMatchObject({ code: "server_unreachable" });
  });
});
