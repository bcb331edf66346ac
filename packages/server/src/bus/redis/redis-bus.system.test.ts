import { afterAll, beforeAll } from "vitest";
import { startRedis } from "../../../../../tests/servers/redis-server.ts";
import { createMemoryStore } from "../../../test/bus-store.ts";
import { describeBus } from "../conformance.ts";
import { createRedisPublisher } from "./publisher.ts";
import { createRedisBus } from "./redis-bus.ts";

const NO_JOBS = { liveJobs: () => [], currentTicks: () => [] };

let socket: string;
const stops: (() => Promise<void>)[] = [];
beforeAll(async () => {
  socket = await startRedis((stop) => stops.push(stop));
});
afterAll(async () => {
  for (const stop of stops) await stop();
});

describeBus("Redis", async () => {
  const errors: unknown[] = [];
  const onError = (error: unknown) => errors.push(error);
  const store = createMemoryStore();
  const publisher = createRedisPublisher({ url: socket, epoch: "e1", onError, ...NO_JOBS });
  const bus = await createRedisBus({ url: socket, store, onError });
  return {
    bus,
    errors,
    publish(publications) {
      store.commit(publications);
      publisher.publish(publications);
    },
    async close() {
      await publisher.close();
      bus.close();
    },
  };
});
