import { join, resolve } from "node:path";
import { PlayheadError } from "@playhead/core";
import { type Command, InvalidArgumentError } from "commander";
import { type ConfigFlags, commandConfig } from "../command-config.ts";
import { namedServer, type ServerFlags } from "../find-history.ts";
import { untilAborted } from "../interrupts.ts";
import { reapAndSay, runsFolder } from "../reap.ts";
import { isServerOf } from "../running-server.ts";
import { checkServer } from "../server-check.ts";
import { remoteUploads, sweepFetched } from "../worker/remote-uploads.ts";
import { type Bind, newCommand, type Run } from "./command.ts";

interface WorkerFlags extends Pick<ConfigFlags, "config">, ServerFlags {
  readonly kinds?: readonly string[];
  readonly parallel?: number;
  readonly work?: string;
}

/** `playhead worker`: runs jobs that were submitted to a server elsewhere. */
export function addWorker(program: Command, bind: Bind): void {
  newCommand(program, "worker", {
    summary: "run jobs that were submitted to a server",
    description: [
      "Takes submitted jobs from a server and runs them here, until Ctrl-C or SIGTERM. Results stay in the work folder.",
      "Told to stop, it waits for what runs (worker.drain_seconds), and gives back the rest.",
    ].join("\n"),
    examples: [
      ["playhead worker --server https://playhead.internal --key KEY", "every kind, two jobs at a time"],
      ["playhead worker --server http://10.0.0.7:8765 --kinds clips --parallel 4 --work /var/clips", "clips only"],
    ],
  })
    .option("--server <url>", "the server's address (or PLAYHEAD_SERVER)")
    .option("--key <key>", "a key of the role worker (or PLAYHEAD_KEY)")
    .option("--kinds <names>", "kinds of jobs, with commas between (default: all)", names)
    .option("--parallel <number>", "jobs at a time (default: worker.parallel, 2)", count)
    .option("--work <folder>", "where jobs leave what they make (default: playhead-work)")
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
  const { createHttpTransport, createPlayhead } = await import("@playhead/sdk");
  const { createMediaRoots } = await import("@playhead/server");
  const { createJobRunner } = await import("../worker/job-runner.ts");
  const interrupts = listen();
  await checkServer(server);
  const workDir = resolve(options.work ?? "playhead-work");
  await reapAndSay(workDir, console);
  const fetched = join(workDir, ".uploads");
  await sweepFetched(fetched, context.nowMs());
  // A server of this machine that has the data folder can show what lies here.
  const media = isServerOf(config.data, server.url) ? createMediaRoots(config.data) : null;
  media?.add(workDir);
  const runner = createJobRunner({
    ...{ kinds, workDir },
    parallel: options.parallel ?? config.worker.parallel,
    registryDir: runsFolder(workDir),
    inputFolders: () => config.worker.input_folders,
    urlOf: (file) => media?.urlOf(file) ?? null,
    ffmpegPath: config.ffmpeg_path,
  });
  const playhead = createPlayhead({
    transport: createHttpTransport(server),
    warn: console.complain,
    machine: { folder: workDir },
  });
  runner.attach(playhead, remoteUploads(server, fetched));
  const offered = kinds.map(({ kind }) => kind);
  console.say(`Takes ${offered.join(", ")} from ${server.url}`);
  console.emit({ type: "working", server: server.url, kinds: offered, work: workDir, source: playhead.source });
  console.say("Ctrl-C stops it.");
  await untilAborted(interrupts.signal);
  const running = runner.running();
  console.say(running === 0 ? "Stopping" : `Stopping; waiting for ${running === 1 ? "a job" : `${running} jobs`}`);
  const givenBack = await runner.drain(config.worker.drain_seconds * 1_000);
  await playhead.close();
  if (givenBack > 0) console.say(`Given back: ${givenBack === 1 ? "1 job" : `${givenBack} jobs`}`);
  console.emit({ type: "stopped", signal: interrupts.received(), given_back: givenBack });
  return "ok";
};

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
