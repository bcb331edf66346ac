// The worker of bench/latency.ts: so many jobs of one task each, whose progress is reported at an even pace.
import { once } from "node:events";
import { createHttpTransport, createPlayhead, type TaskHandle } from "@playhead/sdk";
import { WebSocket } from "ws";
import { preciseNowMs } from "./latency-clock.ts";

interface Options {
  readonly peer: boolean;
  readonly jobs: number;
  readonly ticksPerSecond: number;
  readonly seconds: number;
  readonly url: string;
  readonly key: string;
}

const options: Options = JSON.parse(process.argv[2] ?? "{}");
const { report, jobIds, close } = await (options.peer ? connectRaw() : connectPlayhead());
console.log(JSON.stringify({ jobIds }));
await once(process.stdin, "data");
const ticksSent = await tick();
console.log(JSON.stringify({ ticksSent }));
await close();
process.stdin.destroy();

/** Spreads the jobs evenly over each period, as jobs do that know nothing of each other. */
async function tick(): Promise<number> {
  const { jobs, ticksPerSecond, seconds } = options;
  const total = jobs * ticksPerSecond * seconds;
  const everyMs = 1_000 / (jobs * ticksPerSecond);
  const startMs = preciseNowMs();
  let sent = 0;
  while (sent < total) {
    const due = Math.min(total, Math.floor((preciseNowMs() - startMs) / everyMs));
    for (; sent < due; sent += 1) report(sent % jobs, sent / total);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await new Promise((resolve) => setTimeout(resolve, 500));
  return sent;
}

async function connectPlayhead() {
  const playhead = createPlayhead({ transport: createHttpTransport({ url: options.url, apiKey: options.key }) });
  const tasks: TaskHandle[] = [];
  const ids: string[] = [];
  for (let index = 0; index < options.jobs; index += 1) {
    const job = playhead.job({ kind: "bench", title: `Job ${index}` });
    job.start();
    const task = job.create({ kind: "step", title: "Work" });
    task.start();
    tasks.push(task);
    ids.push(job.job_id);
  }
  await playhead.flush({ timeoutMs: 30_000 });
  return {
    jobIds: ids,
    report: (index: number, fraction: number) => tasks[index]?.progress(fraction, { sent_ms: preciseNowMs() }),
    close: async () => {
      await playhead.close();
    },
  };
}

async function connectRaw() {
  const socket = new WebSocket(options.url.replace("http", "ws"));
  await once(socket, "open");
  const correlation_id = "0af7651916cd43dd8448eb211c80319c";
  return {
    jobIds: [] as string[],
    report: (index: number, fraction: number) => {
      const data = { task_id: "t1", percent_complete: fraction * 100, details: { sent_ms: preciseNowMs() } };
      const ts = new Date().toISOString();
      const frame = {
        type: "progress.updated",
        job_id: `job_${index}`,
        epoch: "e",
        seq: 4,
        tick: 1,
        ts,
        correlation_id,
        data,
      };
      socket.send(JSON.stringify(frame));
    },
    close: async () => socket.close(),
  };
}
