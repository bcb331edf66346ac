// The gateway's end of bench/bus-round.ts: hears all facts of all jobs, reads each, and says how late they were.
import type { PlayheadEvent } from "@playhead/core";
import { createRedisBus } from "@playhead/server";
import { Redis } from "ioredis";
import { preciseNowMs } from "./latency-clock.ts";
import { quantile } from "./report.ts";

const { socket, jobs, facts, isPlain }: { socket: string; jobs: number; facts: number; isPlain: boolean } = JSON.parse(
  process.argv[2] ?? "{}",
);
const jobIds = Array.from({ length: jobs }, (_, index) => `job-${index}`);
const latesMs: number[] = [];

function hear({ data }: PlayheadEvent): void {
  latesMs.push(preciseNowMs() - (data.at_ms as number));
  if (latesMs.length < facts) return;
  const [p50Ms, p99Ms] = [quantile(latesMs, 0.5), quantile(latesMs, 0.99)];
  console.log(JSON.stringify({ endMs: preciseNowMs(), p50Ms, p99Ms }));
}

if (isPlain) {
  const redis = new Redis(socket);
  redis.on("message", (_: string, frame: string) => hear(JSON.parse(frame)));
  await redis.subscribe(...jobIds);
  process.stdin.on("end", () => redis.disconnect());
} else {
  const store = { readHeads: async () => new Map(), readFacts: async () => [], readLogs: async () => [] };
  const bus = await createRedisBus({ url: socket, store, onError: console.error });
  for (const jobId of jobIds) {
    bus.subscribe(jobId, (run) => {
      for (const { content } of run) if ("data" in content) hear(content);
    });
  }
  await Promise.all(jobIds.map(bus.opened));
  process.stdin.on("end", bus.close);
}
process.stdin.resume();
console.log("{}");
