import type { Alerts } from "./alerts/alerts.ts";
import type { Audit } from "./audit/audit.ts";
import type { Auth } from "./auth/auth.ts";
import type { Engine } from "./engine.ts";
import { addActiveSessionsRoute, createActiveSessions } from "./http/active-sessions-route.ts";
import { addAlertChannelRoutes } from "./http/alert-channel-routes.ts";
import { addAlertRoutes } from "./http/alert-routes.ts";
import { addAlertRuleRoutes } from "./http/alert-rule-routes.ts";
import { addAlertSilenceRoutes } from "./http/alert-silence-routes.ts";
import type { Api, Caller } from "./http/api.ts";
import type { AuditedRequest } from "./http/key-routes.ts";
import { DEFAULT_TENANT } from "./tenants.ts";

export interface AlertApiParts {
  readonly alerts: Alerts;
  readonly engine: Pick<Engine, "store" | "refresh">;
  readonly auth: Pick<Auth, "isOwner" | "listKeys">;
  readonly log: Audit;
}

/** Alerts, their rules, silences and channels; and the sessions that go on. */
export function addAlerts(http: Api, { alerts, engine, auth, log }: AlertApiParts): void {
  const audit = ({ caller, ip }: AuditedRequest, action: string, target: string, tenantId: string) =>
    log.record({ credential_id: caller.credentialId, tenant_id: tenantId, action, target, address: ip });
  const nameOf = (caller: Caller): string => {
    if (auth.isOwner(caller)) return "access key";
    const key = auth.listKeys(caller.tenantId).find(({ key_id }) => key_id === caller.credentialId);
    return key?.name ?? caller.credentialId;
  };
  addAlertRoutes(http, { alerts, nameOf, audit });
  addAlertRuleRoutes(http, { rules: alerts, audit });
  addAlertSilenceRoutes(http, { silences: alerts, nameOf, audit });
  addAlertChannelRoutes(http, { channels: alerts, runsServer: (tenantId) => tenantId === DEFAULT_TENANT, audit });
  const { store, refresh } = engine;
  addActiveSessionsRoute(http, createActiveSessions({ listJobs: store.listJobs, refresh, nowMs: Date.now }));
}
