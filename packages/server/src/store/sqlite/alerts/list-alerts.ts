import { type SqlBool, sql } from "kysely";
import type { AlertsQuery, DeliveriesQuery } from "../../alert-store.ts";
import type { TextPage } from "../list-jobs.ts";
import { build, type RunQuery } from "../query-builder.ts";

/** In the words of the index alerts_live: few alerts are not over, of however many. */
const IS_LIVE = sql<SqlBool>`state <> 'resolved'`;

/** A page of alerts, newest first. */
export function listAlerts(run: RunQuery, query: AlertsQuery): TextPage {
  const { tenantId, states, levels, ruleId, jobId, fromMs, toMs, limit, after } = query;
  let select = build
    .selectFrom("alerts")
    .select(["alert_id as id", "pending_ms as ms", "alert as text"])
    .where("tenant_id", "=", tenantId)
    .orderBy("pending_ms", "desc")
    .orderBy("alert_id", "desc")
    .limit(limit + 1);
  if (states !== undefined) select = select.where("state", "in", states);
  if (states !== undefined && !states.includes("resolved")) select = select.where(IS_LIVE);
  if (levels !== undefined) select = select.where("level", "in", levels);
  if (ruleId !== undefined) select = select.where("rule_id", "=", ruleId);
  if (jobId !== undefined) select = select.where("job_id", "=", jobId);
  if (fromMs !== undefined) select = select.where("pending_ms", ">=", fromMs);
  if (toMs !== undefined) select = select.where("pending_ms", "<", toMs);
  if (after !== undefined) select = select.where(sql<SqlBool>`(pending_ms, alert_id) < (${after.value}, ${after.id})`);
  return pageOf(run(select), limit);
}

/** A page of deliveries, newest first. */
export function listDeliveries(run: RunQuery, query: DeliveriesQuery): TextPage {
  const { tenantId, channel, states, alertRuleId, limit, after } = query;
  let select = build
    .selectFrom("alert_deliveries")
    .select(["delivery_id as id", "created_ms as ms", "delivery as text"])
    .where("tenant_id", "=", tenantId)
    .orderBy("created_ms", "desc")
    .orderBy("delivery_id", "desc")
    .limit(limit + 1);
  if (channel !== undefined) select = select.where("channel", "=", channel);
  if (states !== undefined) select = select.where("state", "in", states);
  if (alertRuleId !== undefined) select = select.where("rule_id", "=", alertRuleId);
  if (after !== undefined)
    select = select.where(sql<SqlBool>`(created_ms, delivery_id) < (${after.value}, ${after.id})`);
  return pageOf(run(select), limit);
}

interface ListedRow {
  readonly id: string;
  readonly ms: number;
  readonly text: string;
}

function pageOf(rows: readonly ListedRow[], limit: number): TextPage {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const next = rows.length > limit && last !== undefined ? { value: last.ms, id: last.id } : null;
  return { items: page.map(({ text }) => text), next };
}
