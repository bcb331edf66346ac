import { ALERT_LEVELS, ALERT_STATES, type Alert } from "@playhead/core";
import * as z from "zod";
import type { AlertsQuery } from "../store/alert-store.ts";
import type { Page } from "../store/store.ts";
import { alert, alertingId } from "./alert-schemas.ts";
import type { Api, Caller } from "./api.ts";
import type { AuditedRequest } from "./key-routes.ts";
import { decodePageToken, encodePageToken, markOfQuery } from "./page-token.ts";
import { reading } from "./reading.ts";
import { moment, pageSize, pageToken, repeated, timestamp } from "./schemas.ts";

/** What was found can be read, and be taken note of. */
export interface AlertRoutesDeps {
  readonly alerts: AlertReads & {
    acknowledge(tenantId: string, alertId: string, by: string, note?: string): Promise<Alert>;
  };
  /** What people call who asks. */
  readonly nameOf: (caller: Caller) => string;
  readonly audit: (request: AuditedRequest, action: string, target: string, tenantId: string) => Promise<void>;
}

export interface AlertReads {
  listAlerts(query: AlertsQuery): Promise<Page<Alert>>;
  readAlert(tenantId: string, alertId: string): Promise<Alert>;
}

/** So many are read at a time, of all that fire. */
const PAGE = 200;

const listAnswer = z.object({ alerts: z.array(alert), next_page_token: z.string().nullable() });
/** An alert in the words of those who think in sessions. */
const sessionAlert = z
  .object({
    alert_id: z.string(),
    timestamp: timestamp.meta({ description: "When it fired" }),
    level: z.enum(ALERT_LEVELS),
    title: z.string(),
    message: z.string(),
    session_id: z.string().nullable(),
    stage: z.string().nullable(),
    error_code: z.string().nullable().meta({ description: "Of the most frequent cause" }),
    resolved: z.boolean(),
    metadata: z.record(z.string(), z.unknown()),
  })
  .meta({ id: "SessionAlert" });
type SessionAlert = z.output<typeof sessionAlert>;

/** Alerts as they can be read: over HTTP, and by a program that has the engine in its own process. */
export function createAlertReadings({ listAlerts }: Pick<AlertReads, "listAlerts">) {
  return {
    alerts: reading({
      summary: "List alerts, the newest first",
      query: z.strictObject({
        state: repeated(z.enum(ALERT_STATES)),
        level: repeated(z.enum(ALERT_LEVELS)),
        rule_id: alertingId.optional(),
        job_id: z.string().min(1).max(128).optional(),
        from: moment.optional(),
        to: moment.optional().meta({ description: "Exclusive" }),
        page_size: pageSize,
        page_token: pageToken,
      }),
      read: async (tenantId, query) => {
        const mark = markOfQuery("alerts", tenantId, query);
        const { items, next } = await listAlerts({
          tenantId,
          limit: query.page_size,
          ...(query.state !== undefined && { states: query.state }),
          ...(query.level !== undefined && { levels: query.level }),
          ...(query.rule_id !== undefined && { ruleId: query.rule_id }),
          ...(query.job_id !== undefined && { jobId: query.job_id }),
          ...(query.from !== undefined && { fromMs: query.from }),
          ...(query.to !== undefined && { toMs: query.to }),
          ...(query.page_token !== undefined && { after: decodePageToken(query.page_token, mark) }),
        });
        return { alerts: [...items], next_page_token: encodePageToken(next, mark) };
      },
    }),
    recent: reading({
      summary: "The newest alerts that fired, of one level or of all",
      query: z.strictObject({
        level: z.preprocess(lowerCase, z.enum(ALERT_LEVELS)).optional(),
        limit: z.coerce.number().int().min(1).max(PAGE).default(50),
      }),
      read: async (tenantId, { level, limit }) => {
        const { items } = await listAlerts({
          tenantId,
          states: ["firing", "resolved"],
          limit,
          ...(level !== undefined && { levels: [level] }),
        });
        return { alerts: items.map(ofSession) };
      },
    }),
  };
}

const lowerCase = (value: unknown) => (typeof value === "string" ? value.toLowerCase() : value);

function ofSession(found: Alert): SessionAlert {
  const { labels, causes, measurements, value, threshold, count, runbook_url } = found;
  return {
    alert_id: found.alert_id,
    timestamp: found.fired_at ?? found.pending_at,
    level: found.level,
    title: found.rule_name,
    message: found.message,
    session_id: found.job_id,
    stage: labels.stage ?? null,
    error_code: labels.error_code ?? causes[0]?.cause ?? null,
    resolved: found.state === "resolved",
    metadata: { labels, measurements, value, threshold, count, causes, runbook_url },
  };
}

/** What alert rules found, now and before; and that somebody has seen it. */
export function addAlertRoutes(api: Api, { alerts, nameOf, audit }: AlertRoutesDeps): void {
  const readings = createAlertReadings(alerts);
  const params = z.object({ alert_id: alertingId });

  api.get(
    "/api/v1/alerts",
    {
      config: { permission: "inspect" },
      schema: { summary: readings.alerts.summary, querystring: readings.alerts.query, response: { 200: listAnswer } },
    },
    ({ tenantId, query }) => readings.alerts.read(tenantId, query),
  );

  api.get(
    "/api/v1/alerts/:alert_id",
    {
      config: { permission: "inspect" },
      schema: { summary: "Read an alert", params, response: { 200: alert } },
    },
    ({ tenantId, params }) => alerts.readAlert(tenantId, params.alert_id),
  );

  api.post(
    "/api/v1/alerts/:alert_id/acknowledge",
    {
      config: { permission: "control" },
      schema: {
        summary: "Say that somebody looks after an alert: it is repeated no more",
        params,
        body: z.strictObject({ note: z.string().trim().min(1).max(500).optional() }).nullish(),
        response: { 200: alert },
      },
    },
    async (request) => {
      const { tenantId, params, body, caller } = request;
      const acknowledged = await alerts.acknowledge(tenantId, params.alert_id, nameOf(caller), body?.note);
      await audit(request, "alert.acknowledged", params.alert_id, tenantId);
      return acknowledged;
    },
  );

  api.get(
    "/api/v1/monitoring/alerts",
    {
      config: { permission: "inspect" },
      schema: {
        summary: readings.recent.summary,
        querystring: readings.recent.query,
        response: { 200: z.object({ alerts: z.array(sessionAlert) }) },
      },
    },
    ({ tenantId, query }) => readings.recent.read(tenantId, query),
  );

  api.delete(
    "/api/v1/monitoring/alerts",
    {
      config: { permission: "control" },
      schema: {
        summary: "Acknowledge all alerts that fire",
        response: { 200: z.object({ acknowledged: z.number() }) },
      },
    },
    async (request) => {
      const { tenantId, caller } = request;
      const open = (await firing(alerts, tenantId)).filter(({ acknowledged_at }) => acknowledged_at === null);
      for (const { alert_id } of open) {
        await alerts.acknowledge(tenantId, alert_id, nameOf(caller));
        await audit(request, "alert.acknowledged", alert_id, tenantId);
      }
      return { acknowledged: open.length };
    },
  );
}

async function firing({ listAlerts }: Pick<AlertReads, "listAlerts">, tenantId: string): Promise<readonly Alert[]> {
  const found: Alert[] = [];
  let after: AlertsQuery["after"] | null;
  do {
    const page = await listAlerts({ tenantId, states: ["firing"], limit: PAGE, ...(after && { after }) });
    found.push(...page.items);
    after = page.next;
  } while (after !== null);
  return found;
}
