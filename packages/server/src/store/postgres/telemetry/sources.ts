import { columnText } from "../column-text.ts";
import type { Session, Statement } from "../postgres-database.ts";

const PUT: Statement = {
  name: "put_telemetry_sources",
  text: `
    INSERT INTO playhead.telemetry_sources AS known (source, n) SELECT * FROM unnest($1::text[], $2::bigint[])
    ON CONFLICT (source) DO UPDATE SET n = greatest(known.n, excluded.n)`,
};

/** Within a transaction; never goes back. */
export async function writeSources(session: Session, sources: ReadonlyMap<string, number>): Promise<void> {
  if (sources.size === 0) return;
  await session.query(PUT, [[...sources.keys()].map(columnText), [...sources.values()]]);
}

export async function readSource(session: Session, source: string): Promise<number> {
  const { rows } = await session.query<{ n: number }>("SELECT n FROM playhead.telemetry_sources WHERE source = $1", [
    columnText(source),
  ]);
  return rows[0]?.n ?? 0;
}
