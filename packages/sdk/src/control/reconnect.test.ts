import type { ControlCommand, ControlVerb } from "@playhead/core";
import { afterEach, expect, test } from "vitest";
import { createPlayhead } from "../playhead.ts";
import { createMemoryEngine } from "../testing/memory-engine.ts";
import { recordsIn, startTestServer, type TestServer } from "../testing/test-server.ts";
import { until } from "../testing/until.ts";
import { type SetTimer, setSystemTimer } from "../timer.ts";
import { createHttpTransport } from "../transport/http-transport.ts";

const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

const hasty: SetTimer = (callback, delayMs, keepsAlive) => setSystemTimer(callback, delayMs / 25, keepsAlive);

/** A worker over HTTP, and a server that can be away, and keeps commands until they are confirmed. */
async function setup() {
  const engine = createMemoryEngine();
  const waiting = new Map<string, ControlCommand>();
  const asks: (() => void)[] = [];
  let given = 0;
  let isAway = false;
  let losesReceipts = 0;

  const server: TestServer = await startTestServer(async (request) => {
    if (isAway) return {};
    if (request.path.includes("/ack")) {
      losesReceipts -= 1;
      if (losesReceipts >= 0) return { status: 503, body: "" };
      waiting.delete(decodeURIComponent(request.path.split("/").at(-2) ?? ""));
      return { body: { confirmed: true } };
    }
    if (request.path.includes("/commands?")) {
      if (waiting.size === 0) await new Promise<void>((resolve) => asks.push(resolve));
      return isAway ? {} : { body: { commands: [...waiting.values()] } };
    }
    const { source, records } = recordsIn(request);
    return { body: await engine.ingest({ source: String(source), records }) };
  });
  const transport = createHttpTransport({ url: server.url, apiKey: "k", setTimer: hasty, spool: false });
  const playhead = createPlayhead({ transport, setTimer: hasty, flushMs: 1, warn: () => undefined });
  open.push(server, playhead);
  return {
    engine,
    playhead,
    waiting,
    away(is: boolean) {
      isAway = is;
      for (const ask of asks.splice(0)) ask();
    },
    loseReceipts(count: number) {
      losesReceipts = count;
    },
    /** Does what `POST /jobs/j/VERB` does; the command waits for its worker. */
    give(verb: ControlVerb) {
      engine.command("j", verb);
      given += 1;
      waiting.set(`c${given}`, { command_id: `c${given}`, job_id: "j", verb, reason: "asked" });
      for (const ask of asks.splice(0)) ask();
    },
  };
}

test("pause and resume given while the worker was disconnected are obeyed when it is back", async () => {
  const { playhead, engine, away, give, waiting } = await setup();
  const job = playhead.job({ kind: "demo", id: "j" });
  const rounds: number[] = [];
  let isOver = false;
  const running = job.run(async () => {
    for (let round = 0; !isOver; round += 1) {
      await job.checkpoint();
      rounds.push(round);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  });
  await until(() => engine.jobIds().includes("j") && engine.job("j").state === "running");
  away(true);
  give("pause");
  const before = rounds.length;
  await until(() => rounds.length > before + 5);
  away(false);
  await until(() => engine.job("j").state === "paused");
  const paused = rounds.length;
  expect(waiting.size).toBe(0);
  away(true);
  give("resume");
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(rounds.length).toBe(paused);
  away(false);
  await until(() => rounds.length > paused);
  isOver = true;
  await running;
  await until(() => engine.job("j").state === "completed");
  expect(engine.refused).toEqual([]);
});

test("a cancel given while the worker was disconnected ends its job when it is back", async () => {
  const { playhead, engine, away, give } = await setup();
  const job = playhead.job({ kind: "demo", id: "j" });
  const running = job.run(
    ({ signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
  );
  await until(() => engine.jobIds().includes("j") && engine.job("j").state === "running");
  away(true);
  give("cancel");
  away(false);
  await expect(running).rejects.toMatchObject({ code: "canceled", detail: { reason: "asked" } });
  await until(() => engine.job("j").state === "canceled");
});

test("a command that comes again, since its receipt was lost, is obeyed once", async () => {
  const { playhead, engine, give, waiting, loseReceipts } = await setup();
  const job = playhead.job({ kind: "demo", id: "j" });
  const gate = Promise.withResolvers<void>();
  const running = job.run(() => gate.promise);
  await until(() => engine.jobIds().includes("j") && engine.job("j").state === "running");
  loseReceipts(3);
  const pauses: number[] = [];
  job.pauseGate.hold({ stop: () => pauses.push(1), resume: () => undefined });
  give("pause");
  await until(() => waiting.size === 0);
  expect(pauses).toEqual([1]);
  gate.resolve();
  await running;
});
