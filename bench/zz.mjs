import { setImmediate as turn } from "node:timers/promises";
import { VARIANTS } from "./instrumentation-variants.ts";

const inst = VARIANTS[process.argv[2]]();
const o = { height: 1080, fast: true };
const kind = process.argv[3] ?? "sync";
const N = +process.argv[4] || 400000;
async function many(n) {
  for (let i = 0; i < n; i += 250) {
    if (kind === "sync") for (let k = 0; k < 250; k++) inst.sync("clip", i, o);
    else if (kind === "later") for (let k = 0; k < 250; k++) await inst.later("clip", i, o);
    else
      for (let k = 0; k < 250; k++)
        try {
          inst.throwing("clip", i, o);
        } catch {}
    await turn();
  }
}
await inst.within(async () => {
  await many(20000);
  await inst.flush();
  const b = process.threadCpuUsage();
  await many(N);
  await inst.flush();
  const { user, system } = process.threadCpuUsage(b);
  console.log(process.argv[2], kind, (((user + system) * 1000) / N).toFixed(0), "ns");
});
await inst.close?.();
