import { compareSamples, type TimeRange } from "@playhead/core";
import type { NamedMedians, TelemetryStore } from "../store/telemetry-store.ts";
import { windowOf } from "./window-of.ts";

/** Of each function and range. */
const MAX_WINDOWS = 500;

/** What tells functions apart. */
export const functionKey = ({ category, name }: Pick<NamedMedians, "category" | "name">) => `${category} ${name}`;

/**
 * How likely chance alone makes two ranges differ as they do, by {@link functionKey}: the medians of their windows are
 * compared by their ranks. Of functions that were called in too few windows, nothing.
 */
export async function compareWindows(
  store: Pick<TelemetryStore, "readMedians">,
  {
    before,
    after,
    ...which
  }: { readonly tenantId: string; readonly before: TimeRange; readonly after: TimeRange } & Partial<
    Pick<NamedMedians, "category" | "name">
  >,
): Promise<ReadonlyMap<string, number>> {
  const query = { ...which, span: windowOf(before, after), limit: MAX_WINDOWS };
  const read = (range: TimeRange) => store.readMedians({ ...query, range });
  const [then, now] = await Promise.all([read(before), read(after)]);
  const earlier = new Map(then.map((each) => [functionKey(each), mediansOf(each)]));
  return new Map(
    now.flatMap((each) => {
      const compared = compareSamples(earlier.get(functionKey(each)) ?? [], mediansOf(each));
      return compared === null ? [] : [[functionKey(each), compared.pValue]];
    }),
  );
}

const mediansOf = ({ points }: NamedMedians) => points.map(({ medianMs }) => medianMs);
