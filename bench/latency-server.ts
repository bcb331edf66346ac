// The server of bench/latency.ts: Playhead's, or a bare relay that hands every message to every other socket.
import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { configSchema, startServer } from "@playhead/server";
import { WebSocketServer } from "ws";

const { peer }: { peer: boolean } = JSON.parse(process.argv[2] ?? "{}");

const stop = await (peer ? startRelay() : startPlayhead());
process.stdin.resume().once("end", () => void stop());

async function startPlayhead(): Promise<() => Promise<void>> {
  const data = await mkdtemp(path.join(os.tmpdir(), "playhead-latency-"));
  const server = await startServer({
    config: configSchema.parse({ data, port: 0 }),
    dashboardFolder: data,
    version: "bench",
    log: () => undefined,
  });
  console.log(JSON.stringify({ url: server.url, key: server.accessKey }));
  return async () => {
    await server.close();
    await rm(data, { recursive: true });
  };
}

async function startRelay(): Promise<() => Promise<void>> {
  const relay = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false });
  relay.on("connection", (socket) => {
    socket.on("message", (data) => {
      for (const other of relay.clients) if (other !== socket) other.send(String(data));
    });
  });
  await new Promise((resolve) => relay.once("listening", resolve));
  console.log(JSON.stringify({ url: `http://127.0.0.1:${(relay.address() as AddressInfo).port}`, key: "" }));
  return async () => {
    for (const socket of relay.clients) socket.terminate();
    relay.close();
  };
}
