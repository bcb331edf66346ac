import type { TimeRange } from "@playhead/core";
import type { RollupSpan } from "../store/telemetry-store.ts";
import {
  createFunctionTrends,
  type FunctionsQuery,
  type FunctionTrend,
  type FunctionTrendsDeps,
} from "./function-trends.ts";
import type { JobMeasures } from "./job-measures.ts";
import { createKindTrends, type KindTrend, type MediaTrend } from "./kind-trends.ts";

export interface TrendsQuery extends Omit<FunctionsQuery, "span"> {
  /** @defaultValue `hour` of up to two weeks, else `day` */
  readonly span?: RollupSpan;
}

/** Whether things get slower, since when, and by how much. */
export interface Trends {
  readonly range: { readonly from: string; readonly to: string };
  readonly span: RollupSpan;
  readonly functions: readonly FunctionTrend[];
  /** How many functions were called less, and are not among them. */
  readonly functions_left_out: number;
  /** Empty where one function or category was asked about, as is `media`. */
  readonly kinds: readonly KindTrend[];
  readonly media: readonly MediaTrend[];
}

export interface TrendsDeps extends FunctionTrendsDeps {
  readonly measures: JobMeasures;
}

const HOURS_UP_TO_MS = 14 * 86_400_000;

/** Answers what became slower. */
export function createTrends({ measures, ...deps }: TrendsDeps) {
  const functions = createFunctionTrends(deps);
  const kinds = createKindTrends({ measures, analyze: deps.analyze });

  return async (query: TrendsQuery): Promise<Trends> => {
    const { tenantId, range, category, name, span = spanOf(range) } = query;
    const isOfCalls = category !== undefined || name !== undefined;
    const ofKinds = isOfCalls ? { kinds: [], media: [] } : await kinds.read(tenantId, range);
    return {
      range: { from: new Date(range.fromMs).toISOString(), to: new Date(range.toMs).toISOString() },
      span,
      ...(await functions.read({ ...query, span })),
      ...ofKinds,
    };
  };
}

function spanOf({ fromMs, toMs }: TimeRange): RollupSpan {
  return toMs - fromMs <= HOURS_UP_TO_MS ? "hour" : "day";
}
