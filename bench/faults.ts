// What does monitoring cost when something is wrong? A program against itself without monitoring, in turns: while the
// server is well, gone, locked out of its databases, and while there is no room on the disk for what waits.
// usage: node --conditions=playhead-src bench/faults.ts [--quick]
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { startFile } from "./child.ts";
import { type Metrics, printReport, ratioOf, runFile, runRounds, say, spreadOf } from "./report.ts";

const quick = process.argv.includes("--quick");
const ROUNDS = quick ? 2 : 5;
const CALLS = quick ? 100_000 : 400_000;
const BARE = "without";
/** Nobody listens there. */
const NOWHERE = "http://127.0.0.1:9";

const folder = await mkdtemp(path.join(os.tmpdir(), "playhead-bench-faults-"));
const data = path.join(folder, "data");
const fullDisk = fillDisk(path.join(folder, "full"));
const server = startFile("./reconnect-server.ts", { data, port: 0, jobs: [] });
try {
  const { port, key: apiKey } = await server.answer<{ port: number; key: string }>();
  const url = `http://127.0.0.1:${port}`;
  let spools = 0;
  const spool = () => path.join(folder, `spool-${spools++}`);
  const watched = (at: string, waitsIn: string) =>
    runFile("./faults-round.ts", { calls: CALLS, server: { url: at, apiKey, spool: waitsIn } });
  const variants: Record<string, () => Promise<Metrics>> = {
    [BARE]: () => runFile("./faults-round.ts", { calls: CALLS, server: null }),
    "server well": () => watched(url, spool()),
    "server gone": () => watched(NOWHERE, spool()),
    "databases locked": () => whileLocked(() => watched(url, spool())),
    ...(fullDisk !== null && { "server gone, disk full": () => watched(NOWHERE, fullDisk) }),
  };
  const samples = await runRounds({
    variants: Object.keys(variants),
    rounds: ROUNDS,
    run: (variant) => (variants[variant] as () => Promise<Metrics>)(),
  });
  const faulty = Object.keys(variants).filter((variant) => variant !== BARE);
  const ratios = Object.fromEntries(
    faulty.map((variant) => [
      variant,
      { wall: ratioOf(samples, "wall_ms", variant, BARE), cpu: ratioOf(samples, "cpu_ms", variant, BARE) },
    ]),
  );
  const met = printReport({
    bench: "faults",
    question: "How much slower is a program because it is monitored, when something is wrong with the monitoring?",
    date: new Date(),
    settings: { rounds: ROUNDS, calls: CALLS, has_full_disk: fullDisk !== null },
    results: {
      per_call_us: spreadOf(samples, BARE, "per_call_us"),
      ratios,
      summarized_calls: Object.fromEntries(
        faulty.map((variant) => [variant, spreadOf(samples, variant, "summarized_calls")]),
      ),
    },
    targets: faulty.map((variant) => ({
      name: `wall time, ${variant} ÷ ${BARE}`,
      value: ratios[variant]?.wall.median ?? Number.NaN,
      at_most: 1.05,
    })),
  });
  process.exitCode = met ? 0 : 1;
} finally {
  await server.end();
  if (fullDisk !== null) execFileSync("umount", ["-l", fullDisk]);
  await rm(folder, { recursive: true });
}

/** Another process, this one, has both databases. */
async function whileLocked<Value>(run: () => Promise<Value>): Promise<Value> {
  const held = ["playhead.db", "telemetry.sqlite"].map(
    (name) => new DatabaseSync(path.join(data, name), { timeout: 30_000 }),
  );
  for (const database of held) database.exec("BEGIN IMMEDIATE");
  try {
    return await run();
  } finally {
    for (const database of held) database.close();
  }
}

/** A disk without room, where the machine lets us have one; null elsewhere. */
function fillDisk(at: string): string | null {
  mkdirSync(at);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=200k", "tmpfs", at], { stdio: "pipe" });
  } catch {
    say("no right to mount a small disk here: a full one is left out");
    return null;
  }
  try {
    writeFileSync(path.join(at, "ballast"), Buffer.alloc(1_000_000));
  } catch {
    // As much as there was room for.
  }
  return at;
}
