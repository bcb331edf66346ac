/** What rules would have heard in days gone by: facts out of their log, calls by the minute. */
import type { AlertStore } from "../store/alert-store.ts";
import type { TelemetryStore } from "../store/telemetry-store.ts";
import { heardOfRollup, mergeHeard } from "./evaluate/backtest.ts";
import { heardOfFact } from "./hear.ts";
import type { Heard } from "./heard.ts";

export interface StoredHeardDeps {
  readonly store: Pick<AlertStore, "readFactLog" | "readFactLogEnd">;
  readonly telemetry: Pick<TelemetryStore, "readRollups">;
}

export interface StoredHeardRange {
  readonly tenantId: string;
  readonly fromMs: number;
  readonly toMs: number;
}

const PAGE = 1_000;
const ROLLUPS_MS = 6 * 3_600_000;

/** All of a tenant's in a range, in the order of time. */
export function storedHeard(deps: StoredHeardDeps, range: StoredHeardRange): AsyncIterable<readonly Heard[]> {
  return mergeHeard(storedFacts(deps, range), storedCalls(deps, range));
}

async function* storedFacts({ store }: StoredHeardDeps, { tenantId, fromMs, toMs }: StoredHeardRange) {
  let heardMs = fromMs;
  for (let after = await factBefore(store, fromMs); ; ) {
    const page = await store.readFactLog(after, PAGE);
    const last = page.at(-1);
    if (last === undefined) return;
    const heard: Heard[] = [];
    for (const fact of page) {
      // The log is in the order of commits: what was late counts as of when it came, as far as that can be told.
      heardMs = Math.max(heardMs, Math.min(toMs, Date.parse(fact.event.ts)));
      if (fact.tenantId === tenantId) heard.push({ ...heardOfFact(fact, null), atMs: heardMs });
    }
    yield heard;
    if (heardMs >= toMs) return;
    after = last.factId;
  }
}

/** A fact before all that happened from then on: found by halves, since the log grows with time. */
async function factBefore(store: StoredHeardDeps["store"], fromMs: number): Promise<number> {
  let [low, high] = [0, await store.readFactLogEnd()];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [fact] = await store.readFactLog(middle, 1);
    if (fact !== undefined && Date.parse(fact.event.ts) < fromMs) low = Math.max(middle + 1, fact.factId);
    else high = middle;
  }
  return Math.max(0, low - 1);
}

async function* storedCalls({ telemetry }: StoredHeardDeps, { tenantId, fromMs, toMs }: StoredHeardRange) {
  for (let at = fromMs; at < toMs; at += ROLLUPS_MS) {
    const range = { fromMs: at, toMs: Math.min(toMs, at + ROLLUPS_MS) };
    const rollups = await telemetry.readRollups({ tenantId, span: "minute", range });
    yield rollups.toSorted((a, b) => a.startMs - b.startMs).map((rollup) => heardOfRollup(tenantId, rollup));
  }
}
