import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { type BatchAck, type EventRecord, isJsonObject } from "@playhead/core";

/** A request as the server of a test saw it. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  /** Unpacked. */
  readonly body: string;
  /** Bytes on the wire. */
  readonly sizeBytes: number;
}

export interface TestAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, text as it is; without it the connection is cut. */
  readonly body?: unknown;
}

/** A real HTTP server that answers as a test says. */
export interface TestServer {
  readonly url: string;
  readonly port: number;
  readonly seen: readonly SeenRequest[];
  close(): Promise<void>;
}

export async function startTestServer(
  answer: (request: SeenRequest) => Promise<TestAnswer> | TestAnswer,
  port = 0,
): Promise<TestServer> {
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => {
    void handle(request, response);
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const raw = Buffer.concat(chunks);
    const body = (request.headers["content-encoding"] === "gzip" ? gunzipSync(raw) : raw).toString();
    const { method = "", url: path = "", headers } = request;
    const entry: SeenRequest = { method, path, headers, body, sizeBytes: raw.length };
    seen.push(entry);
    const { status = 200, headers: own, body: reply } = await answer(entry);
    if (reply === undefined) {
      response.destroy();
      return;
    }
    response.writeHead(status, own);
    response.end(typeof reply === "string" ? reply : JSON.stringify(reply));
  }

  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    seen,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The records of a posted batch, and whom they came from. */
export function recordsIn(request: SeenRequest): { readonly source: unknown; readonly records: EventRecord[] } {
  const lines = request.body
    .trimEnd()
    .split("\n")
    .map((line): unknown => JSON.parse(line));
  const [first] = lines;
  const records = lines.map((line) => {
    const { source: _, ...record } = line as { source: string } & EventRecord;
    return record;
  });
  return { source: isJsonObject(first) ? first.source : undefined, records };
}

/** The answer that all of a posted batch was taken. */
export function takenAll(request: SeenRequest): BatchAck {
  return { accepted: recordsIn(request).records.length, refused: [] };
}
