import { createLocalTransport, createPlayhead, type Playhead } from "@playhead/sdk";
import { type Config, DEFAULT_TENANT, type PlayheadServer, workFolder } from "@playhead/server";
import { runsFolder } from "../reap.ts";
import { configuredStorage } from "../storage-place.ts";
import type { Console } from "../terminal/console.ts";
import { createJobRunner } from "./job-runner.ts";

/** The worker inside of a server. */
export interface EmbeddedWorker {
  /** Takes nothing more, lets jobs come to an end for a while, gives back the others, and goes. */
  close(): Promise<void>;
}

export interface EmbeddedWorkerOptions {
  readonly server: PlayheadServer;
  readonly config: Config;
  readonly console: Console;
}

/**
 * Runs the jobs that are submitted to a server in the server's own process, for all tenants. The work itself is done by
 * other processes (ffmpeg) and threads.
 */
export async function startEmbeddedWorker({ server, config, console }: EmbeddedWorkerOptions): Promise<EmbeddedWorker> {
  const { JOB_KINDS: kinds } = await import("@playhead/pipelines");
  const { data, worker, ffmpeg_path: ffmpegPath } = config;
  const workDir = workFolder(data);
  server.media.add(workDir);
  const runner = createJobRunner({
    ...{ kinds, workDir, ffmpegPath },
    parallel: worker.parallel,
    registryDir: runsFolder(data),
    inputFolders: () => worker.input_folders,
    urlOf: server.media.urlOf,
    storage: await configuredStorage(config),
  });
  const connections = new Map<string, Playhead>();

  function connect(tenantId: string): void {
    if (connections.has(tenantId)) return;
    const playhead = createPlayhead({
      transport: createLocalTransport(server.localOf(tenantId)),
      warn: console.complain,
    });
    connections.set(tenantId, playhead);
    runner.attach(playhead, {
      fetch: (uploadId) => server.uploadedFile(tenantId, uploadId),
      release: async () => undefined,
    });
  }

  connect(DEFAULT_TENANT);
  const endDemand = server.onDemand(connect);
  return {
    async close() {
      endDemand();
      const running = runner.running();
      if (running > 0) console.say(`Waiting for ${running === 1 ? "a job" : `${running} jobs`} to end`);
      const givenBack = await runner.drain(worker.drain_seconds * 1_000);
      if (givenBack > 0)
        console.say(`Given back: ${givenBack === 1 ? "1 job" : `${givenBack} jobs`}; the next start goes on`);
      await Promise.all([...connections.values()].map((playhead) => playhead.close()));
    },
  };
}
