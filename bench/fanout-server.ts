// The server of bench/fanout.ts: Playhead's gateway, raw `ws`, or Socket.IO, each with the same events from within.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { getHeapSpaceStatistics } from "node:v8";
import { emptyJob, type PlayheadEvent } from "@playhead/core";
import { createGateway, createMemoryBus, createStartsInMemory, publishEvent } from "@playhead/server";
import { Server as SocketIo } from "socket.io";
import { type WebSocket, WebSocketServer } from "ws";
import { HEAVY_JOB, jobName, play, type Workload } from "./fanout-workload.ts";

export interface ServerOptions extends Workload {
  readonly peer: "playhead" | "raw ws" | "socket.io";
}

const options: ServerOptions = JSON.parse(process.argv[2] ?? "{}");
const http = createServer();
let heldBytes = () => 0;
const emit = { playhead: servePlayhead, "raw ws": serveRaw, "socket.io": serveSocketIo }[options.peer](http);
await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
const say = (answer: object) => console.log(JSON.stringify(answer));
say({ port: (http.address() as AddressInfo).port, ...(await restingBytes()) });

for await (const word of createInterface({ input: process.stdin })) {
  if (word === "memory") {
    say(await restingBytes());
  } else if (word === "go") {
    const before = process.cpuUsage();
    const heavy = startHeavyJob();
    await play(options, emit);
    const mostHeld = heavy();
    // What is on its way belongs to it.
    await new Promise((resolve) => setTimeout(resolve, 500));
    const { user, system } = process.cpuUsage(before);
    say({ cpu_s: (user + system) / 1e6, most_held_bytes: mostHeld });
  }
}
process.exit();

/** Large facts at an even pace. @returns ends it, and says how much the gateway held for its clients at most */
function startHeavyJob(): () => number {
  if (options.heavyBytesPerSecond === 0) return () => 0;
  const everyMs = 5;
  let most = 0;
  let seq = 0;
  const title = "x".repeat((options.heavyBytesPerSecond * everyMs) / 1_000);
  const timer = setInterval(() => {
    const base = { type: "job.updated", ts: new Date().toISOString(), job_id: HEAVY_JOB } as const;
    emit([{ ...base, seq: ++seq, correlation_id: "0af7651916cd43dd8448eb211c80319c", data: { title } }]);
    // After what was said just now has been handed on: until then all clients share it.
    setTimeout(() => {
      most = Math.max(most, heldBytes());
    }, everyMs / 2);
  }, everyMs);
  return () => {
    clearInterval(timer);
    return most;
  };
}

/**
 * What the process holds at rest. The young generation of V8 grows with how much was made while clients connected, up to
 * a limit of its own, and stays though it is empty: `kept` is the resident memory without it.
 */
async function restingBytes() {
  for (let time = 0; time < 3; time++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  const { rss, heapUsed } = process.memoryUsage();
  const young = getHeapSpaceStatistics().find(({ space_name: name }) => name === "new_space");
  return { rss, heapUsed, kept: rss - (young?.space_size ?? 0) };
}

function servePlayhead(server: Server): (events: readonly PlayheadEvent[]) => void {
  const fail = (error: unknown) => console.error(error);
  const bus = createMemoryBus(fail);
  const jobs = new Map(
    [HEAVY_JOB, ...Array.from({ length: options.jobs }, (_, index) => jobName(index))].map((jobId) => {
      const draft = { ...emptyJob(jobId), tenant_id: "default" };
      return [draft.job_id, { draft, asked: () => undefined, currentTicks: () => [], storedSoon: async () => true }];
    }),
  );
  const nothing = async () => [];
  const gateway = createGateway({
    source: {
      epoch: "9c41e0",
      store: { readFacts: nothing },
      logs: { readLogs: nothing },
      ...createStartsInMemory({
        epoch: "9c41e0",
        peekJob: (jobId) => jobs.get(jobId),
        loadJob: async () => null,
        store: { readSnapshot: async () => null },
      }),
    },
    bus,
    readJobs: nothing,
    listJobs: nothing,
    authenticate: async () => ({ tenantId: "default", jobIds: null, expiresAtMs: null, credentialId: "c" }),
    authenticateToken: async () => null,
    onRevoked: () => () => undefined,
    nowMs: Date.now,
    onError: fail,
  });
  gateway.attach(server);
  heldBytes = () => {
    const { waitingBytes, unreadBytes } = gateway.load();
    return waitingBytes + unreadBytes;
  };
  return (events) => bus.publish(events.map((event) => publishEvent("9c41e0", "default", event, null)));
}

/** Each event is serialised once, and handed to each socket of its job. */
function serveRaw(server: Server): (events: readonly PlayheadEvent[]) => void {
  const byJob = new Map<string, Set<WebSocket>>();
  const wss = new WebSocketServer({ server, perMessageDeflate: false });
  wss.on("connection", (socket, request) => {
    const jobId = new URLSearchParams(request.url?.split("?")[1]).get("job_id") ?? "";
    const sockets = byJob.get(jobId) ?? new Set();
    byJob.set(jobId, sockets.add(socket));
    socket.on("close", () => sockets.delete(socket));
  });
  return (events) => {
    for (const event of events) {
      const frame = Buffer.from(JSON.stringify({ ...event, epoch: "9c41e0" }));
      for (const socket of byJob.get(event.job_id) ?? []) socket.send(frame, { binary: false });
    }
  };
}

function serveSocketIo(server: Server): (events: readonly PlayheadEvent[]) => void {
  const io = new SocketIo(server, { transports: ["websocket"], serveClient: false, perMessageDeflate: false });
  io.on("connection", (socket) => void socket.join(String(socket.handshake.query.job_id)));
  return (events) => {
    for (const event of events) io.to(event.job_id).emit("event", { ...event, epoch: "9c41e0" });
  };
}
