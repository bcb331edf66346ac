import { connect, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/** Stands between a client and a server's socket, and can lose what the server says. */
export interface DeafProxy {
  readonly port: number;
  /** From now on what comes from clients arrives, and no answer does. */
  loseAnswers(): void;
  /** Ends all connections; those made from now on are as they should be. */
  cut(): void;
}

/** Starts one in front of a server that listens on `path`, for as long as the test lasts. */
export async function startDeafProxy(path: string): Promise<DeafProxy> {
  const sockets = new Set<Socket>();
  let losesAnswers = false;
  const proxy = createServer((client) => {
    const server = connect(path);
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(from);
      from.on("data", (chunk) => {
        if (from === client || !losesAnswers) to.write(chunk);
      });
      from.on("error", () => to.destroy());
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));

  function cut(): void {
    losesAnswers = false;
    for (const socket of sockets) socket.destroy();
  }
  onTestFinished(() => {
    cut();
    proxy.close();
  });
  const address = proxy.address();
  if (address === null || typeof address === "string") throw new Error("expected the proxy to listen on a port");
  return {
    port: address.port,
    loseAnswers() {
      losesAnswers = true;
    },
    cut,
  };
}
