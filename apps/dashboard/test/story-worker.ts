import type { BatchAck, ControlCommand, EventType, ExecutionEnded, JsonObject } from "@playhead/core";
import type { DashboardServer } from "./dashboard-server.ts";

/** A worker that tells a job's story over HTTP, as one of any language would. */
export interface StoryWorker {
  readonly jobId: string;
  /** Reports a fact, and waits until it is stored. */
  fact(type: EventType, data?: JsonObject): Promise<void>;
  /** Reports how far something is; it may be replaced by a later one. */
  tick(type: EventType, data: JsonObject): Promise<void>;
  log(level: string, message: string, taskId?: string): Promise<void>;
  /** Tells of a call that has ended. */
  call(call: Omit<ExecutionEnded, "category">): Promise<void>;
  /** Does what the server asks, until it is told to stop: it pauses, goes on, and cancels at once. */
  obey(): void;
  stop(): Promise<void>;
}

/** Tells of a clip from its beginning to its end. */
export async function finishClip(worker: StoryWorker, style: string): Promise<void> {
  const clip = { task_id: style, scene_id: "1", style };
  await worker.fact("clip.progress", { ...clip, step: "rendering", percent_complete: 10 });
  await worker.fact("clip.progress", { ...clip, step: "complete", state: "completed" });
}

const WAIT_SEC = 20;
let workers = 0;

/** Begins a job that runs, with one scene of as many clips as there are styles. */
export async function startStory(
  server: DashboardServer,
  options: { readonly title: string; readonly styles?: readonly string[] },
): Promise<StoryWorker> {
  const source = `story_${process.pid}_${++workers}`;
  const jobId = `job_${source}`;
  const stopping = new AbortController();
  const headers = { authorization: `Bearer ${server.key}` };
  let n = 0;
  let obeying: Promise<void> | null = null;

  async function report(record: object): Promise<void> {
    const line = JSON.stringify({ ts: new Date().toISOString(), job_id: jobId, source, ...record });
    const response = await fetch(`${server.origin}/api/v1/events`, {
      method: "POST",
      headers: { ...headers, "content-type": "application/x-ndjson" },
      body: `${line}\n`,
    });
    const ack = (await response.json()) as BatchAck;
    const [refused] = ack.refused ?? [];
    if (!response.ok || refused !== undefined)
      throw new Error(`the server refused ${line}: ${JSON.stringify(refused ?? ack)}`);
  }

  const worker: StoryWorker = {
    jobId,
    fact: (type, data = {}) => report({ type, data, n: ++n }),
    tick: (type, data) => report({ type, data }),
    log: (level, message, taskId) =>
      report({
        type: "log",
        n: ++n,
        data: { level, message, fields: {}, ...(taskId !== undefined && { task_id: taskId }) },
      }),
    call: (call) =>
      report({
        type: call.error === undefined ? "function.completed" : "function.failed",
        n: ++n,
        data: { category: "function", ...call },
      }),
    obey() {
      obeying = listen();
    },
    async stop() {
      stopping.abort();
      await obeying;
    },
  };

  async function listen(): Promise<void> {
    while (!stopping.signal.aborted) {
      const address = `${server.origin}/api/v1/commands?source=${source}&wait=${WAIT_SEC}`;
      const answer = await fetch(address, { headers, signal: stopping.signal }).catch(() => null);
      // The server may be away for a moment; a worker that was stopped asks no more.
      if (answer?.ok !== true) continue;
      const { commands } = (await answer.json()) as { readonly commands: readonly ControlCommand[] };
      for (const command of commands) {
        await fetch(`${server.origin}/api/v1/commands/${command.command_id}/ack?source=${source}`, {
          method: "POST",
          headers,
        });
        if (command.verb === "pause") await worker.fact("job.state_changed", { new_state: "paused" });
        if (command.verb === "cancel") await worker.fact("job.canceled", { reason: "asked to" });
      }
    }
  }

  await worker.fact("job.created", { kind: "clips", title: options.title });
  await worker.fact("job.state_changed", { new_state: "running" });
  const scene = { scene_id: "1", scene_title: "Harbour at dawn", start_sec: 0, duration_sec: 12 };
  await worker.fact("task.created", {
    task_id: "scene_1",
    parent_id: null,
    kind: "scene",
    title: "Harbour at dawn",
    weight: null,
    fields: scene,
  });
  for (const style of options.styles ?? ["original", "split"]) {
    await worker.fact("task.created", {
      task_id: style,
      parent_id: "scene_1",
      kind: "clip",
      title: style,
      weight: null,
      fields: { scene_id: "1", style },
    });
  }
  await worker.fact("scene.started", { task_id: "scene_1", ...scene });
  return worker;
}
