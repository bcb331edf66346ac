import type { SampleRow, TelemetryStore } from "../../telemetry-store.ts";
import { columnText, textOfColumn } from "../column-text.ts";
import type { Session, Statement } from "../postgres-database.ts";

const INSERT: Statement = {
  name: "insert_machine_samples",
  text: `INSERT INTO playhead.machine_samples (tenant_id, ts_ms, source, sample)
    SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[])`,
};

/** Within a transaction. */
export async function writeSamples(session: Session, samples: readonly SampleRow[]): Promise<void> {
  if (samples.length === 0) return;
  await session.query(INSERT, [
    samples.map(({ tenantId }) => columnText(tenantId)),
    samples.map(({ tsMs }) => tsMs),
    samples.map(({ source }) => columnText(source)),
    samples.map(({ sample }) => JSON.stringify(sample)),
  ]);
}

export async function readSamples(
  session: Session,
  { tenantId, range, limit }: Parameters<TelemetryStore["readSamples"]>[0],
): ReturnType<TelemetryStore["readSamples"]> {
  const { rows } = await session.query<{ ts_ms: number; source: string; sample: string }>(
    `SELECT ts_ms, source, sample FROM playhead.machine_samples
     WHERE tenant_id = $1 AND ts_ms >= $2 AND ts_ms < $3 ORDER BY ts_ms, sample_id LIMIT $4`,
    [columnText(tenantId), range.fromMs, range.toMs, limit],
  );
  return rows.map(({ ts_ms, source, sample }) => {
    return { ...JSON.parse(sample), ts: new Date(ts_ms).toISOString(), source: textOfColumn(source) };
  });
}
