import type { LogEntry } from "@playhead/core";
import * as z from "zod";
import type { EntryCursor, TelemetryStore } from "../store/telemetry-store.ts";
import type { Api } from "./api.ts";
import { type LogEntryAnswer, level, logEntry, logFilterOf, logFilterQuery } from "./log-query.ts";
import { noSuchJob } from "./no-such-job.ts";
import { decodePageToken, encodePageToken, markOfQuery } from "./page-token.ts";
import { reading } from "./reading.ts";
import { jobParams, pageSize, pageToken } from "./schemas.ts";

export interface LogReadingsDeps {
  readonly store: Pick<TelemetryStore, "queryEntries" | "tailEntries">;
  /** Whether the tenant has such a job. */
  readonly hasJob: (tenantId: string, jobId: string) => Promise<boolean>;
  /** The newest entry that is known to be stored; 0 when none is known. */
  readonly newestEntryId: () => number;
  /** Resolves as soon as an entry is stored, or after `waitMs`, or when `signal` aborts. */
  readonly nextEntries: (waitMs: number, signal: AbortSignal | null) => Promise<void>;
}

const MAX_WAIT_SEC = 25;
const MAX_LINES = 1_000;
const NEWEST = Number.MAX_SAFE_INTEGER;

const page = { page_size: pageSize, page_token: pageToken };
const pageAnswer = z.object({ entries: z.array(logEntry), next_page_token: z.string().nullable() });

/** Everything that can be read of entries. */
export function createLogReadings({ store, hasJob, newestEntryId, nextEntries }: LogReadingsDeps) {
  async function readPage(
    list: string,
    tenantId: string,
    {
      order,
      page_size,
      page_token,
      ...query
    }: Parameters<typeof logFilterOf>[1] & {
      readonly order: "asc" | "desc";
      readonly page_size: number;
      readonly page_token?: string | undefined;
    },
  ) {
    const mark = markOfQuery(list, tenantId, { ...query, order });
    const { entries, next } = await store.queryEntries({
      ...logFilterOf(tenantId, query),
      order,
      limit: page_size,
      ...(page_token !== undefined && { after: cursorOf(page_token, mark) }),
    });
    return { entries: answered(entries), next_page_token: tokenOf(next, mark) };
  }

  const logs = reading({
    summary: "Read the log: lines and calls, newest first",
    query: z.strictObject({ ...logFilterQuery, order: z.enum(["asc", "desc"]).default("desc"), ...page }),
    read: (tenantId, query) => readPage("logs", tenantId, query),
  });

  const tailQuery = z.strictObject({
    ...logFilterQuery,
    after: z.coerce.number().int().min(0).optional().meta({ description: "The next_after of the answer before" }),
    limit: z.coerce.number().int().min(1).max(MAX_LINES).default(200),
    wait: z.coerce.number().min(0).max(MAX_WAIT_SEC).default(0).meta({ description: "Seconds to wait for an entry" }),
  });

  /** In the order of arrival. Without `after` the newest ones; then what came after them. */
  async function readTail(tenantId: string, query: z.output<typeof tailQuery>, signal: AbortSignal | null) {
    const { after, limit, wait, ...others } = query;
    const filter = logFilterOf(tenantId, others);
    const endMs = performance.now() + wait * 1_000;
    for (;;) {
      const newest = newestEntryId();
      const where = after === undefined ? { before: NEWEST } : { after };
      const entries = await store.tailEntries({ ...filter, ...where, limit });
      const leftMs = endMs - performance.now();
      if (entries.length === 0 && leftMs > 0 && signal?.aborted !== true) {
        if (newestEntryId() === newest) await nextEntries(leftMs, signal);
        continue;
      }
      // All up to the newest has been looked at, whether it was wanted or not.
      const isAll = after === undefined || entries.length < limit;
      const last = entries.at(-1)?.entry_id ?? after ?? 0;
      return { entries: answered(entries), next_after: isAll ? Math.max(last, newest) : last };
    }
  }

  const tail = reading({
    summary: "Follow the log: entries in the order of their arrival",
    query: tailQuery,
    read: (tenantId, query) => readTail(tenantId, query, null),
  });

  const recent = reading({
    summary: "Read the newest entries of the log",
    query: z.strictObject({
      lines: z.coerce.number().int().min(1).max(MAX_LINES).default(100),
      level: level.optional(),
    }),
    read: async (tenantId, query) => {
      const filter = logFilterOf(tenantId, query);
      const entries = await store.tailEntries({ ...filter, before: NEWEST, limit: query.lines });
      return { logs: answered(entries), count: entries.length };
    },
  });

  const executionsQuery = z.strictObject({ order: z.enum(["asc", "desc"]).default("asc"), ...page });
  async function readExecutions(tenantId: string, jobId: string, query: z.output<typeof executionsQuery>) {
    if (!(await hasJob(tenantId, jobId))) throw noSuchJob(jobId);
    const asked = { ...query, job_id: jobId, event_type: ["start" as const, "complete" as const, "error" as const] };
    const { entries, next_page_token } = await readPage("executions", tenantId, asked);
    return { executions: entries, next_page_token };
  }

  return { logs, tail, readTail, recent, executionsQuery, readExecutions };
}

export type LogReadings = ReturnType<typeof createLogReadings>;

/** The log, and the trace of a job. */
export function addLogRoutes(api: Api, { logs, tail, readTail, recent, executionsQuery, readExecutions }: LogReadings) {
  api.get(
    "/api/v1/logs",
    {
      config: { permission: "inspect" },
      schema: { summary: logs.summary, querystring: logs.query, response: { 200: pageAnswer } },
    },
    ({ tenantId, query }) => logs.read(tenantId, query),
  );
  api.get(
    "/api/v1/logs/tail",
    {
      config: { permission: "inspect", waits: true },
      exposeHeadRoute: false,
      schema: {
        summary: tail.summary,
        querystring: tail.query,
        response: { 200: z.object({ entries: z.array(logEntry), next_after: z.number() }) },
      },
    },
    ({ tenantId, query }, reply) => {
      const gone = new AbortController();
      reply.raw.once("close", () => gone.abort());
      return readTail(tenantId, query, gone.signal);
    },
  );
  api.get(
    "/api/v1/monitoring/logs/recent",
    {
      config: { permission: "inspect" },
      schema: {
        summary: recent.summary,
        querystring: recent.query,
        response: { 200: z.object({ logs: z.array(logEntry), count: z.number() }) },
      },
    },
    ({ tenantId, query }) => recent.read(tenantId, query),
  );
  api.get(
    "/api/v1/jobs/:id/executions",
    {
      config: { permission: "inspect" },
      schema: {
        summary: "Read a job's trace: its calls, those that still run included, by their start",
        params: jobParams,
        querystring: executionsQuery,
        response: { 200: z.object({ executions: z.array(logEntry), next_page_token: z.string().nullable() }) },
      },
    },
    ({ tenantId, params, query }) => readExecutions(tenantId, params.id, query),
  );
}

/** What is stored is answered as it is, though its types say more than the schema's do. */
function answered(entries: readonly LogEntry[]): LogEntryAnswer[] {
  return entries as unknown as LogEntryAnswer[];
}

function cursorOf(token: string, mark: string): EntryCursor {
  const { value, id } = decodePageToken(token, mark);
  return { tsMs: Number(value), entryId: Number(id) };
}

function tokenOf(cursor: EntryCursor | null, mark: string): string | null {
  return encodePageToken(cursor && { value: cursor.tsMs, id: String(cursor.entryId) }, mark);
}
