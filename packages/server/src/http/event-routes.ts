import { gunzipSync } from "node:zlib";
import { type BatchAck, type EventRecord, parseRecord, PlayheadError, type RefusedRecord, toErrorBody } from "@playhead/core";
import * as z from "zod";
import type { Api } from "./api.ts";

export interface EventRoutesDeps {
  readonly ingest: (tenantId: string, source: string, records: readonly EventRecord[]) => Promise<BatchAck>;
}

const MAX_UNPACKED_BYTES = 32 * 1024 * 1024;
const SOURCE = /^[\x21-\x7e]{1,200}$/;

/** One line of the body, read. */
interface Line {
  readonly source: string;
  readonly record: EventRecord;
}

/** How workers of any language report: NDJSON, a record a line, each with its source (docs/protocol.md). */
export function addEventRoutes(api: Api, { ingest }: EventRoutesDeps): void {
  api.addContentTypeParser("application/x-ndjson", { parseAs: "buffer" }, (_request, body, done) => done(null, body));

  api.post(
    "/api/v1/events",
    {
      config: { permission: "report" },
      schema: {
        summary: "Report events, as NDJSON",
        consumes: ["application/x-ndjson"],
        response: {
          200: z.object({
            accepted: z.number(),
            refused: z.array(
              z.object({
                n: z.number().nullable(),
                error_code: z.string(),
                error_message: z.string(),
                error_class: z.string(),
                detail: z.record(z.string(), z.unknown()),
              }),
            ),
          }),
        },
      },
    },
    async (request) => {
      if (!Buffer.isBuffer(request.body)) {
        throw new PlayheadError("invalid_request", "expected a body of content type application/x-ndjson");
      }
      const text = unpack(request.body, request.headers["content-encoding"]).toString("utf8");
      const refused: RefusedRecord[] = [];
      const lines = readLines(text, refused);
      let accepted = 0;
      for (const { source, records } of bySource(lines)) {
        const ack = await ingest(request.tenantId, source, records);
        accepted += ack.accepted;
        refused.push(...ack.refused);
      }
      return { accepted, refused: refused.map((each) => ({ ...each, detail: { ...each.detail } })) };
    },
  );
}

function unpack(body: Buffer, encoding: string | undefined): Buffer {
  if (encoding === undefined || encoding === "identity") return body;
  if (encoding !== "gzip") throw new PlayheadError("invalid_request", `expected content-encoding gzip or none, got ${encoding}`);
  try {
    return gunzipSync(body, { maxOutputLength: MAX_UNPACKED_BYTES });
  } catch (cause) {
    throw new PlayheadError("invalid_request", `the body is not gzip, or over ${MAX_UNPACKED_BYTES} bytes when unpacked`, { cause });
  }
}

/** Bad lines are refused by themselves; the good ones go on. */
function readLines(text: string, refused: RefusedRecord[]): readonly Line[] {
  const lines: Line[] = [];
  for (const [index, raw] of text.split("\n").entries()) {
    if (raw.trim() === "") continue;
    try {
      lines.push(readLine(raw));
    } catch (error) {
      if (!(error instanceof PlayheadError)) throw error;
      const body = toErrorBody(error);
      refused.push({ n: null, ...body, detail: { ...body.detail, line: index + 1 } });
    }
  }
  return lines;
}

function readLine(raw: string): Line {
  let value: unknown;
  try {
    value = JSON.parse(raw);
  } catch (cause) {
    throw new PlayheadError("validation_error", "expected the line to be JSON", { cause });
  }
  const record = parseRecord(value);
  const { source } = value as { source?: unknown };
  if (typeof source !== "string" || !SOURCE.test(source) || source.startsWith("local:")) {
    throw new PlayheadError("validation_error", "expected source to be 1 to 200 printable characters that name the worker");
  }
  return { source, record };
}

function* bySource(lines: readonly Line[]): Generator<{ source: string; records: readonly EventRecord[] }> {
  let run: { source: string; records: EventRecord[] } | null = null;
  for (const { source, record } of lines) {
    if (run !== null && run.source !== source) {
      yield run;
      run = null;
    }
    run ??= { source, records: [] };
    run.records.push(record);
  }
  if (run !== null) yield run;
}
