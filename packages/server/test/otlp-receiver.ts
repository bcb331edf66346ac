import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { onTestFinished } from "vitest";

/** One request as it came. */
export interface Received {
  readonly path: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
  readonly status: number;
}

/** Takes OTLP on a port of its own, and answers as it is told. */
export async function startOtlpReceiver(answer: (received: Omit<Received, "status">) => number = () => 200, port = 0) {
  const received: Received[] = [];
  const waiting = new Set<() => void>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    const body = request.headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes;
    const each = { path: request.url ?? "", headers: request.headers, body };
    const status = answer(each);
    received.push({ ...each, status });
    response.writeHead(status, { "content-type": "application/json" }).end("{}");
    for (const wake of waiting) wake();
  });
  server.listen(port, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  onTestFinished(close);
  const { port: own } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${own}`,
    port: own,
    received,
    /** Resolves when what was received is so. */
    async until(isSo: (received: readonly Received[]) => boolean): Promise<void> {
      while (!isSo(received)) {
        const next = Promise.withResolvers<void>();
        waiting.add(next.resolve);
        await next.promise;
        waiting.delete(next.resolve);
      }
    },
    /** What was taken of a path, read as JSON. */
    // biome-ignore lint/suspicious/noExplicitAny: what a test looks into is its own affair
    taken: (path: string): any[] =>
      received
        .filter((each) => each.path === path && each.status === 200)
        .map(({ body }) => JSON.parse(body.toString())),
    close,
  };
}
