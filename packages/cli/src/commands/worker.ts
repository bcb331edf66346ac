import { join, resolve } from "node:path";
import { PlayheadError } from "@playhead/core";
import { type Command, InvalidArgumentError } from "commander";
import { type ConfigFlags, commandConfig } from "../command-config.ts";
import { namedServer, type ServerFlags } from "../find-history.ts";
import { type Interrupts, untilAborted } from "../interrupts.ts";
import { durationMs } from "../log-question.ts";
import { reapAndSay, runsFolder } from "../reap.ts";
import { isServerOf } from "../running-server.ts";
import { type ServerAddress, tenantOf } from "../server-check.ts";
import { configuredStorage } from "../storage-place.ts";
import type { Console } from "../terminal/console.ts";
import { counted } from "../view/task-words.ts";
import { createKeptFolders } from "../worker/kept-folders.ts";
import type { QueueConsumer, QueueConsumerOptions } from "../worker/queue-consumer.ts";
import { remoteUploads, sweepFetched } from "../worker/remote-uploads.ts";
import { waitForServer } from "../worker/wait-for-server.ts";
import { type Bind, newCommand, type Run, type Surroundings } from "./command.ts";

interface WorkerFlags extends Pick<ConfigFlags, "config">, ServerFlags {
  readonly kinds?: readonly string[];
  readonly parallel?: number;
  readonly work?: string;
  /** How long a server that is away is waited for; as long as it takes where it is missing. */
  readonly wait?: number;
  readonly keepDays?: number;
  /** The Redis of the queue that jobs are taken from. */
  readonly queue?: string;
}

interface Reaching extends Pick<Surroundings, "nowMs"> {
  readonly interrupts: Interrupts;
  readonly console: Console;
}

/** A folder is removed at the latest so long after its time. */
const SWEEP_EVERY_MS = 3_600_000;

/** `playhead worker`: runs jobs that were submitted to a server elsewhere. */
export function addWorker(program: Command, bind: Bind): void {
  newCommand(program, "worker", {
    summary: "run jobs that were submitted to a server",
    description: [
      "Takes submitted jobs from a server and runs them here, until Ctrl-C or SIGTERM. Results stay in the work folder.",
      "A server that is away is waited for.",
      "Told to stop, it waits for what runs (worker.drain_seconds), and gives back the rest.",
    ].join("\n"),
    examples: [
      ["playhead worker --server https://playhead.internal --key KEY", "every kind, two jobs at a time"],
      ["playhead worker --server http://10.0.0.7:8765 --kinds clips --parallel 4 --work /var/clips", "clips only"],
      ["playhead worker --server https://playhead.internal --queue redis://10.0.0.9:6379", "from BullMQ in that Redis"],
    ],
  })
    .option("--server <url>", "the server's address (or PLAYHEAD_SERVER)")
    .option("--key <key>", "a key of the role worker (or PLAYHEAD_KEY)")
    .option("--kinds <names>", "kinds of jobs, with commas between (default: all)", names)
    .option("--parallel <number>", "jobs at a time (default: worker.parallel, 2)", count)
    .option("--work <folder>", "where jobs leave what they make (default: playhead-work)")
    .option("--keep-days <number>", "remove what jobs left there after so many days (default: never)", days)
    .option(
      "--wait <duration>",
      "how long to wait for a server that is away, such as 5m (default: for ever)",
      durationMs,
    )
    .option("--queue <url>", "take jobs from BullMQ in this Redis (default: where queue.engine is bullmq, its Redis)")
    .option("--config <file>", "configuration file")
    .action(bind(worker));
}

const worker: Run<[], WorkerFlags> = async (options, context) => {
  const { console, environment, listen } = context;
  const config = commandConfig(options, context);
  const server = namedServer({ flags: options, config, environment });
  if (server === null) {
    throw new PlayheadError("usage_error", "expected the address of a server", {
      hint: "give it with --server or PLAYHEAD_SERVER",
    });
  }
  const kinds = await chosenKinds(options.kinds);
  const storage = await configuredStorage(config);
  const { createHttpTransport, createPlayhead } = await import("@playhead/sdk");
  const { createMediaRoots, queueRedisUrl } = await import("@playhead/server");
  const redisUrl = options.queue ?? queueRedisUrl(config);
  const { createJobRunner } = await import("../worker/job-runner.ts");
  const interrupts = listen();
  if (!(await isReached(server, options, { ...context, interrupts }))) {
    console.emit({ type: "stopped", signal: interrupts.received(), given_back: 0 });
    return "ok";
  }
  const workDir = resolve(options.work ?? "playhead-work");
  await reapAndSay(workDir, console);
  const fetched = join(workDir, ".uploads");
  await sweepFetched(fetched, context.nowMs());
  // A server of this machine that has the data folder can show what lies here.
  const media = isServerOf(config.data, server.url) ? createMediaRoots(config.data) : null;
  media?.add(workDir);
  const folders = createKeptFolders(workDir, options.keepDays ?? null, context.nowMs);
  const sweep = async () => {
    const removed = await folders.sweep();
    if (removed > 0) console.say(`Removed what ${counted(removed, "old job")} left in ${workDir}`);
  };
  await sweep();
  const sweeping = setInterval(() => void sweep(), SWEEP_EVERY_MS).unref();
  const parallel = options.parallel ?? config.worker.parallel;
  const runner = createJobRunner({
    ...{ kinds, workDir },
    parallel,
    registryDir: runsFolder(workDir),
    inputFolders: () => config.worker.input_folders,
    urlOf: (file) => media?.urlOf(file) ?? null,
    ffmpegPath: config.ffmpeg_path,
    ...{ storage, onWork: folders.begin, asks: redisUrl === null },
  });
  const playhead = createPlayhead({
    transport: createHttpTransport(server),
    warn: console.complain,
    machine: { folder: workDir },
  });
  runner.attach(playhead, remoteUploads(server, fetched));
  const offered = kinds.map(({ kind }) => kind);
  const consumer =
    redisUrl === null
      ? null
      : await takeFromQueue({
          ...{ redisUrl, kinds: offered, parallel, lockMs: config.queue.lock_ms, complain: console.complain },
          tenantId: await tenantOf(server),
          claim: playhead.claim,
        });
  const way = consumer === null ? "" : ", as BullMQ names them";
  console.say(`Takes ${offered.join(", ")} from ${server.url}${way}`);
  console.emit({
    ...{ type: "working", server: server.url, kinds: offered, work: workDir, source: playhead.source },
    queue: consumer === null ? "built_in" : "bullmq",
  });
  console.say("Ctrl-C stops it.");
  await untilAborted(interrupts.signal);
  clearInterval(sweeping);
  consumer?.stop();
  const running = runner.running();
  console.say(running === 0 ? "Stopping" : `Stopping; waiting for ${running === 1 ? "a job" : `${running} jobs`}`);
  const givenBack = await runner.drain(config.worker.drain_seconds * 1_000);
  await consumer?.close();
  await playhead.close();
  if (givenBack > 0) console.say(`Given back: ${givenBack === 1 ? "1 job" : `${givenBack} jobs`}`);
  console.emit({ type: "stopped", signal: interrupts.received(), given_back: givenBack });
  return "ok";
};

async function takeFromQueue(options: QueueConsumerOptions): Promise<QueueConsumer> {
  // Who asks the server alone does not wait for it to be loaded.
  const { consumeQueue } = await import("../worker/queue-consumer.ts");
  return consumeQueue(options);
}

/** Waits for the server. @returns false when somebody stopped the worker before it was there */
async function isReached(
  server: ServerAddress,
  { wait }: WorkerFlags,
  { interrupts, nowMs, console }: Reaching,
): Promise<boolean> {
  const onWait = createWaitTeller(console, server.url);
  try {
    await waitForServer(server, { signal: interrupts.signal, limitMs: wait ?? null, nowMs, onWait });
    return true;
  } catch (error) {
    if (interrupts.signal.aborted) return false;
    throw error;
  }
}

/** Says once that the server is away, and why; programs are told of each wait. */
function createWaitTeller(console: Console, server: string) {
  let isTold = false;
  return ({ message, code }: PlayheadError, waitMs: number) => {
    if (!isTold) console.say(`Waiting: ${message}; it is tried again`);
    isTold = true;
    console.emit({ type: "waiting", server, error_code: code, error_message: message, retry_after_ms: waitMs });
  };
}

async function chosenKinds(wanted: readonly string[] | undefined) {
  const { JOB_KINDS } = await import("@playhead/pipelines");
  if (wanted === undefined) return JOB_KINDS;
  return wanted.map((name) => {
    const found = JOB_KINDS.find(({ kind }) => kind === name);
    if (found !== undefined) return found;
    throw new PlayheadError("usage_error", `expected kinds of jobs that there are, got ${JSON.stringify(name)}`, {
      hint: `there are ${JOB_KINDS.map(({ kind }) => kind).join(", ")}`,
    });
  });
}

function names(text: string): readonly string[] {
  const found = text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  if (found.length === 0) throw new InvalidArgumentError("Expected names of kinds, with commas between.");
  return [...new Set(found)];
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 64) {
    throw new InvalidArgumentError("Expected a whole number from 1 to 64.");
  }
  return value;
}

function days(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 36_500) {
    throw new InvalidArgumentError("Expected a whole number of days, from 1.");
  }
  return value;
}
