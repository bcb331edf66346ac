import { promisify } from "node:util";
import { gzip } from "node:zlib";
import {
  type BatchAck,
  isJsonObject,
  type JsonObject,
  PlayheadError,
  type RecordBatch,
  type RefusedRecord,
  toErrorBody,
} from "@playhead/core";
import { startHeartbeat } from "../heartbeat/heartbeat.ts";
import { defaultSpoolFolder } from "../spool/spool-settings.ts";
import { type SetTimer, setSystemTimer } from "../timer.ts";
import { pollCommands } from "./command-poll.ts";
import { createHttpClient, serverBase } from "./http-client.ts";
import { readOverHttp } from "./http-read.ts";
import { type NdjsonPart, ndjsonParts } from "./ndjson.ts";
import type { ChangeMethod, Transport } from "./transport.ts";

/** Where the server is, and how to speak to it. */
export interface HttpTransportOptions {
  /** The server's address, such as `https://playhead.internal`. */
  readonly url: string;
  /** A key of the role `worker`, or one that may do more. */
  readonly apiKey: string;
  /** Bytes of one request, before it is packed. @defaultValue 1 000 000 */
  readonly maxRequestBytes?: number;
  /** After this a request counts as failed. @defaultValue 30 000 */
  readonly timeoutMs?: number;
  /** What is done with records while the server is away; false keeps them in memory. */
  readonly spool?: SpoolOptions | false;
  /** How often the server is told that this worker lives; Infinity: never. @defaultValue 15 000 */
  readonly heartbeatMs?: number;
  /** Milliseconds since 1970. @defaultValue the platform's clock */
  readonly nowMs?: () => number;
  readonly setTimer?: SetTimer;
  /** 0 ≤ random < 1. */
  readonly random?: () => number;
}

/** Where records wait on disk, and how much of them. */
export interface SpoolOptions {
  /**
   * Workers that report to the same server with the same key may share it.
   * @defaultValue one for this server and this key, under the user's folder for state
   */
  readonly folder?: string;
  /** @defaultValue 256 MB (256 000 000) */
  readonly maxBytes?: number;
}

const MAX_REQUEST_BYTES = 1_000_000;
const MAX_SPOOL_BYTES = 256_000_000;
const HEARTBEAT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** Packing less than this costs more than it saves. */
const GZIP_FROM_BYTES = 1_000;

const pack = promisify(gzip);

/**
 * The way to a server over HTTP: batches are posted as NDJSON, commands are asked for while someone listens.
 *
 * @throws PlayheadError `usage_error` when the address is not one of http or https
 */
export function createHttpTransport(options: HttpTransportOptions): Transport {
  const { url, apiKey, maxRequestBytes = MAX_REQUEST_BYTES, timeoutMs = REQUEST_TIMEOUT_MS } = options;
  const { nowMs = Date.now, setTimer = setSystemTimer, random = Math.random } = options;
  const { spool = {}, heartbeatMs = HEARTBEAT_MS } = options;
  const request = createHttpClient({ url, apiKey, nowMs });
  const closing = new AbortController();
  const polls = new Set<() => void>();

  async function post(source: string, { records, body }: NdjsonPart): Promise<BatchAck> {
    const isPacked = Buffer.byteLength(body) > GZIP_FROM_BYTES;
    try {
      const answer = await request({
        method: "POST",
        path: "/events",
        headers: { "content-type": "application/x-ndjson", ...(isPacked && { "content-encoding": "gzip" }) },
        body: isPacked ? await pack(body) : body,
        timeoutMs,
        signal: closing.signal,
      });
      return ackIn(answer);
    } catch (error) {
      if (error instanceof PlayheadError && error.code === "payload_too_large")
        return postHalves(source, records, error);
      throw error;
    }
  }

  /** The server takes less at a time than we think: halves, down to the one record that is too large for it. */
  async function postHalves(source: string, records: RecordBatch["records"], error: PlayheadError): Promise<BatchAck> {
    if (records.length === 1) return { accepted: 0, refused: [{ n: records[0]?.n ?? null, ...toErrorBody(error) }] };
    const middle = Math.ceil(records.length / 2);
    return postAll(source, [records.slice(0, middle), records.slice(middle)]);
  }

  /** One after the other: order is kept. When a later one fails, all are sent again, which is harmless. */
  async function postAll(source: string, portions: readonly RecordBatch["records"][]): Promise<BatchAck> {
    let accepted = 0;
    let followed = false;
    const refused: RefusedRecord[] = [];
    for (const portion of portions) {
      for (const part of ndjsonParts(source, portion, maxRequestBytes)) {
        const ack = await post(source, part);
        accepted += ack.accepted;
        followed ||= ack.followed ?? true;
        refused.push(...ack.refused);
      }
    }
    return { accepted, refused, followed };
  }

  function change(method: ChangeMethod, path: string, body: JsonObject | null): Promise<unknown> {
    return request({
      method,
      path: `/${path}`,
      ...(body !== null && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
      timeoutMs,
      signal: closing.signal,
    });
  }

  /** Asks for something of a job. */
  const ask = (jobId: string, what: string, body: JsonObject) =>
    change("POST", `jobs/${encodeURIComponent(jobId)}/${what}`, body);

  return {
    send: ({ source, records }) => postAll(source, [records]),
    spool:
      spool === false
        ? undefined
        : {
            folder: spool.folder ?? defaultSpoolFolder(serverBase(url), apiKey),
            maxBytes: spool.maxBytes ?? MAX_SPOOL_BYTES,
          },
    ...(Number.isFinite(heartbeatMs) && {
      startHeartbeat: (source: string, onEnded: (jobIds: readonly string[]) => void) =>
        startHeartbeat({ base: serverBase(url), apiKey, source, everyMs: heartbeatMs, setTimer, onEnded }),
    }),
    onCommand(source, listener, kinds = [], more = {}) {
      const stopPoll = pollCommands(source, listener, { kinds, ...more }, { request, setTimer, random });
      const stop = () => {
        polls.delete(stop);
        stopPoll();
      };
      polls.add(stop);
      return stop;
    },
    async control(jobId, verb, reason) {
      await ask(jobId, verb, reason === null ? {} : { reason });
    },
    retry: async (jobId) => jobIdIn(await ask(jobId, "retry", {})),
    read: (path, query) =>
      readOverHttp(path, query, { base: serverBase(url), apiKey, nowMs, setTimer, timeoutMs, signal: closing.signal }),
    change,
    async close() {
      for (const stop of polls) stop();
      closing.abort();
    },
  };
}

function ackIn(answer: unknown): BatchAck {
  if (isJsonObject(answer) && typeof answer.accepted === "number" && Array.isArray(answer.refused))
    return answer as unknown as BatchAck;
  throw notPlayhead("an acknowledgement of the batch");
}

function jobIdIn(answer: unknown): string {
  const job = isJsonObject(answer) ? answer.job : undefined;
  if (isJsonObject(job) && typeof job.job_id === "string") return job.job_id;
  throw notPlayhead("a job");
}

function notPlayhead(expected: string): PlayheadError {
  return new PlayheadError("server_unreachable", `what answered is not a Playhead server: expected ${expected}`, {
    hint: "check the address",
    retryable: false,
  });
}
