import { setImmediate as othersTurn } from "node:timers/promises";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { type BatchAck, PlayheadError, type RecordBatch, type RefusedRecord } from "@playhead/core";
import * as z from "zod";
import type { Api } from "./api.ts";
import { type EventLine, readEventLine } from "./event-line.ts";
import { errorBody } from "./schemas.ts";

export interface EventRoutesDeps {
  readonly ingest: (tenantId: string, source: string, records: RecordBatch["records"]) => Promise<BatchAck>;
}

const MAX_UNPACKED_BYTES = 32 * 1024 * 1024;
/** So many lines are read before others get their turn. */
const LINES_AT_ONCE = 1_000;

const unzip = promisify(gunzip);

/** How workers of any language report: NDJSON, a record a line, each with its source (docs/protocol.md). */
export function addEventRoutes(api: Api, { ingest }: EventRoutesDeps): void {
  api.addContentTypeParser("application/x-ndjson", { parseAs: "buffer" }, (_request, body, done) => done(null, body));

  api.post(
    "/api/v1/events",
    {
      config: { permission: "report" },
      schema: {
        summary: "Report events and observations, as NDJSON",
        consumes: ["application/x-ndjson"],
        body: z.unknown().meta({ description: "A record a line, each with the source that reports it" }),
        response: {
          200: z.object({
            accepted: z.number(),
            refused: z.array(errorBody.extend({ n: z.number().nullable() })),
            followed: z.boolean().meta({ description: "Whether somebody may follow one of the jobs" }),
          }),
        },
      },
    },
    async (request) => {
      if (!Buffer.isBuffer(request.body)) {
        throw new PlayheadError("invalid_request", "expected a body of content type application/x-ndjson");
      }
      const text = (await unpack(request.body, request.headers["content-encoding"])).toString("utf8");
      const refused: RefusedRecord[] = [];
      let accepted = 0;
      let followed = false;
      // One after the other: what a source sent later is not taken before what it sent earlier is stored.
      for await (const { source, records } of batchesOf(text, refused)) {
        const ack = await ingest(request.tenantId, source, records);
        accepted += ack.accepted;
        followed ||= ack.followed === true;
        refused.push(...ack.refused);
      }
      return { accepted, refused: refused.map((each) => ({ ...each, detail: { ...each.detail } })), followed };
    },
  );
}

async function unpack(body: Buffer, encoding: string | undefined): Promise<Buffer> {
  if (encoding === undefined || encoding === "identity") return body;
  if (encoding !== "gzip") {
    throw new PlayheadError("invalid_request", `expected content-encoding gzip or none, got ${encoding}`);
  }
  try {
    return await unzip(body, { maxOutputLength: MAX_UNPACKED_BYTES });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") {
      const most = `expected at most ${MAX_UNPACKED_BYTES} bytes when unpacked`;
      throw new PlayheadError("payload_too_large", most, { cause, hint: "send it in several requests" });
    }
    throw new PlayheadError("invalid_request", "expected the body to be gzip, as its content-encoding says", { cause });
  }
}

/** Runs of lines of one source, in order. Bad lines are refused by themselves; the good ones go on. */
async function* batchesOf(text: string, refused: RefusedRecord[]): AsyncGenerator<RecordBatch> {
  let run: EventLine[] = [];
  const batch = () => ({ source: (run[0] as EventLine).source, records: run.map(({ record }) => record) });
  let lineNo = 0;
  for (const raw of linesOf(text)) {
    lineNo += 1;
    if (lineNo % LINES_AT_ONCE === 0) await othersTurn();
    const line = readEventLine(raw, lineNo);
    if (line === null) continue;
    if ("error_code" in line) {
      refused.push(line);
      continue;
    }
    if (run.length >= LINES_AT_ONCE || (run.length > 0 && run[0]?.source !== line.source)) {
      yield batch();
      run = [];
    }
    run.push(line);
  }
  if (run.length > 0) yield batch();
}

function* linesOf(text: string): Generator<string> {
  let start = 0;
  for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
    yield text.slice(start, end);
    start = end + 1;
  }
  yield text.slice(start);
}
