import type { Alert, AlertDelivery } from "@playhead/core";
import { type SqlBool, sql } from "kysely";
import type { AlertStore, AlertsQuery, DeliveriesQuery } from "../../alert-store.ts";
import type { Page } from "../../store.ts";
import { columnText } from "../column-text.ts";
import type { Session } from "../postgres-database.ts";
import { createQueryBuilder } from "../query-builder.ts";

/** The tables that lists are made of, as migrations leave them. */
interface ListTables {
  readonly alerts: {
    readonly alert_id: string;
    readonly tenant_id: string;
    readonly rule_id: string;
    readonly level: string;
    readonly state: string;
    readonly job_id: string | null;
    readonly pending_ms: number;
    readonly alert: string;
  };
  readonly alert_deliveries: {
    readonly delivery_id: string;
    readonly tenant_id: string;
    readonly channel: string;
    readonly rule_id: string;
    readonly state: string;
    readonly created_ms: number;
    readonly delivery: string;
  };
}

const build = createQueryBuilder<ListTables>();

/** In the words of the index alerts_live: few alerts are not over, of however many. */
const IS_LIVE = sql<SqlBool>`state <> 'resolved'`;

/** Pages of alerts and deliveries, newest first. */
export function createAlertLister(session: Session): Pick<AlertStore, "listAlerts" | "listDeliveries"> {
  return {
    async listAlerts(query) {
      const isOfNothing = query.states?.length === 0 || query.levels?.length === 0;
      return pageOf<Alert>(isOfNothing ? [] : await session.run(alertsQuery(query)), query.limit);
    },
    async listDeliveries(query) {
      const isOfNothing = query.states?.length === 0;
      return pageOf<AlertDelivery>(isOfNothing ? [] : await session.run(deliveriesQuery(query)), query.limit);
    },
  };
}

function alertsQuery({ tenantId, states, levels, ruleId, jobId, fromMs, toMs, limit, after }: AlertsQuery) {
  let select = build
    .selectFrom("alerts")
    .select(["alert_id as id", "pending_ms as ms", "alert as text"])
    .where("tenant_id", "=", columnText(tenantId))
    .orderBy("pending_ms", "desc")
    .orderBy("alert_id", "desc")
    .limit(limit + 1);
  if (states !== undefined) select = select.where("state", "in", states);
  if (states !== undefined && !states.includes("resolved")) select = select.where(IS_LIVE);
  if (levels !== undefined) select = select.where("level", "in", levels);
  if (ruleId !== undefined) select = select.where("rule_id", "=", columnText(ruleId));
  if (jobId !== undefined) select = select.where("job_id", "=", columnText(jobId));
  if (fromMs !== undefined) select = select.where("pending_ms", ">=", fromMs);
  if (toMs !== undefined) select = select.where("pending_ms", "<", toMs);
  if (after !== undefined) select = select.where(sql<SqlBool>`(pending_ms, alert_id) < (${after.value}, ${after.id})`);
  return select;
}

function deliveriesQuery({ tenantId, channel, states, alertRuleId, limit, after }: DeliveriesQuery) {
  let select = build
    .selectFrom("alert_deliveries")
    .select(["delivery_id as id", "created_ms as ms", "delivery as text"])
    .where("tenant_id", "=", columnText(tenantId))
    .orderBy("created_ms", "desc")
    .orderBy("delivery_id", "desc")
    .limit(limit + 1);
  if (channel !== undefined) select = select.where("channel", "=", columnText(channel));
  if (states !== undefined) select = select.where("state", "in", states);
  if (alertRuleId !== undefined) select = select.where("rule_id", "=", columnText(alertRuleId));
  if (after !== undefined)
    select = select.where(sql<SqlBool>`(created_ms, delivery_id) < (${after.value}, ${after.id})`);
  return select;
}

interface ListedRow {
  readonly id: string;
  readonly ms: number;
  readonly text: string;
}

function pageOf<Item>(rows: readonly ListedRow[], limit: number): Page<Item> {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const next = rows.length > limit && last !== undefined ? { value: last.ms, id: last.id } : null;
  return { items: page.map(({ text }) => JSON.parse(text)), next };
}
