import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A line to a Redis that can be cut, and go dead without being cut. */
export interface RedisLine {
  readonly url: string;
  /** Cuts what is connected. */
  cut(): void;
  /** Lets nothing through, and tells nobody; until {@link RedisLine.cut}. */
  freeze(): void;
  close(): Promise<void>;
}

/** Listens on a free port, and hands on to a socket. */
export async function layRedisLine(socketPath: string): Promise<RedisLine> {
  const sockets = new Set<Socket>();
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer((near) => {
    const far = connect(socketPath);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    freeze() {
      for (const socket of sockets) socket.unpipe().pause();
    },
    async close() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
