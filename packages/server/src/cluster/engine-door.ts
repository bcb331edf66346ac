import { createServer, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { PlayheadError, toErrorBody } from "@playhead/core";
import type { NodeProof } from "./node-proof.ts";

export interface EngineDoorOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly proof: NodeProof;
}

/** Where the nodes of a cluster reach the engine of one of them, while it has one. */
export interface EngineDoor {
  /** Such as `http://127.0.0.1:40123`; the same for as long as the node lives. */
  readonly url: string;
  /** Hands requests on to an engine. @returns takes no more of them, and resolves when those under way are answered */
  open(engine: RequestListener): (limitMs: number) => Promise<void>;
  close(): Promise<void>;
}

/** Where a node asks whether there is an engine, which itself has nothing to do with it. */
export const PRESENCE_PATH = "/engine";

/**
 * Listens on a node's internal address, for other nodes only: whoever else asks is refused, whatever key they have. So
 * what they say of the client's address can be believed.
 *
 * @throws the error of `listen`
 */
export async function openEngineDoor({ host, port, proof }: EngineDoorOptions): Promise<EngineDoor> {
  let engine: RequestListener | null = null;
  const underWay = new Set<ServerResponse>();
  const server = createServer({ requestTimeout: 0 }, (request, response) => {
    if (!proof.isIn(request.headers)) {
      refuse(response, 403, new PlayheadError("forbidden", "this address is for the nodes of the cluster"));
    } else if (engine === null) {
      refuse(response, 503, noEngine());
    } else if (request.url === PRESENCE_PATH) {
      response.writeHead(204).end();
    } else {
      underWay.add(response);
      response.once("close", () => underWay.delete(response));
      engine(request, response);
    }
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, host, resolve));
  const { port: taken } = server.address() as AddressInfo;

  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${taken}`,
    open(next) {
      engine = next;
      return async (limitMs) => {
        if (engine === next) engine = null;
        const answered = [...underWay].map(
          (response) => new Promise<void>((resolve) => response.once("close", resolve)),
        );
        const cutOff = setTimeout(() => {
          for (const response of underWay) response.destroy();
        }, limitMs);
        await Promise.all(answered);
        clearTimeout(cutOff);
      };
    },
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** What is said while no node runs the engine: nothing is lost, senders keep what they have and try again. */
export function noEngine(): PlayheadError {
  return new PlayheadError("service_unavailable", "no node runs the engine at the moment; one takes over in seconds", {
    detail: { retry_after_ms: 1_000 },
  });
}

function refuse(response: ServerResponse, status: number, error: PlayheadError): void {
  response.writeHead(status, { "content-type": "application/json", connection: "close", "retry-after": "1" });
  response.end(JSON.stringify(toErrorBody(error)));
}
