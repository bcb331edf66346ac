import type { JobSummary, JobsFilter } from "@playhead/core";
import { viewerOf } from "./app-gateway.ts";
import type { NodeShared } from "./app-node-shared.ts";
import { connectionLimitsOf } from "./app-reload.ts";
import type { Auth } from "./auth/auth.ts";
import type { Config } from "./config/config.ts";
import { textOf } from "./error-text.ts";
import { createGateway, type Gateway } from "./gateway/gateway.ts";
import { jobsQueryOf } from "./gateway/jobs-filter.ts";
import { createStartsElsewhere, type ToldHead } from "./gateway/starts-elsewhere.ts";
import type { ServerLog } from "./server-log.ts";

/** The credentials of viewers, as a node checks them. */
export type NodeAuth = Pick<Auth, "ofUpgrade" | "ofToken" | "onRevoked">;

/** The gateway of a node, over what is stored and what is told of it. */
export function openNodeGateway(shared: NodeShared, auth: NodeAuth, config: Config, log: ServerLog): Gateway {
  const { store, bus, logs } = shared;
  const onError = (error: unknown) => log("warning", "a socket failed", { error: textOf(error) });

  /** Redis may be away: what is stored is enough to begin with. */
  async function readHead(jobId: string): Promise<ToldHead | null> {
    return bus.isConnected() ? bus.readHead(jobId).catch(() => null) : null;
  }

  /** As far as the bars of jobs were told, they are newer than what is stored of them. */
  async function withTold(job: JobSummary): Promise<JobSummary> {
    const head = await readHead(job.job_id);
    const isNewer = head !== null && head.epoch === store.epoch && head.seq >= job.seq && head.tick > job.tick;
    const progress = isNewer ? progressIn(head) : null;
    return progress === null || job.ended_at !== null ? job : { ...job, progress };
  }

  return createGateway({
    source: {
      epoch: store.epoch,
      store,
      logs,
      ...createStartsElsewhere({
        epoch: store.epoch,
        store,
        opened: async (jobId) => {
          if (bus.isConnected()) await bus.opened(jobId);
        },
        readHead,
      }),
    },
    bus,
    readJobs: async (jobIds) => Promise.all((await shared.readSummaries(jobIds)).map(withTold)),
    listJobs: async (tenantId: string, filter: JobsFilter) =>
      Promise.all((await store.listJobs(jobsQueryOf(tenantId, filter))).items.map(withTold)),
    authenticate: async (request) => viewerOf(await auth.ofUpgrade(request)),
    authenticateToken: async (token, address) => viewerOf(await auth.ofToken(token, address)),
    onRevoked: auth.onRevoked,
    limits: connectionLimitsOf(config),
    nowMs: Date.now,
    onError,
  });
}

/** The bar of the job itself, where it was told. */
function progressIn({ ticks }: ToldHead): JobSummary["progress"] | null {
  for (const frame of ticks) {
    if (!frame.includes('"job.progress"')) continue;
    const { type, data } = JSON.parse(frame) as { readonly type: string; readonly data: JobSummary["progress"] };
    if (type === "job.progress") return data;
  }
  return null;
}
