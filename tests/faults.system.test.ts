import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { LogEntry, LogLine } from "@playhead/core";
import type { PlayheadServer } from "@playhead/server";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { type Cable, layCable } from "./fixtures/cable.ts";
import { startProgram } from "./fixtures/program.ts";
import { readerOf, startRealServer } from "./fixtures/real-server.ts";
import { createTestFolder } from "./fixtures/video.ts";
import { BARE_WORK, CALLS_A_ROUND, type Work, workRound } from "./fixtures/work-rounds.ts";

const folder = createTestFolder();
afterAll(() => folder.remove());

const canMount = triesToMount();
const LOCKER = fileURLToPath(new URL("fixtures/lock-databases.ts", import.meta.url));
/** Rounds before what is wrong is noticed; far more than are needed. */
const MAX_ROUNDS = 300;

interface World {
  /** Holds the data, and the records that wait. */
  readonly disk: string;
  readonly data: string;
  readonly spool: string;
  readonly cable: Cable;
  server: PlayheadServer;
  /** What the server says of itself. */
  readonly said: string[];
}

interface Fault {
  readonly name: string;
  /** Makes it so. @returns undoes it */
  readonly begin: (world: World) => Promise<() => Promise<void> | void>;
  /** Whether someone has noticed. */
  readonly isNoticed: (world: World) => boolean;
  /** What the program is warned of. */
  readonly warns?: RegExp;
  /** It takes a disk of its own, where the machine lets us have one. */
  readonly needsDisk?: true;
}

const waitsOnDisk = ({ spool }: World) =>
  readdirSync(spool, { recursive: true }).some((name) => /ndjson$/.test(String(name)));
const isRefused =
  (what: RegExp) =>
  ({ said }: World) =>
    said.some((line) => what.test(line));

const FAULTS: readonly Fault[] = [
  {
    name: "the server is gone",
    async begin(world) {
      await world.server.close();
      return async () => {
        world.server = await startRealServer(world.data, { port: Number(new URL(world.server.url).port) });
      };
    },
    isNoticed: waitsOnDisk,
  },
  {
    name: "a proxy answers 503",
    async begin({ cable, server }) {
      const refusing = createServer((request, response) => {
        request.resume();
        response.writeHead(503, { "content-type": "text/html" }).end("<h1>Service Unavailable</h1>");
      });
      await new Promise<void>((resolve) => refusing.listen(0, "127.0.0.1", resolve));
      cable.plugInto(`http://127.0.0.1:${(refusing.address() as AddressInfo).port}`);
      return () => {
        cable.plugInto(server.url);
        refusing.close();
      };
    },
    isNoticed: waitsOnDisk,
  },
  {
    name: "the disk is full",
    async begin({ disk }) {
      const ballast = join(disk, "ballast");
      fill(ballast);
      return () => rmSync(ballast);
    },
    needsDisk: true,
    isNoticed: isRefused(/refused to write.*no room left/),
  },
  {
    name: "the disk cannot be written",
    async begin(world) {
      await world.server.close();
      execFileSync("mount", ["-o", "remount,ro", world.disk]);
      const port = Number(new URL(world.server.url).port);
      await expect(startRealServer(world.data, { port })).rejects.toMatchObject({ code: "data_unwritable" });
      return async () => {
        execFileSync("mount", ["-o", "remount,rw", world.disk]);
        world.server = await startRealServer(world.data, { port });
      };
    },
    isNoticed: () => true,
    warns: /waits in memory, since .* cannot be written/,
    needsDisk: true,
  },
  {
    name: "both databases are locked",
    async begin({ data }) {
      const files = ["playhead.db", "telemetry.sqlite"].map((name) => join(data, name));
      const locker = spawn(process.execPath, [LOCKER, ...files], { stdio: ["pipe", "pipe", "inherit"] });
      await once(locker.stdout, "data");
      return () => void locker.stdin.end();
    },
    isNoticed: isRefused(/refused to write.*held by another/),
  },
];

function fill(file: string): void {
  try {
    writeFileSync(file, Buffer.alloc(64_000_000));
  } catch {
    // As much as there was room for.
  }
}

/** A disk of its own, where the machine lets us have one; else a folder. */
function smallDisk(at: string): string {
  mkdirSync(at);
  if (!canMount) return at;
  mount(at);
  onTestFinished(() => unmount(at));
  return at;
}

function mount(at: string): void {
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=16m", "tmpfs", at], { stdio: "pipe" });
}

function unmount(at: string): void {
  execFileSync("umount", ["-l", at]);
}

/** Whether this process may mount a disk. */
function triesToMount(): boolean {
  const at = folder.at("trial");
  mkdirSync(at);
  try {
    mount(at);
  } catch {
    return false;
  }
  unmount(at);
  return true;
}

async function setup(name: string): Promise<World> {
  const disk = smallDisk(folder.at(name));
  const [data, spool] = [join(disk, "data"), join(disk, "spool")];
  mkdirSync(spool);
  const said: string[] = [];
  const server = await startRealServer(data, { log: said });
  const cable = await layCable(server.url);
  const world = { disk, data, spool, cable, server, said };
  onTestFinished(async () => {
    await cable.close();
    await world.server.close();
  });
  return world;
}

/** What the log has of a function's calls, by the number that each was called with. */
async function callsOf(server: PlayheadServer, name: keyof Work): Promise<readonly number[]> {
  const numbers: number[] = [];
  for await (const page of readerOf(server).pages(`logs?function=${name}&order=asc`)) {
    for (const { parameters, event_type } of (JSON.parse(page) as { entries: readonly LogEntry[] }).entries) {
      expect(event_type).toBe(name === "stumble" ? "error" : "complete");
      numbers.push(Number(parameters?.[name === "crunch" ? "seed" : "number"]));
    }
  }
  return numbers.sort((a, b) => a - b);
}

/** The numbers that a function is called with in so many rounds. */
async function expectedCalls(rounds: number): Promise<Readonly<Record<keyof Work, readonly number[]>>> {
  const calls: Record<keyof Work, number[]> = { crunch: [], assemble: [], stumble: [] };
  const noted =
    <Rest extends readonly unknown[], Result>(numbers: number[], call: (number: number, ...rest: Rest) => Result) =>
    (number: number, ...rest: Rest) => {
      numbers.push(number);
      return call(number, ...rest);
    };
  const noting: Work = {
    crunch: noted(calls.crunch, BARE_WORK.crunch),
    assemble: noted(calls.assemble, BARE_WORK.assemble),
    stumble: noted(calls.stumble, BARE_WORK.stumble),
  };
  await Promise.all(Array.from({ length: rounds }, (_, at) => workRound(noting, at + 1)));
  for (const numbers of Object.values(calls)) numbers.sort((a, b) => a - b);
  return calls;
}

describe.each(FAULTS)("$name", ({ name, begin, isNoticed, warns, needsDisk }) => {
  // Skipped, and said to be, where the machine lets us have no disk of our own.
  test.skipIf(needsDisk && !canMount)("the results are right, and all that was recorded arrives, once", async () => {
    const world = await setup(name.replaceAll(/\W+/g, "-"));
    const program = startProgram({ url: world.cable.url, accessKey: world.server.accessKey, spool: world.spool });
    onTestFinished(() => void program.kill());
    let rounds = 0;
    const work = async () => {
      rounds += 1;
      expect(await program.round(rounds)).toBe(await workRound(BARE_WORK, rounds));
    };
    await work();
    // Nothing is under way: a disk in use could not be made read-only.
    expect(await program.flush()).toBe(true);
    const undo = await begin(world);
    while (!isNoticed(world)) {
      await work();
      expect(rounds).toBeLessThan(MAX_ROUNDS);
    }
    await work();
    await undo();
    await work();
    const { isDelivered, report, warnings } = await program.end();
    expect(isDelivered).toBe(true);
    if (warns !== undefined) expect(warnings.join("\n")).toMatch(warns);
    expect(report).toMatchObject({ lost_records: 0, summarized_calls: 0 });

    const { server } = world;
    const expected = await expectedCalls(rounds);
    expect(expected.crunch).toHaveLength(rounds * CALLS_A_ROUND.crunch);
    for (const each of ["crunch", "assemble", "stumble"] as const)
      expect(await callsOf(server, each), each).toEqual(expected[each]);
    const { get } = readerOf(server);
    const { logs } = JSON.parse(await get("jobs/rounds/logs?limit=1000")) as { logs: readonly { message: string }[] };
    const everyRound = (word: string) => Array.from({ length: rounds }, (_, at) => `${word}${at + 1}`);
    expect(logs.map(({ message }) => message)).toEqual(everyRound("round "));
    const facts: { seq: number; type: string; data: { task_id?: string } }[] = [];
    for (let after = -1; after < (facts.at(-1)?.seq ?? 0); ) {
      after = facts.at(-1)?.seq ?? 0;
      facts.push(
        ...(JSON.parse(await get(`jobs/rounds/events?limit=1000&after=${after}`)) as { events: typeof facts }).events,
      );
    }
    expect(facts.map(({ seq }) => seq)).toEqual(facts.map((_, at) => at + 1));
    expect(facts.filter(({ type }) => type === "task.completed").map(({ data }) => data.task_id)).toEqual(
      everyRound("round-"),
    );
    expect(facts.at(-1)?.type).toBe("session.completed");
  });
});

test("what finds no room is counted and told, and of calls the sums are right", async () => {
  const world = await setup("no-room");
  const program = startProgram({ url: world.cable.url, accessKey: world.server.accessKey, spool: "", capacity: 100 });
  onTestFinished(() => void program.kill());
  const rounds = 40;
  for (let round = 1; round <= rounds; round++) {
    if (round === 5) world.cable.unplug();
    expect(await program.round(round)).toBe(await workRound(BARE_WORK, round));
  }
  world.cable.plug();
  const { isDelivered, report } = await program.end();
  expect(isDelivered).toBe(true);
  expect(report.lost_records).toBeGreaterThan(0);
  expect(report.summarized_calls).toBeGreaterThan(0);

  const { get } = readerOf(world.server);
  const { logs } = JSON.parse(await get("jobs/rounds/logs?limit=1000")) as { logs: readonly LogLine[] };
  const told = logs.filter(({ message }) => message.startsWith("the server was away for too long"));
  const lost = (name: string) => told.reduce((sum, { fields }) => sum + Number(fields[name]), 0);
  expect(lost("dropped_logs") + lost("dropped_step_changes") + lost("dropped_task_events")).toBe(report.lost_records);
  expect(logs.filter(({ message }) => message.startsWith("round ")).length).toBe(rounds - lost("dropped_logs"));
  const { functions } = JSON.parse(await get("performance/summary")) as {
    functions: readonly { name: string; count: number; error_count: number }[];
  };
  for (const [name, count] of Object.entries(CALLS_A_ROUND)) {
    const error_count = name === "stumble" ? rounds * count : 0;
    expect(functions.find((each) => each.name === name)).toMatchObject({ count: rounds * count, error_count });
  }
});
