import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Job, LogEntry, PlayheadEvent } from "@playhead/core";
import { createHttpTransport, createPlayhead } from "@playhead/sdk";
import { configSchema, type PlayheadServer } from "@playhead/server";
import { describe, expect, onTestFinished, test } from "vitest";
import { expectedOf, type Known, receivedOf } from "./fixtures/otlp-expected.ts";
import { type FrontAnswer, startOtlpFront } from "./fixtures/otlp-front.ts";
import { runClips, runInTraceOf, runMany, runTwice } from "./fixtures/otlp-jobs.ts";
import { type ReceivedPoint, startOtlpReceiver } from "./fixtures/otlp-receiver.ts";
import { readerOf, startRealServer } from "./fixtures/real-server.ts";

const CALLER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const PROTOCOLS = ["http/protobuf", "http/json"] as const;

interface Sending {
  readonly protocol?: (typeof PROTOCOLS)[number];
  readonly compression?: "gzip" | "none";
}

/** A server that exports, and a worker that reports to it over HTTP. */
async function setup(endpoint: string, { protocol = "http/protobuf", compression = "none" }: Sending = {}) {
  const data = await mkdtemp(join(tmpdir(), "playhead-otlp-"));
  const { otlp } = configSchema.parse({ otlp: { endpoint, protocol, compression, resource: "zone=eu" } });
  const server = await startRealServer(data, { config: { otlp } });
  const { url, accessKey } = server;
  const playhead = createPlayhead({
    transport: createHttpTransport({ url, apiKey: accessKey }),
    monitoring: { budget: false },
  });
  onTestFinished(async () => {
    await playhead.close();
    await server.close();
    await rm(data, { recursive: true, force: true });
    await rm(`${data}-pages`, { recursive: true, force: true });
  });
  return { server, playhead };
}

/** The log of facts, and all that was observed, of one job. */
async function readKnown(server: PlayheadServer, jobId: string): Promise<Known> {
  const { get, pages } = readerOf(server);
  const facts: PlayheadEvent[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const page = JSON.parse(await get(`jobs/${jobId}/events?after=${after}&limit=200`));
    facts.push(...page.events);
    after = page.next_after;
  }
  const entries: LogEntry[] = [];
  for await (const page of pages(`logs?job_id=${jobId}`)) entries.push(...JSON.parse(page).entries);
  return { facts, entries, worker: JSON.parse(await get(`jobs/${jobId}`)).worker };
}

/** All that is known of the jobs, once all of it has come: what a busy machine tells late goes after its job. */
async function untilAll(receiver: Receiver, server: PlayheadServer, playhead: Playhead, jobIds: readonly string[]) {
  await playhead.close();
  const known = await Promise.all(jobIds.map((jobId) => readKnown(server, jobId)));
  await receiver.untilEntries(known.flatMap(({ entries }) => entries));
  return known;
}

async function expectAllOf(...[receiver, ...others]: Parameters<typeof untilAll>): Promise<void> {
  expectAll(receiver, await untilAll(receiver, ...others));
}

type Receiver = Awaited<ReturnType<typeof startOtlpReceiver>>;
type Playhead = ReturnType<typeof createPlayhead>;

/** How many spans the facts of these jobs make, after what was received was found to be these, each once. */
function expectAll(receiver: Receiver, known: readonly Known[]): number {
  const received = receivedOf(receiver.spans(), receiver.logs());
  const expected = known.map(expectedOf);
  expect(sorted(received.spans)).toEqual(sorted(expected.flatMap(({ spans }) => [...spans])));
  expect(sorted(received.logs)).toEqual(sorted(expected.flatMap(({ logs }) => [...logs])));
  return received.spans.size;
}

/** Points by what they are of. */
function figuresOf(points: readonly ReceivedPoint[]) {
  const shown = points.map(({ name, form, unit, attributes: of, value, sum }) => {
    const key = [name, of["playhead.job.kind"], of["playhead.job.state"]].filter((part) => part !== undefined);
    return [key.join(" "), { form, unit, value, sum }] as const;
  });
  expect(new Set(shown.map(([key]) => key)).size).toBe(shown.length);
  return Object.fromEntries(shown);
}

/** The same from the facts: what has ended, how long that took, and the one job that waits. */
function figuresFrom(jobs: readonly Job[]) {
  const inJobs = (form: string, value: number) => ({ form, unit: "{job}", value, sum: null });
  const byKind = Map.groupBy(jobs, ({ kind, state }) => `${kind} ${state}`);
  const ended = [...byKind].flatMap(([key, of]) => {
    const seconds = of.map(
      ({ started_at, ended_at }) => Date.parse(ended_at as string) - Date.parse(started_at as string),
    );
    const sum = expect.closeTo(seconds.reduce((total, ms) => total + ms, 0) / 1_000, 6);
    return [
      [`playhead.job.ended ${key}`, inJobs("sum", of.length)],
      [`playhead.job.duration ${key}`, { form: "exponentialHistogram", unit: "s", value: of.length, sum }],
    ] as const;
  });
  return {
    ...Object.fromEntries(ended),
    "playhead.job.active clips pending": inJobs("sum", 1),
    "playhead.queue.size clips": inJobs("gauge", 1),
  };
}

const sorted = (entries: Iterable<readonly [string, object]>) => [...entries].sort(([a], [b]) => (a < b ? -1 : 1));

describe.each(PROTOCOLS)("a receiver that is not ours, over %s", (protocol) => {
  test("has each span, record and figure that the facts hold, once, and nothing else", async () => {
    const receiver = await startOtlpReceiver();
    const { server, playhead } = await setup(receiver.url, { protocol });
    const jobIds = [
      await runClips(playhead),
      ...(await runTwice(playhead)),
      await runInTraceOf(playhead, CALLER),
      await runMany(playhead, 1_100),
    ];
    const { url, accessKey } = server;
    await fetch(`${url}/api/v1/jobs`, {
      method: "POST",
      headers: { authorization: `Bearer ${accessKey}`, "content-type": "application/json" },
      body: JSON.stringify({ kind: "clips", title: "waits" }),
    });
    await receiver.untilJobs(jobIds);
    const known = await untilAll(receiver, server, playhead, jobIds);
    // The last figures go out with the server's end.
    await server.close();

    expect(expectAll(receiver, known)).toBeGreaterThan(1_100);
    const jobs = known.map((each) => expectedOf(each).job);
    expect(jobs.map(({ state }) => state)).toEqual(["completed", "failed", "completed", "canceled", "completed"]);
    expect(figuresOf(receiver.points())).toEqual(figuresFrom(jobs));
  });
});

test("what came in by OpenTelemetry goes out with the ids that it came with", async () => {
  const receiver = await startOtlpReceiver();
  const { server } = await setup(receiver.url);
  const [traceId, root, scene, call] = [
    "5bf92f3577b34da6a3ce929d0e0e4736",
    "a".repeat(16),
    "b".repeat(16),
    "c".repeat(16),
  ];
  const nanos = (ms: number) => `${Date.parse("2026-11-21T10:42:00.000Z") + ms}000000`;
  const span = (spanId: string, parentSpanId: string | null, kind: string | null) => ({
    ...{ traceId, spanId, parentSpanId, name: spanId, kind: 1 },
    ...{ startTimeUnixNano: nanos(10), endTimeUnixNano: nanos(250) },
    attributes: kind === null ? [] : [{ key: "playhead.task.kind", value: { stringValue: kind } }],
  });
  const spans = [span(call, scene, null), span(scene, root, "scene"), span(root, null, null)];
  const { url, accessKey } = server;
  const answer = await fetch(`${url}/v1/traces`, {
    method: "POST",
    headers: { authorization: `Bearer ${accessKey}`, "content-type": "application/json" },
    body: JSON.stringify({ resourceSpans: [{ resource: {}, scopeSpans: [{ spans }] }] }),
  });
  expect([answer.status, await answer.json()]).toEqual([200, {}]);
  await receiver.untilJobs([`otel_${traceId}`]);
  const received = receiver.spans().map(({ traceId: of, spanId, parentSpanId, startNs, endNs }) => {
    return { traceId: of, spanId, parentSpanId, startNs, endNs };
  });
  const times = { startNs: BigInt(nanos(10)), endNs: BigInt(nanos(250)) };
  expect(received.sort((a, b) => (a.spanId < b.spanId ? -1 : 1))).toEqual([
    { traceId, spanId: root, parentSpanId: null, ...times },
    { traceId, spanId: scene, parentSpanId: root, ...times },
    { traceId, spanId: call, parentSpanId: scene, ...times },
  ]);
});

test("a receiver that is away and comes back misses nothing and gets nothing twice", async () => {
  const first = await startOtlpReceiver();
  const { server, playhead } = await setup(first.url);
  const before = await runTwice(playhead);
  await first.untilJobs(before);
  await first.stop();
  const meanwhile = [await runClips(playhead), ...(await runTwice(playhead))];
  await expect.poll(() => failureOf(server)).toMatch(/the receiver of OpenTelemetry does not take what is sent/);
  const second = await startOtlpReceiver(first.port);
  await second.untilJobs(meanwhile);
  await expectAllOf(second, server, playhead, meanwhile);
});

test("one that is busy is asked again when it says, by one request at a time, and all of it arrives", async () => {
  const receiver = await startOtlpReceiver();
  const refusals: FrontAnswer[] = [
    { status: 429, headers: { "retry-after": "2" } },
    { status: 503, headers: { "retry-after": new Date(Date.now() + 4_000).toUTCString() } },
    { status: 502 },
  ];
  const front = await startOtlpFront(receiver.url, (path) =>
    path === "/v1/metrics" ? null : (refusals.shift() ?? null),
  );
  const { server, playhead } = await setup(front.url, { compression: "gzip" });
  const jobIds = [...(await runTwice(playhead)), await runClips(playhead), ...(await runTwice(playhead))];
  await receiver.untilJobs(jobIds);
  const [busy, later, broken, taken] = front.seen.filter(({ path }) => path !== "/v1/metrics");
  expect([busy, later, broken, taken].map((each) => each?.status)).toEqual([429, 503, 502, 200]);
  expect((later?.atMs ?? 0) - (busy?.atMs ?? 0)).toBeGreaterThanOrEqual(2_000);
  expect(front.seen.every(({ isPacked }) => isPacked)).toBe(true);
  expect(front.mostUnderWay()).toBe(1);
  await expectAllOf(receiver, server, playhead, jobIds);
});

test("one that takes a part only is believed: what it refuses is counted, and not sent again", async () => {
  const receiver = await startOtlpReceiver();
  let refuses = 1;
  const tell = Buffer.from([0x0a, 0x06, 0x08, 0x02, 0x12, 0x02, 0x6e, 0x6f]);
  const front = await startOtlpFront(receiver.url, (path) =>
    path === "/v1/traces" && refuses-- > 0 ? { status: 200, tell } : null,
  );
  const { server, playhead } = await setup(front.url, { compression: "gzip" });
  const jobIds = await runTwice(playhead);
  await receiver.untilJobs(jobIds);
  await expectAllOf(receiver, server, playhead, jobIds);
  const { url, accessKey } = server;
  const figure = async (state: string) => {
    const text = await (await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${accessKey}` } })).text();
    return Number(
      text.match(new RegExp(`playhead_otlp_items_total\\{signal="traces",state="${state}"\\} (\\d+)`))?.[1],
    );
  };
  await expect.poll(() => figure("sent")).toBe(receiver.spans().length - 2);
  expect(await figure("dropped")).toBe(2);
});

/** Why the health check warns. */
async function failureOf({ health }: PlayheadServer): Promise<string | undefined> {
  health.setSettings({ cacheMs: 0 });
  const { checks } = await health.report();
  return checks.find(({ component }) => component === "otlp_export")?.message;
}
