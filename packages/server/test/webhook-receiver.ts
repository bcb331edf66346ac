import { createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** A callback as it arrived. */
export interface ReceivedCallback {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** What a receiver answers: a status, or whatever else it does. */
export type ReceiverAnswer =
  | number
  | ((request: IncomingMessage, answer: ServerResponse, received: ReceivedCallback) => void);

/** A real receiver of callbacks on this machine. It gives its answers in turn, the last one from then on. */
export async function startReceiver(...answers: readonly ReceiverAnswer[]) {
  const received: ReceivedCallback[] = [];
  const waiters: { readonly count: number; readonly resolve: () => void }[] = [];
  const server = createServer(async (request, answer) => {
    let text = "";
    try {
      for await (const chunk of request) text += chunk;
    } catch {
      // Whoever sent it hung up: it has not come.
      return;
    }
    const arrived = { path: request.url ?? "", headers: request.headers as Record<string, string>, text };
    received.push(arrived);
    const how = answers[Math.min(received.length, answers.length) - 1] ?? 204;
    if (typeof how === "number") answer.writeHead(how).end();
    else how(request, answer, arrived);
    for (const { count, resolve } of waiters) if (received.length >= count) resolve();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  onTestFinished(close);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    /** Resolves when so many have arrived. */
    async got(count: number): Promise<readonly ReceivedCallback[]> {
      if (received.length < count) await new Promise<void>((resolve) => waiters.push({ count, resolve }));
      return received;
    },
    close,
  };
}

/** Checks a callback as a receiver does, by nothing but the words of Standard Webhooks. */
export function isSignedBy(secret: string, { headers, text }: ReceivedCallback): boolean {
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${text}`;
  const expected = `v1,${createHmac("sha256", key).update(signed).digest("base64")}`;
  return (headers["webhook-signature"] ?? "").split(" ").includes(expected);
}
