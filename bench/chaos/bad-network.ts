import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A network that hands on what comes, late, and cuts connections when told to. */
export interface BadNetwork {
  readonly port: number;
  /** Cuts about this part of the connections, 0..1. @returns how many */
  cut(part: number): number;
  close(): Promise<void>;
}

export interface BadNetworkOptions {
  /** Where it leads, `HOST:PORT`. */
  readonly target: string;
  readonly random: () => number;
  /** What comes is held back up to this long, in order. */
  readonly maxDelayMs: number;
}

/** Listens on a free port of this machine, and hands on to its target. */
export async function startBadNetwork({ target, random, maxDelayMs }: BadNetworkOptions): Promise<BadNetwork> {
  const { hostname, port } = new URL(`http://${target}`);
  const pairs = new Set<readonly [Socket, Socket]>();

  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    const pair = [near, far] as const;
    pairs.add(pair);
    for (const [from, to] of [pair, [far, near] as const]) {
      handOn(from, to);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        pairs.delete(pair);
        to.destroy();
      });
    }
  });

  /** A chunk at a time, so that what is late keeps its order, and what is not taken is not read either. */
  function handOn(from: Socket, to: Socket): void {
    from.on("data", (chunk) => {
      from.pause();
      setTimeout(() => {
        if (to.destroyed || to.write(chunk)) from.resume();
        else to.once("drain", () => from.resume());
      }, random() * maxDelayMs);
    });
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    cut(part) {
      const chosen = [...pairs].filter(() => random() < part);
      for (const [near, far] of chosen) {
        near.destroy();
        far.destroy();
      }
      return chosen.length;
    },
    async close() {
      for (const [near, far] of pairs) {
        near.destroy();
        far.destroy();
      }
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
