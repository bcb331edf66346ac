import { requestLimitsOf } from "./app-reload.ts";
import type { Auth } from "./auth/auth.ts";
import { mayDo } from "./auth/principal.ts";
import { NODE_HEADER, type NodeProof } from "./cluster/node-proof.ts";
import type { Config } from "./config/config.ts";
import { textOf } from "./error-text.ts";
import type { Gateway } from "./gateway/gateway.ts";
import { createHttp } from "./http/create-http.ts";
import { addForwardRoutes } from "./http/forward-routes.ts";
import { addMetricsRoute } from "./http/metrics-route.ts";
import { addNodeRoutes, type NodeRoutesDeps } from "./http/node-routes.ts";
import { addPageRoutes } from "./http/page-routes.ts";
import { createRequestLimit } from "./http/request-limit.ts";
import { addStreamRoutes } from "./http/stream-routes.ts";
import type { Metrics } from "./metrics/metrics.ts";
import type { ServerLog } from "./server-log.ts";
import { DEFAULT_TENANT } from "./tenants.ts";

export interface NodeHttpDeps extends NodeRoutesDeps {
  readonly config: Config;
  readonly version: string;
  readonly dashboardFolder: string;
  readonly authenticate: Auth["ofRequest"];
  readonly gateway: Pick<Gateway, "openStream" | "poll" | "attach">;
  /** Where the engine is. @throws PlayheadError `service_unavailable` while it is nowhere */
  readonly engineUrl: () => string;
  readonly proof: NodeProof;
  /** Of this node. */
  readonly metrics: Pick<Metrics, "contentType" | "text" | "noteRequest">;
  readonly log: ServerLog;
}

/** What the public asks of a node: viewers' streams and pages it serves itself, everything else it hands on to the engine. */
export async function openNodeHttp(deps: NodeHttpDeps) {
  const { config, version, dashboardFolder, authenticate, gateway, engineUrl, proof, metrics, log } = deps;
  const requestLimit = createRequestLimit({ ...requestLimitsOf(config), nowMs: Date.now });
  const http = await createHttp({
    version,
    authenticate,
    mayDo,
    admit: requestLimit.admit,
    onError: (error, request) => log("error", "a request failed", { ...request, error: textOf(error) }),
    onAnswered: metrics.noteRequest,
  });
  addNodeRoutes(http, deps);
  addStreamRoutes(http, gateway);
  addMetricsRoute(http, { ...metrics, runsServer: ({ tenantId }) => tenantId === DEFAULT_TENANT });
  await addPageRoutes(http, { dashboardFolder });
  const forwarding = await addForwardRoutes(http, { engineUrl, nodeHeaders: { [NODE_HEADER]: proof.value } });
  gateway.attach(http.server);
  return { http, requestLimit, cutForwarded: forwarding.cut };
}
