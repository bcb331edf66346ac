// The clients of bench/fanout.ts: start a server, connect, count what comes, and print what it cost.
import { startFile } from "./child.ts";
import type { ServerOptions } from "./fanout-server.ts";
import { eventsPerJob, HEAVY_JOB, jobName } from "./fanout-workload.ts";
import { preciseNowMs } from "./latency-clock.ts";
import { openRawViewer, type RawViewer } from "./raw-viewer.ts";
import { quantile } from "./report.ts";

interface Options extends ServerOptions {
  /** Playhead: several events may share a frame (`playhead.v1`). */
  readonly gathered: boolean;
  /** Whether the client that follows the heavy job reads nothing for a while. */
  readonly neverReads?: boolean;
}

interface Memory {
  readonly rss: number;
  readonly heapUsed: number;
  /** Resident, without the young generation. */
  readonly kept: number;
}

const CONNECTING_AT_ONCE = 100;
/** The slow one reads again after this, and finds how it was closed. */
const SLOW_FOR_MS = 4_000;
/** Of every so many frames one is looked at for its age. */
const LOOKED_AT = 7;
const MARK = Buffer.from('"sent_ms":');
const LIVE = Buffer.from('"live"');

const options: Options = JSON.parse(process.argv[2] ?? "{}");
const latenciesMs: number[] = [];
let frames = 0;
let events = 0;
let ready = 0;

const server = startFile("./fanout-server.ts", options, ["--expose-gc"]);
const { port, ...empty } = await server.answer<{ port: number } & Memory>();
const viewers: RawViewer[] = [];
for (let first = 0; first < options.clients; first += CONNECTING_AT_ONCE) {
  const count = Math.min(CONNECTING_AT_ONCE, options.clients - first);
  viewers.push(...(await Promise.all(Array.from({ length: count }, (_, index) => open(first + index)))));
}
let slowCode = 0;
const slow = options.heavyBytesPerSecond > 0 ? await openSlow() : null;
while (ready < options.clients) await new Promise((resolve) => setTimeout(resolve, 20));
server.say("memory");
const connected = await server.answer<Memory>();
server.say("go");
const { cpu_s, most_held_bytes } = await server.answer<{ cpu_s: number; most_held_bytes: number }>();
const expected = eventsPerJob(options) * options.clients;
for (let waits = 0; events < expected && waits < 100; waits++) await new Promise((resolve) => setTimeout(resolve, 50));
if (slow !== null) {
  for (let waits = 0; options.neverReads && slowCode === 0 && waits < 100; waits++)
    await new Promise((resolve) => setTimeout(resolve, 50));
}
for (const { socket } of viewers) socket.destroy();
await server.end();
console.log(
  JSON.stringify({
    deliveries_per_cpu_s: events / cpu_s,
    events_missing: expected - events,
    events_per_frame: events / frames,
    p50_ms: quantile(latenciesMs, 0.5),
    p99_ms: quantile(latenciesMs, 0.99),
    ...(slow !== null && { most_held_kb: most_held_bytes / 1024, slow_closed_with: slowCode }),
    kb_per_connection: perConnection("kept"),
    heap_kb_per_connection: perConnection("heapUsed"),
    rss_kb_per_connection: perConnection("rss"),
  }),
);

function perConnection(name: keyof Memory): number {
  return (connected[name] - empty[name]) / 1024 / options.clients;
}

async function open(index: number): Promise<RawViewer> {
  const jobId = jobName(index % options.jobs);
  if (options.peer === "socket.io") {
    const address = `/socket.io/?EIO=4&transport=websocket&job_id=${jobId}`;
    // `40` connects to the namespace, and is answered with another; what comes then are events.
    const viewer = await openRawViewer({ port, address, protocol: null, onFrame: take });
    viewer.send("40");
    return viewer;
  }
  if (!options.gathered) {
    const viewer = await openRawViewer({ port, address: `/?job_id=${jobId}`, protocol: null, onFrame: take });
    if (options.peer === "raw ws") ready += 1;
    return viewer;
  }
  const viewer = await openRawViewer({ port, address: "/", protocol: "playhead.v1", onFrame: take });
  viewer.send(JSON.stringify({ type: "subscribe", data: { ref: "r", job_id: jobId } }));
  return viewer;
}

/** A client that follows a job as the others do, and another that says much, and may not read. */
async function openSlow(): Promise<RawViewer> {
  const live = Promise.withResolvers<void>();
  const viewer = await openRawViewer({
    port,
    address: "/",
    protocol: "playhead.v1",
    onFrame: (_, payload) => {
      if (payload.includes(LIVE) && payload.includes("heavy")) live.resolve();
    },
    onClose: (code) => {
      slowCode = code;
    },
  });
  for (const jobId of [jobName(0), HEAVY_JOB]) {
    viewer.send(JSON.stringify({ type: "subscribe", data: { ref: jobId.replace("job_", ""), job_id: jobId } }));
  }
  await live.promise;
  if (options.neverReads) viewer.socket.pause();
  setTimeout(() => viewer.socket.resume(), SLOW_FOR_MS);
  return viewer;
}

function take(_viewer: RawViewer, payload: Buffer): void {
  let at = payload.indexOf(MARK);
  if (at < 0) {
    if (isReady(payload)) ready += 1;
    return;
  }
  frames += 1;
  if (frames % LOOKED_AT === 0) {
    const sentMs = Number.parseFloat(payload.toString("latin1", at + MARK.length, at + MARK.length + 20));
    latenciesMs.push(preciseNowMs() - sentMs);
  }
  for (; at >= 0; at = payload.indexOf(MARK, at + MARK.length)) events += 1;
}

/** Whether this frame says that what comes from here on are events. */
function isReady(payload: Buffer): boolean {
  if (options.peer === "socket.io") return payload.toString("latin1", 0, 2) === "40";
  return options.gathered ? payload.includes(LIVE) : payload.includes('"snapshot"');
}
