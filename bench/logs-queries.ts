import type { EntriesQuery, TelemetryStore } from "@playhead/server";
import { FUNCTIONS, JOBS, TENANT, USERS } from "./logs-workload.ts";
import { quantile } from "./report.ts";

/** Questions of one kind. */
interface Question {
  readonly name: string;
  ask(random: () => number): Promise<unknown>;
}

const PAGE = { tenant_id: TENANT, order: "desc", limit: 50 } as const;
const DAY_MS = 86_400_000;

/** What people ask of logs and of performance; the range is that of all entries. */
export function logQuestions(store: TelemetryStore, range: { readonly fromMs: number; readonly toMs: number }) {
  const { fromMs, toMs } = range;
  const find = (query: Partial<EntriesQuery>) => store.queryEntries({ ...PAGE, ...query });
  const pick = (random: () => number, count: number) => Math.floor(random() * count);
  const moment = (random: () => number) => fromMs + Math.floor(random() * (toMs - fromMs));
  const filters: readonly Question[] = [
    { name: "newest", ask: () => find({}) },
    { name: "job", ask: (random) => find({ job_id: `job_${pick(random, JOBS)}` }) },
    {
      name: "job, oldest first, from a moment on",
      ask: (random) => {
        const job = pick(random, JOBS);
        const at = fromMs + Math.floor(((toMs - fromMs) * job) / JOBS);
        return find({ job_id: `job_${job}`, order: "asc", range: { fromMs: at, toMs } });
      },
    },
    {
      name: "errors of a function",
      ask: (random) => find({ levels: ["error"], function_name: `function${pick(random, FUNCTIONS)}` }),
    },
    {
      name: "errors of a user within a day",
      ask: (random) => {
        const at = moment(random);
        const within = { fromMs: at, toMs: at + DAY_MS };
        return find({ levels: ["error"], user_id: `user_${pick(random, USERS)}`, range: within });
      },
    },
    {
      name: "five minutes",
      ask: (random) => {
        const at = moment(random);
        return find({ range: { fromMs: at, toMs: at + 300_000 } });
      },
    },
    { name: "calls over 2.9 s", ask: () => find({ duration_over: 2_900 }) },
    {
      name: "a field and a category",
      ask: (random) => find({ fields: { host: `host${pick(random, 8)}` }, category: "db" }),
    },
    { name: "what cannot be", ask: () => find({ levels: ["info"], event_types: ["error"] }) },
  ];
  const texts: readonly Question[] = [
    { name: "rare word", ask: (random) => find({ text: String(pick(random, 1_000_000)) }) },
    { name: "common word", ask: () => find({ text: "probe" }) },
    { name: "two words and a level", ask: () => find({ text: "bucket timeout", levels: ["error"] }) },
    { name: "phrase", ask: () => find({ text: '"segment bucket item"' }) },
    { name: "word of a job", ask: (random) => find({ text: "render", job_id: `job_${pick(random, JOBS)}` }) },
    { name: "beginning of a rare word", ask: (random) => find({ text: `${10_000 + pick(random, 90_000)}*` }) },
  ];
  const calls = { tenantId: TENANT, quantiles: [0.5, 0.9, 0.95, 0.99] };
  const percentiles: readonly Question[] = [
    {
      name: "all functions, a day",
      ask: (random) => {
        const at = moment(random);
        return store.sumCalls({ ...calls, range: { fromMs: at, toMs: at + DAY_MS } });
      },
    },
    { name: "all functions, all time", ask: () => store.sumCalls({ ...calls, range }) },
    {
      name: "one function by day",
      ask: (random) =>
        store.sumCallsBySpan({ ...calls, range, span: "day", name: `function${pick(random, FUNCTIONS)}` }),
    },
  ];
  const ninetyDays: readonly Question[] = [
    {
      name: "p95 of a function over 90 days",
      ask: (random) =>
        store.sumCalls({
          ...calls,
          quantiles: [0.95],
          range,
          name: `function${pick(random, FUNCTIONS)}`,
          category: "function",
        }),
    },
  ];
  return { filters, texts, percentiles, ninetyDays };
}

/** Milliseconds of each question, asked so many times, one after the other. */
export async function measure(questions: readonly Question[], times: number, random: () => number) {
  const results: Record<string, { readonly p50_ms: number; readonly p99_ms: number }> = {};
  for (const { name, ask } of questions) {
    const took: number[] = [];
    for (let turn = 0; turn < times; turn++) {
      const start = performance.now();
      await ask(random);
      took.push(performance.now() - start);
    }
    results[name] = { p50_ms: digits(quantile(took, 0.5)), p99_ms: digits(quantile(took, 0.99)) };
  }
  return results;
}

const digits = (value: number) => Number(value.toPrecision(3));
