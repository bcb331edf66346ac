// A worker of bench/chaos.ts: runs its jobs side by side, each of so many facts, and says when all is delivered.
import { setTimeout as delay } from "node:timers/promises";
import { createHttpTransport, createPlayhead } from "@playhead/sdk";
import { seededRandom } from "./seeded-random.ts";

interface Options {
  readonly url: string;
  readonly key: string;
  readonly jobIds: readonly string[];
  /** Steps that each job takes at most, and about how long each lasts; a line on stdin ends them sooner. */
  readonly steps: number;
  readonly stepMs: number;
  readonly seed: number;
}

const DELIVERY_LIMIT_MS = 120_000;

const { url, key, jobIds, steps, stepMs, seed }: Options = JSON.parse(process.argv[2] ?? "{}");
const random = seededRandom(seed);
const refused: string[] = [];
const taken: Record<string, number> = {};
let isToEnd = false;
process.stdin.once("data", () => {
  isToEnd = true;
});
const playhead = createPlayhead({
  transport: createHttpTransport({ url, apiKey: key }),
  onRefused: (reports) => refused.push(...reports.map(({ refused: why }) => why.error_message)),
  warn: () => undefined,
});

async function runJob(jobId: string): Promise<void> {
  const job = playhead.job({ kind: "chaos", id: jobId, title: jobId });
  await job.run(() =>
    job.task({ kind: "step", id: "work" }, async (task) => {
      for (let at = 1; at <= steps && !isToEnd; at += 1) {
        const step = task.step(`step-${at}`);
        await delay(stepMs * (0.5 + random()));
        step.progress(0.5);
        await delay(stepMs * (0.5 + random()));
        taken[jobId] = at;
      }
    }),
  );
}

await Promise.all(jobIds.map(runJob));
const isDelivered = await playhead.flush({ timeoutMs: DELIVERY_LIMIT_MS });
await playhead.close();
process.stdin.destroy();
console.log(JSON.stringify({ is_delivered: isDelivered, refused, steps: taken }));
