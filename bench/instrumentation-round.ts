// One run of bench/instrumentation.ts, in a process of its own: prints its metrics as JSON.
import { setImmediate as turn } from "node:timers/promises";
import { getHeapStatistics } from "node:v8";
import { type Instrumented, VARIANTS } from "./instrumentation-variants.ts";

interface Options {
  readonly variant: string;
  readonly quick: boolean;
}

const { variant, quick }: Options = JSON.parse(process.argv[2] ?? "{}");
const make = VARIANTS[variant];
if (make === undefined) throw new Error(`expected a variant, got ${variant}`);
/** Calls between two turns of the event loop: what is to be sent gets its turn as in a program that waits now and then. */
const AT_ONCE = 250;
/** Until all that is called is compiled, and compiled anew where its first guesses were wrong; the same for each variant. */
const WARM = 150_000;
/** The cheapest take a quarter of a second: fewer, and what else the machine does meanwhile is most of the figure. */
const CALLS = quick ? 150_000 : 1_000_000;
const THROWS = CALLS / 10;
const options = { height: 1080, fast: true };
const instrumented = await make();
console.log(JSON.stringify(await measured(instrumented)));
await instrumented.close();

/** Processor time of the thread and bytes allocated, by call, until the exporter has all of them. */
async function measured({ sync, later, throwing, within, flush }: Instrumented) {
  // Each loop for itself: one that takes all three would cost more than what it measures.
  const loops: Readonly<Record<string, (from: number) => Promise<void> | void>> = {
    sync(from) {
      for (let n = 0; n < AT_ONCE; n++) sync("clip", from + n, options);
    },
    async async(from) {
      for (let n = 0; n < AT_ONCE; n++) await later("clip", from + n, options);
    },
    throw(from) {
      for (let n = 0; n < AT_ONCE; n++) {
        try {
          throwing("clip", from + n, options);
        } catch {
          // As wanted.
        }
      }
    },
  };
  const metrics: Record<string, number> = {};
  for (const [name, loop] of Object.entries(loops)) {
    const count = name === "throw" ? THROWS : CALLS;
    await run(loop, Math.min(WARM, count));
    // What was left behind by the one before is not to be cleared away at the expense of this one.
    globalThis.gc?.();
    const bytes = allocatedBytes();
    const before = process.threadCpuUsage();
    await run(loop, count);
    const { user, system } = process.threadCpuUsage(before);
    metrics[`${name}_ns`] = ((user + system) * 1_000) / count;
    metrics[`${name}_bytes`] = (allocatedBytes() - bytes) / count;
  }
  return metrics;

  async function run(loop: (from: number) => Promise<void> | void, count: number): Promise<void> {
    await within(async () => {
      for (let from = 0; from < count; from += AT_ONCE) {
        await loop(from);
        await turn();
      }
    });
    await flush();
  }
}

/** Since the start: what was collected meanwhile is counted, too. */
function allocatedBytes(): number {
  return getHeapStatistics().total_allocated_bytes;
}
