import type { ForecastBasis, JsonObject } from "@playhead/core";
import type { Store } from "../store/store.ts";
import { readPoints, storedPoints, type ToldPoint } from "./told-points.ts";

/** What was said of a job while it ran. */
export interface ToldOfJob {
  readonly points: readonly ToldPoint[];
  readonly basis: ForecastBasis;
  readonly explanation: string;
}

const COLLECTION = "told_forecasts";

/** Keeps what was said of jobs, as long as their details are kept. */
export function createToldStore({
  store,
  nowMs,
  keepMs,
}: {
  readonly store: Pick<Store, "putDocument" | "readDocument">;
  readonly nowMs: () => number;
  readonly keepMs: () => number;
}) {
  return {
    async keep(tenantId: string, jobId: string, { points, basis, explanation }: ToldOfJob): Promise<void> {
      const body: JsonObject = { ...storedPoints(points), basis: { ...basis }, explanation };
      await store.putDocument({ collection: COLLECTION, id: jobId, tenantId, body, expiresMs: nowMs() + keepMs() });
    },
    async read(jobId: string): Promise<ToldOfJob | null> {
      const found = await store.readDocument(COLLECTION, jobId);
      if (found === null) return null;
      const { basis, explanation } = found.body as unknown as ToldOfJob;
      return { points: readPoints(found.body), basis, explanation };
    },
  };
}
