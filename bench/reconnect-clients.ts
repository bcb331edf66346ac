// The clients of bench/reconnect.ts: follow a job each, see the server go, and come back all at once.
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { startFile } from "./child.ts";
import { jobName } from "./fanout-workload.ts";
import { openRawViewer } from "./raw-viewer.ts";

interface Options {
  readonly clients: number;
  readonly jobs: number;
}

interface Address {
  readonly port: number;
  readonly key: string;
}

const CONNECTING_AT_ONCE = 200;

const { clients, jobs }: Options = JSON.parse(process.argv[2] ?? "{}");
const data = await mkdtemp(path.join(os.tmpdir(), "playhead-reconnect-"));
const names = Array.from({ length: jobs }, (_, index) => jobName(index));
let epoch = "";
let errors = 0;

const first = startFile("./reconnect-server.ts", { data, port: 0, jobs: names });
const address = await first.answer<Address>();
const goodbyes: Promise<number>[] = [];
for (let from = 0; from < clients; from += CONNECTING_AT_ONCE) {
  await Promise.all(Array.from({ length: Math.min(CONNECTING_AT_ONCE, clients - from) }, (_, at) => follow(from + at)));
}
await first.end();
const codes = await Promise.all(goodbyes);
goodbyes.length = 0;

const second = startFile("./reconnect-server.ts", { data, port: address.port, jobs: [] });
await second.answer<Address>();
const startMs = performance.now();
await Promise.all(Array.from({ length: clients }, (_, index) => follow(index)));
const allLiveMs = performance.now() - startMs;
await second.end();
await rm(data, { recursive: true });
console.log(
  JSON.stringify({
    all_live_ms: allLiveMs,
    errors,
    told_that_the_server_goes: codes.filter((code) => code === 4005).length / clients,
  }),
);

/** Resolves when the client is live; one that is refused counts as an error. */
async function follow(index: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const goodbye = Promise.withResolvers<number>();
  goodbyes.push(goodbye.promise);
  const viewer = await openRawViewer({
    port: address.port,
    address: `/?token=${encodeURIComponent(address.key)}`,
    protocol: "playhead.v1",
    onFrame: (_, payload) => {
      const text = payload.toString();
      if (text.includes('"type":"hello"')) epoch = JSON.parse(text).data.epoch;
      if (text.includes('"type":"error"')) errors += 1;
      if (text.includes('"type":"live"')) resolve();
    },
    onClose: goodbye.resolve,
  }).catch((error) => {
    console.error(String(error));
    errors += 1;
    return null;
  });
  if (viewer === null) return;
  viewer.socket.once("close", () => goodbye.resolve(1006));
  const since = epoch === "" ? {} : { since: { epoch, seq: 1, tick: 0 } };
  viewer.send(JSON.stringify({ type: "subscribe", data: { ref: "r", job_id: jobName(index % jobs), ...since } }));
  await promise;
}
