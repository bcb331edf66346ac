import { connectionLimitsOf } from "./app-reload.ts";
import type { Auth } from "./auth/auth.ts";
import { mayDo, type Principal } from "./auth/principal.ts";
import type { Config } from "./config/config.ts";
import type { Engine } from "./engine.ts";
import { textOf } from "./error-text.ts";
import { createGateway, type Gateway } from "./gateway/gateway.ts";
import { createStartsInMemory } from "./gateway/job-start.ts";
import { jobsQueryOf } from "./gateway/jobs-filter.ts";
import type { ServerLog } from "./server-log.ts";

/** The gateway over the engine's jobs. */
export function openGateway(engine: Engine, auth: Auth, config: Config, log: ServerLog): Gateway {
  const { store, bus, ingest } = engine;
  return createGateway({
    source: {
      epoch: store.epoch,
      store,
      logs: engine.telemetry.jobLogs,
      ...createStartsInMemory({
        epoch: store.epoch,
        store,
        peekJob: (jobId) => {
          const live = ingest.jobs.peek(jobId);
          return (
            live && {
              draft: live.draft,
              asked: () => ingest.asked(live),
              currentTicks: () => ingest.currentTicks(live),
              storedSoon: () => engine.isStoredSoon(live),
            }
          );
        },
        loadJob: ingest.jobs.get,
      }),
    },
    bus,
    readJobs: engine.readLive,
    listJobs: async (tenantId, filter) => engine.refresh((await store.listJobs(jobsQueryOf(tenantId, filter))).items),
    authenticate: async (request) => viewerOf(await auth.ofUpgrade(request)),
    authenticateToken: async (token, address) => viewerOf(await auth.ofToken(token, address)),
    onAlertsChanged: engine.alerts.onChanged,
    onRevoked: auth.onRevoked,
    limits: connectionLimitsOf(config),
    nowMs: Date.now,
    onError: (error) => log("warning", "a socket failed", { error: textOf(error) }),
  });
}

/** Who may not look at jobs is, to the gateway, nobody. */
export function viewerOf(principal: Principal | null): Principal | null {
  return principal !== null && mayDo(principal, "read") ? principal : null;
}
