// The server of bench/reconnect.ts: the whole of Playhead over a folder that another run may have had before.
import { configSchema, startServer } from "@playhead/server";

const { data, port, jobs }: { data: string; port: number; jobs: readonly string[] } = JSON.parse(
  process.argv[2] ?? "{}",
);
const server = await startServer({
  config: configSchema.parse({ data, port }),
  dashboardFolder: data,
  version: "bench",
  log: (level, message, fields) => console.error(level, message, fields ?? ""),
});
for (const jobId of jobs) {
  const ts = new Date().toISOString();
  const tasks = Array.from({ length: 20 }, (_, index) => ({
    type: "task.created" as const,
    ts,
    job_id: jobId,
    n: index + 2,
    data: { task_id: `clip_${index}`, kind: "clip", title: `Clip ${index}` },
  }));
  const records = [{ type: "job.created" as const, ts, job_id: jobId, n: 1, data: { kind: "clips" } }, ...tasks];
  await server.local.ingest({ source: `bench ${jobId}`, records });
}
console.log(JSON.stringify({ port: Number(new URL(server.url).port), key: server.accessKey }));
process.stdin.resume().once("end", () => void server.close().then(() => process.exit()));
