import type { AlertStore } from "../../alert-store.ts";
import {
  ALERT_COLUMNS,
  DELIVERY_COLUMNS,
  groupText,
  type IncidentText,
  type PositionText,
  type RowValues,
} from "../../alert-texts.ts";
import { columnText } from "../column-text.ts";
import type { FencedWrites } from "../fenced-writes.ts";
import type { Session, Statement } from "../postgres-database.ts";

/** What of the store writes alerts: one transaction after the other, in the order of the calls. */
export interface AlertWriter extends Pick<AlertStore, "putAlerts" | "pruneAlerts"> {
  /** Resolves when all that was asked for is done, or refused. */
  settled(): Promise<void>;
}

const PUT_ALERTS = upsert("alerts", ALERT_COLUMNS);
const PUT_DELIVERIES = upsert("alert_deliveries", DELIVERY_COLUMNS);
const PUT_INCIDENTS = upsert("alert_incidents", ["group_key", "tenant_id", "incident"]);
const END_INCIDENTS = "DELETE FROM playhead.alert_incidents WHERE group_key = ANY($1)";
const PUT_POSITION = `
  INSERT INTO playhead.alert_position (fact_id, at_ms, windows_fact_id, windows_ms, windows) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (one) DO UPDATE SET fact_id = excluded.fact_id, at_ms = excluded.at_ms,
    windows_fact_id = excluded.windows_fact_id, windows_ms = excluded.windows_ms, windows = excluded.windows`;
/** Without windows there is nothing to catch up with yet: they are as of here, and empty. */
const MOVE_POSITION = `
  INSERT INTO playhead.alert_position (fact_id, at_ms, windows_fact_id, windows_ms, windows) VALUES ($1, $2, $1, $2, '{}')
  ON CONFLICT (one) DO UPDATE SET fact_id = excluded.fact_id, at_ms = excluded.at_ms`;

export function createAlertWriter(write: FencedWrites["write"]): AlertWriter {
  let last: Promise<unknown> = Promise.resolve();

  /** After all that was called before. */
  function inOrder<Result>(work: (session: Session) => Promise<Result>): Promise<Result> {
    const done = last.then(() => write(work));
    last = done.catch(() => {});
    return done;
  }

  return {
    async putAlerts(group) {
      const { alerts, deliveries, incidents, position } = groupText(group);
      await inOrder((session) =>
        Promise.all([
          put(session, PUT_ALERTS, alerts),
          put(session, PUT_DELIVERIES, deliveries),
          putIncidents(session, incidents),
          position === null ? null : putPosition(session, position),
        ]),
      );
    },
    pruneAlerts: (beforeMs, limit) =>
      inOrder(async (session) => {
        const [alerts, deliveries] = await Promise.all([
          session.query(prune("alerts", "alert_id", "resolved_ms"), [beforeMs, limit]),
          session.query(prune("alert_deliveries", "delivery_id", "settled_ms"), [beforeMs, limit]),
        ]);
        return alerts.count === limit || deliveries.count === limit;
      }),
    settled: async () => void (await last),
  };
}

async function putIncidents(session: Session, incidents: readonly IncidentText[]): Promise<void> {
  const over = incidents.filter(({ incident }) => incident === null);
  const rows = incidents.filter(({ incident }) => incident !== null);
  const ended = over.map(({ groupKey }) => columnText(groupKey));
  await Promise.all([
    over.length === 0 ? null : session.query(END_INCIDENTS, [ended]),
    put(
      session,
      PUT_INCIDENTS,
      rows.map(({ groupKey, tenantId, incident }) => [groupKey, tenantId, incident]),
    ),
  ]);
}

async function putPosition(session: Session, { factId, atMs, windows }: PositionText): Promise<void> {
  if (windows === null) await session.query(MOVE_POSITION, [factId, atMs]);
  else await session.query(PUT_POSITION, [factId, atMs, windows.factId, windows.atMs, windows.snapshot]);
}

/** Row by row, in their order: of two with one key the later one counts, and what is new is numbered as it comes. */
async function put(session: Session, statement: Statement, rows: readonly RowValues[]): Promise<void> {
  await Promise.all(
    rows.map((values) =>
      session.query(
        statement,
        values.map((value) => (typeof value === "string" ? columnText(value) : value)),
      ),
    ),
  );
}

/** By the first column. */
function upsert(table: string, [key, ...rest]: readonly string[]): Statement {
  const marks = [key, ...rest].map((_, at) => `$${at + 1}`);
  const news = rest.map((column) => `${column} = excluded.${column}`);
  return {
    name: `put_${table}`,
    text: `INSERT INTO playhead.${table} (${[key, ...rest].join(", ")}) VALUES (${marks.join(", ")})
      ON CONFLICT (${key}) DO UPDATE SET ${news.join(", ")}`,
  };
}

function prune(table: string, key: string, endMs: string): string {
  return `DELETE FROM playhead.${table} WHERE ${key} IN
    (SELECT ${key} FROM playhead.${table} WHERE ${endMs} < $1 ORDER BY ${endMs} LIMIT $2)`;
}
