import type { ClusterConfig, LoadedConfig, PlayheadServer } from "@playhead/server";
import type { CommonOptions, Surroundings } from "./commands/command.ts";
import { dashboardFolder } from "./dashboard-folder.ts";
import { ffmpegCheck } from "./ffmpeg-health.ts";
import { untilAborted } from "./interrupts.ts";
import { reapAndSay } from "./reap.ts";
import { announceServer, reachableUrl } from "./running-server.ts";
import { endsWithin, logTo, slowClose } from "./serving.ts";
import { configuredStorage, storageCheck } from "./storage-place.ts";
import type { Console } from "./terminal/console.ts";
import { span } from "./terminal/line.ts";
import { jobKindInfos } from "./worker/job-kind-infos.ts";

const CLOSE_LIMIT_MS = 15_000;

/** `playhead serve` as a node of a cluster: viewers and pages always, the engine while it holds the lease. */
export async function serveAsNode(
  loaded: LoadedConfig & { readonly config: ClusterConfig },
  options: CommonOptions & { readonly worker: boolean },
  context: Surroundings & { readonly console: Console },
): Promise<"ok"> {
  const { config } = loaded;
  const { console, version, listen, errorLog } = context;
  const interrupts = listen();
  const { startNode } = await import("@playhead/server");
  await reapAndSay(config.data, console);

  /** What a server has around it, for as long as its engine runs here. */
  async function around(server: PlayheadServer): Promise<() => Promise<void>> {
    server.health.register(ffmpegCheck(config.ffmpeg_path));
    const storage = await configuredStorage(config);
    if (storage !== null) server.health.register(await storageCheck(storage));
    const { createLocalTransport, createPlayhead } = await import("@playhead/sdk");
    const sampling = createPlayhead({
      transport: createLocalTransport(server.local),
      machine: { folder: config.data, activeJobs: server.activeJobs },
    });
    const { startEmbeddedWorker } = await import("./worker/embedded-worker.ts");
    const isWorking = options.worker && config.worker.enabled;
    const worker = isWorking ? await startEmbeddedWorker({ server, config, console }) : null;
    console.say("This node runs the engine");
    console.emit({ type: "engine", runs: true });
    return async () => {
      await worker?.close();
      await sampling.close();
      console.say("This node runs the engine no more");
      console.emit({ type: "engine", runs: false });
    };
  }

  const node = await startNode({
    ...{ config, loaded, version, onEngine: around },
    log: logTo({ console, errorLog, verbose: options.verbose === true }),
    dashboardFolder: dashboardFolder(),
    jobKinds: await jobKindInfos(),
  });
  const [url, signInUrl] = [reachableUrl(node.url), reachableUrl(node.signInUrl)];
  const withdraw = announceServer(config.data, { url, pid: process.pid });
  console.say([span("Playhead ", "strong"), span(version, "faint"), span(` serves on ${url}`)]);
  console.say([span("  Sign in  ", "faint"), span(signInUrl, "strong")]);
  console.say([span("  Node     ", "faint"), span(`${node.name}, of a cluster on one PostgreSQL and one Redis`)]);
  console.emit({
    ...{ type: "serving", url, sign_in_url: signInUrl, data: config.data, pid: process.pid, version },
    node: node.name,
  });
  console.say("Ctrl-C stops it.");
  await untilAborted(interrupts.signal);
  console.say("Stopping");
  withdraw();
  if (!(await endsWithin(node.close(), CLOSE_LIMIT_MS))) throw slowClose();
  console.say("Stopped; everything that was acknowledged is stored");
  console.emit({ type: "stopped", signal: interrupts.received() });
  return "ok";
}
