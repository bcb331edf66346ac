import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { JobHandle } from "../handles.ts";
import { createPlayhead, type Playhead } from "../playhead.ts";
import { createLedger, type Ledger, type ServerMood } from "../testing/ledger.ts";
import { startTestServer, type TestServer } from "../testing/test-server.ts";
import { type SetTimer, setSystemTimer } from "../timer.ts";
import { createHttpTransport } from "../transport/http-transport.ts";
import { recordsIn } from "./segments.ts";
import { segmentsIn, sourceOf } from "./spool-folder.ts";

let folder = "";
let roots = 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "playhead-spool-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function newRoot(): string {
  roots += 1;
  return join(folder, String(roots));
}

/** Time passes faster: the waits between tries are not what is tested. */
const hasty: SetTimer = (callback, delayMs, keepsAlive) => setSystemTimer(callback, delayMs / 25, keepsAlive);
const LONG_MS = 25 * 60_000;

const facts = fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 2_500 }));
const act = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant("report" as const), facts }) },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant("mood" as const),
      mood: fc.constantFrom<ServerMood[]>("well", "unavailable", "rate limited", "away", "cut after taking"),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 12 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constantFrom("restart server" as const, "restart worker" as const, "crash worker" as const),
    }),
  },
);

/** One worker after another on the same folder, and what each has recorded. */
function createWorkers(server: () => TestServer, ledger: Ledger) {
  const recorded = new Map<string, number>();
  let started = 0;
  let root = newRoot();
  const crashed: Playhead[] = [];

  function start() {
    started += 1;
    const source = `worker.${started}/ä`;
    let isCutOff = false;
    const transport = createHttpTransport({
      url: server().url,
      apiKey: "k",
      setTimer: hasty,
      random: () => 0,
      spool: { folder: root },
      timeoutMs: 5_000,
    });
    const playhead = createPlayhead({
      source,
      transport: {
        ...transport,
        send: (batch) => (isCutOff ? Promise.reject(new Error("crashed")) : transport.send(batch)),
      },
      setTimer: hasty,
      random: () => 0,
      flushMs: 1,
      warn: () => undefined,
    });
    recorded.set(source, 0);
    const cutOff = () => {
      isCutOff = true;
    };
    return { source, playhead, cutOff, job: null as JobHandle | null };
  }

  let worker = start();

  function report(facts: number): void {
    const { source, playhead } = worker;
    let count = facts;
    if (worker.job === null) {
      worker.job = playhead.job({ kind: "demo", id: `job_${started}` });
      count += 1;
    }
    for (let i = 0; i < facts; i += 1) {
      if (i % 3 === 2) worker.job.log.info(`line ${i}`);
      else worker.job.artifact({ type: "file", name: `${i}` });
    }
    recorded.set(source, (recorded.get(source) ?? 0) + count);
  }

  /** What a kill at this moment would leave: an image of the disk, on which the next worker starts. */
  async function crash(): Promise<void> {
    const { source, playhead, cutOff } = worker;
    const last = recorded.get(source) ?? 0;
    const isSafe = () => Math.max(ledger.numbers(source).at(-1) ?? 0, lastOnDisk(root, source)) >= last;
    while (!isSafe()) await new Promise((resolve) => setTimeout(resolve, 1));
    cutOff();
    const image = newRoot();
    // The lock's file must not be opened by anybody else.
    if (existsSync(root)) cpSync(root, image, { recursive: true, filter: (path) => !path.endsWith(".lock") });
    crashed.push(playhead);
    root = image;
    worker = start();
  }

  async function restart(): Promise<void> {
    await worker.playhead.close({ timeoutMs: 1 });
    worker = start();
  }

  return {
    report,
    crash,
    restart,
    recorded,
    async end() {
      await worker.playhead.flush({ timeoutMs: LONG_MS });
      // The last one delivers whatever is still there.
      await restart();
      const isDelivered = await worker.playhead.close({ timeoutMs: LONG_MS });
      for (const playhead of crashed) await playhead.close({ timeoutMs: 1 });
      return { isDelivered, left: filesBelow(root) };
    },
  };
}

/** The segments that are there; a folder without any is removed when it is old. */
function filesBelow(root: string): readonly string[] {
  return existsSync(root)
    ? readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ndjson"))
    : [];
}

function lastOnDisk(root: string, source: string): number {
  let last = 0;
  for (const name of existsSync(root) ? readdirSync(root) : []) {
    if (sourceOf(name) !== source) continue;
    for (const segment of segmentsIn(readdirSync(join(root, name)))) {
      last = Math.max(last, recordsIn(readFileSync(join(root, name, segment), "utf8")).at(-1)?.n ?? 0);
    }
  }
  return last;
}

test("property: whatever the server does, and whoever is killed, each record arrives once, in order", async () => {
  let knownAtAll = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 3, maxLength: 14 }), async (acts) => {
      const ledger = createLedger();
      let server = await startTestServer(ledger.answer);
      const workers = createWorkers(() => server, ledger);
      try {
        for (const each of acts) {
          if (each.type === "report") workers.report(each.facts);
          else if (each.type === "mood") ledger.mood = each.mood;
          else if (each.type === "wait") await new Promise((resolve) => setTimeout(resolve, each.ms));
          else if (each.type === "restart worker") await workers.restart();
          else if (each.type === "crash worker") await workers.crash();
          else {
            const { port } = server;
            await server.close();
            server = await startTestServer(ledger.answer, port);
          }
        }
        ledger.mood = "well";
        expect(await workers.end()).toEqual({ isDelivered: true, left: [] });
        for (const [source, count] of workers.recorded) {
          expect(ledger.numbers(source)).toEqual(Array.from({ length: count }, (_, index) => index + 1));
        }
        knownAtAll += ledger.known();
      } finally {
        await server.close();
      }
    }),
    { numRuns: 60 },
  );
  // Batches did come twice: else nothing of this was put to the test.
  expect(knownAtAll).toBeGreaterThan(0);
}, 240_000);
