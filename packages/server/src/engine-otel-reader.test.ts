import { Worker } from "node:worker_threads";
import { expect, onTestFinished, test } from "vitest";
import { span, tracesOf } from "../test/otlp-spans.ts";
import { createOtlpReader } from "./engine-otel-reader.ts";
import { startOtlpThread } from "./engine-otel-thread.ts";

const request = (body: object) => ({
  signal: "traces" as const,
  encoding: "json" as const,
  body: Buffer.from(JSON.stringify(body)),
});

test("a thread that dies takes its request with it, and no other", { timeout: 60_000 }, async () => {
  const threads = [() => new Worker("process.exit(1)", { eval: true }), startOtlpThread];
  const reader = createOtlpReader(() => (threads.shift() as () => Worker)());
  onTestFinished(reader.close);
  await expect(reader.read(request(tracesOf([span(1)])))).rejects.toMatchObject({ code: "service_unavailable" });
  const { first, rejected } = await reader.read(request(tracesOf([span(1), span(2), {}])));
  expect([first.parts[0]?.items.length, first.isLast, rejected]).toEqual([2, true, 1]);
  // What is wrong with a request does the thread no harm.
  const broken = { ...request({}), body: Buffer.from("{") };
  await expect(reader.read(broken)).rejects.toMatchObject({ code: "invalid_request" });
  expect(await reader.read(request({}))).toMatchObject({ first: { parts: [], isLast: true } });
  expect(threads).toEqual([]);
});

test("where nothing came, there is no thread to close", async () => {
  const reader = createOtlpReader(() => {
    throw new Error("expected no thread to be started");
  });
  await reader.close();
});
