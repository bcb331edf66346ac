import { type JsonObject, PlayheadError } from "@playhead/core";
import type { Alerts } from "./alerts/alerts.ts";

/** Who did it, where a program in this process did. */
const BY = "this process";

type Change = (tenantId: string, id: string, body: JsonObject) => Promise<unknown>;

/**
 * What a program in this process may change of alerts, by the addresses that HTTP has for it under `/api/v1/`.
 *
 * @throws PlayheadError as those routes do
 */
export function createAlertChanges(alerts: Alerts) {
  const changes: Readonly<Record<string, Change>> = {
    "POST alert-rules": (tenantId, _, body) => alerts.putRule(tenantId, null, body),
    "PUT alert-rules/:id": (tenantId, id, body) => alerts.putRule(tenantId, id, body),
    "DELETE alert-rules/:id": async (tenantId, id) => gone(await alerts.removeRule(tenantId, id), `alert rule ${id}`),
    "POST alerts/:id/acknowledge": (tenantId, id, { note }) =>
      alerts.acknowledge(tenantId, id, BY, typeof note === "string" ? note : undefined),
    "POST alert-silences": (tenantId, _, body) => alerts.silence(tenantId, body, BY),
    "DELETE alert-silences/:id": async (tenantId, id) => gone(await alerts.endSilence(tenantId, id), `silence ${id}`),
    "POST alert-channels/:id/test": (_, id) => alerts.testChannel(id),
  };

  return async (tenantId: string, method: string, path: string, body: JsonObject | null): Promise<unknown> => {
    const [list = "", id, ...rest] = path.split("/");
    const route = [`${method} ${list}`, ...(id === undefined ? [] : [":id"]), ...rest].join("/");
    const change = Object.hasOwn(changes, route) ? changes[route] : undefined;
    if (change === undefined) throw new PlayheadError("not_found", `there is no ${method} ${path}`);
    return change(tenantId, decodeURIComponent(id ?? ""), body ?? {});
  };
}

function gone(wasThere: boolean, what: string): null {
  if (wasThere) return null;
  throw new PlayheadError("not_found", `there is no ${what}`);
}
