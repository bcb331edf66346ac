import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { DatabaseSync } from "node:sqlite";
import pg from "pg";
import { expect, onTestFinished, test } from "vitest";
import { monitorPg } from "../database/monitor-pg.ts";
import { monitorSqlite } from "../database/monitor-sqlite.ts";
import { patchFetch } from "../fetch/patch-fetch.ts";
import { monitor } from "../monitor/monitor.ts";
import { monitorObject } from "../monitor/monitor-object.ts";
import { startPgServer } from "../testing/pg-server.ts";
import { setup } from "../testing/setup.ts";
import { setCurrentObserver } from "./observer.ts";

async function program() {
  const { playhead, engine, clock } = setup({ monitoring: { budget: false } });
  onTestFinished(setCurrentObserver(playhead.observer));
  onTestFinished(patchFetch());
  const told: unknown[] = [];
  const server = createServer((request, response) => {
    told.push(request.headers.traceparent);
    response.end("x");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const db = monitorSqlite(new DatabaseSync(":memory:"));
  onTestFinished(() => db.close());
  const pool = new pg.Pool({ host: "127.0.0.1", port: await startPgServer(onTestFinished), user: "u", max: 1 });
  onTestFinished(() => pool.end());
  monitorPg(pool);
  /** Name and parent's name of all calls, once they were sent. */
  async function parents() {
    const closing = playhead.close();
    await clock.advance(1_000);
    await closing;
    const calls = engine.observations.flatMap((each) => (each.type === "function.completed" ? [each] : []));
    const names = new Map(calls.map(({ data }) => [data.span_id, data.name]));
    return {
      calls,
      parents: calls.map(
        ({ data }) => `${names.get(data.parent_span_id ?? "") ?? "none"} > ${data.name.replace(/ .*/, "")}`,
      ),
    };
  }
  return { playhead, url, db, pool, told, parents };
}

test.for(["the first time", "again"])(
  "whatever a call does is part of it, also after it has returned: %s",
  async (when) => {
    const { playhead, url, db, pool, told, parents } = await program();
    const load = monitor(async function load() {
      const answer = await fetch(url);
      db.exec("SELECT 1");
      await pool.query("SELECT 2");
      return answer.text();
    });
    /** Returns a promise without being an async function: what it begins must know it, though it is over by then. */
    const client = monitorObject({
      begin(): Promise<unknown> {
        const both = Promise.all([fetch(url), pool.query("SELECT 3")]);
        return both;
      },
    });
    const job = playhead.job({ kind: "demo" });
    if (when === "again") await Promise.all([load(), client.begin()]);
    await job.run(async () => {
      await Promise.all([load(), client.begin(), load()]);
      await fetch(url);
    });
    const { calls, parents: found } = await parents();
    const inJob = found.filter((_, index) => calls[index]?.job_id === job.job_id);
    expect(inJob.sort()).toEqual([
      "begin > GET",
      "begin > SELECT",
      "load > GET",
      "load > GET",
      "load > SELECT",
      "load > SELECT",
      "load > SELECT",
      "load > SELECT",
      "none > GET",
      "none > begin",
      "none > load",
      "none > load",
    ]);
    // Each request was told its own id as the caller's, in the trace that it was made in.
    const requests = calls.filter(({ data }) => data.category === "api");
    const expected = requests.map(({ correlation_id, data }) => `00-${correlation_id}-${data.span_id}-01`);
    expect([...told].sort()).toEqual(expected.sort());
  },
);
