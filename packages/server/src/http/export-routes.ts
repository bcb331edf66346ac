import { Readable } from "node:stream";
import type { LogFilter, TimeRange } from "@playhead/core";
import * as z from "zod";
import type { Api } from "./api.ts";
import { logFilterOf, logFilterQuery } from "./log-query.ts";
import { span } from "./performance-routes.ts";
import { reading } from "./reading.ts";
import { json } from "./schemas.ts";

const WHAT = ["logs", "executions", "performance", "samples"] as const;
const FORMATS = ["csv", "json", "ndjson"] as const;

export interface ExportDeps {
  readonly exportRows: (query: {
    readonly what: (typeof WHAT)[number];
    readonly format: (typeof FORMATS)[number];
    readonly filter: LogFilter & { readonly range: TimeRange };
    readonly span: z.output<typeof span>;
  }) => AsyncIterable<string | Buffer>;
  readonly nowMs: () => number;
}

const TYPES: Readonly<Record<(typeof FORMATS)[number], string>> = {
  csv: "text/csv; charset=utf-8; header=present",
  json: "application/json",
  ndjson: "application/x-ndjson",
};
/** Summaries are kept for a year: where nothing is said, all of them are meant. */
const YEAR_MS = 366 * 86_400_000;

const query = z.strictObject({
  what: z.enum(WHAT).default("logs"),
  format: z.enum(FORMATS).default("csv"),
  span: span.meta({ description: "Of performance: how long each row is" }),
  ...logFilterQuery,
});

/** Exports, in pieces. */
export function createExportReading({ exportRows, nowMs }: ExportDeps) {
  return reading({
    summary: "Export all of a range",
    query,
    read: async (tenantId, { what, format, span: length, ...others }) => {
      const toMs = others.to ?? nowMs();
      const fromMs = others.from ?? (what === "performance" ? toMs - YEAR_MS : 0);
      const filter = { ...logFilterOf(tenantId, others), range: { fromMs, toMs } };
      return exportRows({ what, format, filter, span: length });
    },
  });
}

/** Exports: streamed, so that they may be of any size. */
export function addExportRoutes(
  api: Api,
  { summary, query: querystring, read }: ReturnType<typeof createExportReading>,
) {
  const text = { schema: z.string() };
  const rows = { schema: z.array(json) };
  api.get(
    "/api/v1/export",
    {
      config: { permission: "inspect" },
      exposeHeadRoute: false,
      schema: {
        summary,
        querystring,
        response: {
          200: {
            description: "Every row of the range, oldest first",
            content: { "text/csv": text, "application/json": rows, "application/x-ndjson": text },
          },
        },
      },
    },
    async ({ tenantId, query: asked }, reply) => {
      const pieces = await read(tenantId, asked);
      reply
        .type(TYPES[asked.format])
        .header("content-disposition", `attachment; filename="playhead-${asked.what}.${asked.format}"`)
        .header("cache-control", "no-store");
      // An error on the way cuts the connection off: nobody takes a part for the whole.
      return reply.send(Readable.from(pieces, { objectMode: false, highWaterMark: 1 << 18 }) as never);
    },
  );
}
