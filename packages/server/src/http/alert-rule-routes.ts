import { type AlertBacktest, type AlertRule, type AlertRuleDraft, PlayheadError } from "@playhead/core";
import * as z from "zod";
import { alertBacktest, alertingId, alertRule, alertRuleDraft, checkedRule } from "./alert-schemas.ts";
import type { Api } from "./api.ts";
import type { AuditedRequest } from "./key-routes.ts";
import { reading } from "./reading.ts";

export interface AlertRuleRoutesDeps {
  readonly rules: {
    listRules(tenantId: string): Promise<readonly AlertRule[]>;
    readRule(tenantId: string, ruleId: string): Promise<AlertRule>;
    putRule(tenantId: string, ruleId: string | null, draft: unknown): Promise<AlertRule>;
    removeRule(tenantId: string, ruleId: string): Promise<boolean>;
    checkRule(draft: unknown): AlertRuleDraft;
    backtest(tenantId: string, draft: unknown, days: number): Promise<AlertBacktest>;
    measurements(): readonly z.output<typeof measurement>[];
  };
  readonly audit: (request: AuditedRequest, action: string, target: string, tenantId: string) => Promise<void>;
}

/** The rules as they can be read: over HTTP, and by a program that has the engine in its own process. */
export const createAlertRuleReading = ({ listRules }: Pick<AlertRuleRoutesDeps["rules"], "listRules">) =>
  reading({
    summary: "List alert rules: those that are built in, then the others by their names",
    query: z.strictObject({}),
    read: async (tenantId) => ({ rules: [...(await listRules(tenantId))] }),
  });

const PATH = "/api/v1/alert-rules";
const measurement = z
  .object({ name: z.string(), unit: z.string(), description: z.string() })
  .meta({ id: "AlertMeasurement" });
/** Further back little is kept that rules are about. */
const MAX_DAYS = 30;

/** When people are told of what: the rules that come with Playhead, and a tenant's own. */
export function addAlertRuleRoutes(api: Api, { rules, audit }: AlertRuleRoutesDeps): void {
  const params = z.object({ rule_id: alertingId });
  const all = createAlertRuleReading(rules);

  api.get(
    PATH,
    {
      config: { permission: "inspect" },
      schema: {
        summary: all.summary,
        querystring: all.query,
        response: { 200: z.object({ rules: z.array(alertRule) }) },
      },
    },
    ({ tenantId, query }) => all.read(tenantId, query),
  );

  api.get(
    `${PATH}/measurements`,
    {
      config: { permission: "inspect" },
      schema: {
        summary: "What conditions may name",
        response: { 200: z.object({ measurements: z.array(measurement) }) },
      },
    },
    async () => ({ measurements: [...rules.measurements()] }),
  );

  api.get(
    `${PATH}/:rule_id`,
    {
      config: { permission: "inspect" },
      schema: { summary: "Read an alert rule", params, response: { 200: alertRule } },
    },
    ({ tenantId, params }) => rules.readRule(tenantId, params.rule_id),
  );

  api.post(
    PATH,
    {
      config: { permission: "admin" },
      schema: { summary: "Make an alert rule", body: alertRuleDraft, response: { 201: alertRule } },
    },
    async (request, reply) => {
      const { tenantId, body } = request;
      const rule = await rules.putRule(tenantId, null, body);
      await audit(request, "alert_rule.created", rule.rule_id, tenantId);
      reply.status(201).header("location", `${PATH}/${encodeURIComponent(rule.rule_id)}`);
      return rule;
    },
  );

  api.put(
    `${PATH}/:rule_id`,
    {
      config: { permission: "admin" },
      schema: { summary: "Replace an alert rule", params, body: alertRuleDraft, response: { 200: alertRule } },
    },
    async (request) => {
      const { tenantId, params, body } = request;
      const rule = await rules.putRule(tenantId, params.rule_id, body);
      await audit(request, "alert_rule.changed", rule.rule_id, tenantId);
      return rule;
    },
  );

  api.delete(
    `${PATH}/:rule_id`,
    {
      config: { permission: "admin" },
      schema: {
        summary: "Remove an alert rule; one that is built in goes back to what it comes with",
        params,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { tenantId, params } = request;
      if (!(await rules.removeRule(tenantId, params.rule_id))) {
        throw new PlayheadError("not_found", `there is no alert rule ${params.rule_id}`);
      }
      await audit(request, "alert_rule.removed", params.rule_id, tenantId);
      reply.status(204);
      return null;
    },
  );

  api.post(
    `${PATH}/check`,
    {
      config: { permission: "admin" },
      schema: {
        summary: "Check an alert rule without keeping it",
        body: alertRuleDraft,
        response: { 200: checkedRule },
      },
    },
    async ({ body }) => ({ ...rules.checkRule(body) }),
  );

  api.post(
    `${PATH}/backtest`,
    {
      config: { permission: "admin" },
      schema: {
        summary: "What an alert rule would have done in the last days",
        body: z.strictObject({ rule: alertRuleDraft, days: z.number().min(0.01).max(MAX_DAYS).default(7) }),
        response: { 200: alertBacktest },
      },
    },
    ({ tenantId, body }) => rules.backtest(tenantId, body.rule, body.days),
  );
}
