import type { LogFilter } from "@playhead/core";
import { type EntryTuple, entryOf, tupleOf } from "../../entry-row.ts";
import { createLogMatcher } from "../../log-filter.ts";
import { givenUp, splitRunning } from "../../running-calls.ts";
import type { EntryRow } from "../../telemetry-store.ts";
import { columnText } from "../column-text.ts";
import type { Session, Statement } from "../postgres-database.ts";

const END: Statement = {
  name: "end_running_calls",
  text: `DELETE FROM playhead.running_calls USING unnest($1::text[], $2::text[]) AS ended (tenant, span)
    WHERE tenant_id = tenant AND span_id = span`,
};
const START: Statement = {
  name: "start_running_calls",
  text: `
    INSERT INTO playhead.running_calls (tenant_id, span_id, session_id, ts_ms, entry)
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[])
    ON CONFLICT (tenant_id, span_id) DO UPDATE SET
      run_id = excluded.run_id, session_id = excluded.session_id, ts_ms = excluded.ts_ms, entry = excluded.entry`,
};

/** Notes the calls that begin, and takes back those that end. Within a transaction. */
export async function writeRunning(session: Session, rows: readonly EntryRow[]): Promise<void> {
  const { ends, started } = splitRunning(rows);
  const ended = ends.filter(({ spanId }) => spanId !== null);
  const spans = ended.map(({ spanId }) => columnText(spanId as string));
  const sent: Promise<unknown>[] = [];
  if (ended.length > 0) sent.push(session.query(END, [ended.map(({ tenantId }) => columnText(tenantId)), spans]));
  if (started.length > 0) sent.push(session.query(START, startValues(started)));
  await Promise.all(sent);
}

function startValues(started: readonly EntryRow[]): readonly unknown[][] {
  // One statement cannot change a row twice: of calls that began twice, the last one counts.
  const last = new Map<string | number, EntryRow>();
  for (const [place, row] of started.entries()) {
    const key = row.spanId === null ? place : `${row.tenantId} ${row.spanId}`;
    last.delete(key);
    last.set(key, row);
  }
  const rows = [...last.values()];
  return [
    rows.map(({ tenantId }) => columnText(tenantId)),
    rows.map(({ spanId }) => (spanId === null ? null : columnText(spanId))),
    rows.map(({ sessionId }) => columnText(sessionId)),
    rows.map(({ tsMs }) => tsMs),
    rows.map((row) => JSON.stringify(row)),
  ];
}

/** What runs of a session, made what it is when it is given up; it is no longer under way. Within a transaction. */
export async function endRunning(
  session: Session,
  { sessionId, atMs, reason }: { readonly sessionId: string; readonly atMs: number; readonly reason: string },
): Promise<readonly EntryRow[]> {
  const { rows } = await session.query<{ run_id: number; entry: string }>(
    "DELETE FROM playhead.running_calls WHERE session_id = $1 RETURNING run_id, entry",
    [columnText(sessionId)],
  );
  const inOrder = rows.toSorted((a, b) => a.run_id - b.run_id);
  return inOrder.map(({ entry }) => givenUp(JSON.parse(entry), atMs, reason));
}

/** Calls under way that a filter wants; their ids are negative, and stay the same while they run. */
export async function findRunning(
  session: Session,
  filter: LogFilter,
  fromMs: number,
  toMs: number,
): Promise<readonly EntryTuple[]> {
  if (filter.event_types?.includes("start") === false || filter.levels?.includes("debug") === false) return [];
  const { rows } = await session.query<{ run_id: number; entry: string }>(
    "SELECT run_id, entry FROM playhead.running_calls WHERE tenant_id = $1 AND ts_ms >= $2 AND ts_ms < $3",
    [columnText(filter.tenant_id), fromMs, toMs],
  );
  const matches = createLogMatcher(filter);
  return rows
    .map(({ run_id, entry }) => tupleOf(-run_id, JSON.parse(entry) as EntryRow))
    .filter((tuple) => matches(entryOf(tuple)));
}
