import { PlayheadError } from "@playhead/core";
import type { Command } from "commander";
import { type ConfigFlags, readCommandConfig } from "../command-config.ts";
import { untilAborted } from "../interrupts.ts";
import { serveAsNode } from "../node-serving.ts";
import { reapAndSay } from "../reap.ts";
import { sayServing, slowClose, startServing } from "../serving.ts";
import { type Bind, newCommand, type Run } from "./command.ts";

/** `playhead serve`: the server, until it is asked to stop. */
export function addServe(program: Command, bind: Bind): void {
  newCommand(program, "serve", {
    summary: "run the server, with its page",
    description: "Runs the server and its page until Ctrl-C or SIGTERM, and prints a link that signs in.",
    examples: [
      ["playhead serve", "on http://127.0.0.1:8765, for this machine only"],
      ["playhead serve --port 0 --data ./try", "on a free port, with a data folder of its own"],
      ["playhead serve --host 0.0.0.0", "for other machines, too"],
    ],
  })
    .option("--host <address>", "address to listen on (default: 127.0.0.1)")
    .option("--port <number>", "port to listen on; 0 takes a free one (default: 8765)")
    .option("--data <folder>", "folder of the database, keys and logs (default: playhead-data)")
    .option("--no-worker", "leave submitted jobs to workers elsewhere")
    .option("--config <file>", "configuration file (default: playhead.config.json, where there is one)")
    .action(bind(serve));
}

interface ServeFlags extends ConfigFlags {
  /** False with `--no-worker`. */
  readonly worker: boolean;
}

const serve: Run<[], ServeFlags> = async (options, context) => {
  const { console, listen } = context;
  const loaded = readCommandConfig(options, context);
  const { config } = loaded;
  const { isClustered } = await import("@playhead/server");
  if (isClustered(config)) return serveAsNode({ ...loaded, config }, options, context);
  const interrupts = listen();
  const serving = await startServing(loaded, { ...context, verbose: options.verbose === true });
  await reapAndSay(config.data, console);
  sayServing(serving, config, context);
  const { createLocalTransport, createPlayhead } = await import("@playhead/sdk");
  const sampling = createPlayhead({
    transport: createLocalTransport(serving.server.local),
    machine: { folder: config.data, activeJobs: serving.server.activeJobs },
  });
  const isWorking = options.worker && config.worker.enabled;
  const { startEmbeddedWorker } = await import("../worker/embedded-worker.ts");
  const worker = isWorking ? await startEmbeddedWorker({ server: serving.server, config, console }) : null;
  console.say("Ctrl-C stops it.");
  const { lost } = serving.server;
  await untilAborted(AbortSignal.any([interrupts.signal, lost]));
  console.say("Stopping");
  await worker?.close();
  await sampling.close();
  if (!(await serving.close())) throw slowClose();
  console.say("Stopped; everything that was acknowledged is stored");
  console.emit({ type: "stopped", signal: interrupts.received() });
  if (lost.aborted) throw takenOver();
  // To be stopped is how a server ends.
  return "ok";
};

/** A supervisor starts it again: then it is refused for as long as the other one writes, and takes over after that. */
function takenOver(): PlayheadError {
  return new PlayheadError("data_in_use", "another server has taken over this one's database: this one has ended", {
    hint: "stop one of the two, or set redis_url on both to let them work together",
  });
}
