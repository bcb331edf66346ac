// One run of bench/instrumentation.ts, in a process of its own: prints its metrics as JSON.
import { setImmediate as turn } from "node:timers/promises";
import { type Instrumented, VARIANTS } from "./instrumentation-variants.ts";

interface Options {
  readonly variant: string;
  readonly measure: "time" | "bytes";
  readonly quick: boolean;
}

const { variant, measure, quick }: Options = JSON.parse(process.argv[2] ?? "{}");
const make = VARIANTS[variant];
if (make === undefined) throw new Error(`expected a variant, got ${variant}`);
/** Calls between two turns of the event loop: what is to be sent gets its turn as in a program that waits now and then. */
const AT_ONCE = 250;
const WARM = quick ? 20_000 : 40_000;
const CALLS = quick ? 100_000 : 400_000;
const THROWS = CALLS / 10;
const instrumented = await make();
console.log(JSON.stringify(await (measure === "time" ? times(instrumented) : bytes(instrumented))));
await instrumented.close();

async function times({ sync, later, throwing, within, flush }: Instrumented) {
  const options = { height: 1080, fast: true };
  const calls = {
    sync_ns: async (i: number) => void sync("clip", i, options),
    async_ns: (i: number) => later("clip", i, options),
    throw_ns: async (i: number) => {
      try {
        throwing("clip", i, options);
      } catch {
        // As wanted.
      }
    },
  };
  const metrics: Record<string, number> = {};
  for (const [name, one] of Object.entries(calls)) {
    const count = name === "throw_ns" ? THROWS : CALLS;
    await within(() => many(Math.min(WARM, count), name, one));
    await flush();
    const before = process.threadCpuUsage();
    await within(() => many(count, name, one));
    await flush();
    const { user, system } = process.threadCpuUsage(before);
    metrics[name] = ((user + system) * 1_000) / count;
  }
  return metrics;

  async function many(count: number, name: string, one: (i: number) => Promise<unknown>): Promise<void> {
    for (let i = 0; i < count; i += AT_ONCE) {
      // The loop's own promise would be most of what a synchronous call costs.
      if (name === "sync_ns") for (let n = 0; n < AT_ONCE; n++) sync("clip", i + n, options);
      else if (name === "async_ns") for (let n = 0; n < AT_ONCE; n++) await later("clip", i + n, options);
      else for (let n = 0; n < AT_ONCE; n++) await one(i + n);
      await turn();
    }
  }
}

/** What calls allocate, until they return; what their records allocate when they are sent comes on top. */
async function bytes({ sync, within, flush }: Instrumented) {
  const options = { height: 1080, fast: true };
  const COUNT = 100;
  let allocated = 0;
  await within(async () => {
    for (let round = 0; round < 40; round++) {
      const before = process.memoryUsage().heapUsed;
      for (let n = 0; n < COUNT; n++) sync("clip", n, options);
      if (round >= 20) allocated += process.memoryUsage().heapUsed - before;
      await flush();
    }
  });
  return { sync_bytes: allocated / 20 / COUNT };
}
