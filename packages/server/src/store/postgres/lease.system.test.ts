import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { type PostgresServer, startPostgres } from "../../../../../tests/servers/postgres-server.ts";
import { acquireLease } from "./acquire-lease.ts";
import { createFencedWrites, type Term } from "./fenced-writes.ts";
import { holdLease } from "./hold-lease.ts";
import { createLease } from "./lease.ts";
import { openPostgres } from "./open-postgres.ts";

let server: PostgresServer;
const stops: (() => Promise<void>)[] = [];
beforeAll(async () => {
  server = await startPostgres((stop) => stops.push(stop));
}, 60_000);
afterAll(async () => {
  for (const stop of stops) await stop();
}, 60_000);

async function setup() {
  const database = await openPostgres({ url: await server.createDatabase(), poolSize: 4 });
  onTestFinished(database.close);
  const leaseOf = (holder: string, lastsMs?: number) =>
    createLease({ database, holder, url: `http://${holder}`, ...(lastsMs !== undefined && { lastsMs }) });
  /** As if its time had passed, by the only clock that counts. */
  const expire = () => database.query("UPDATE playhead.lease SET expires_at = clock_timestamp()");
  const writesOf = (term: Term) => createFencedWrites(database, term);
  return { database, leaseOf, expire, writesOf };
}

describe("a lease", () => {
  test("is one server's, until it lets go", async () => {
    const { leaseOf } = await setup();
    const [a, b] = [leaseOf("a"), leaseOf("b")];
    expect(await a.read()).toBeNull();
    expect(await a.acquire()).toBe(1);
    expect(await b.acquire()).toBeNull();
    expect(await b.read()).toMatchObject({ term: 1, holder: "a", url: "http://a" });
    await a.release();
    expect(a.term()).toBeNull();
    expect(await b.acquire()).toBe(2);
  });

  test("goes to one of however many want it", async () => {
    const { leaseOf } = await setup();
    const terms = await Promise.all(Array.from({ length: 8 }, (_, at) => leaseOf(`n${at}`).acquire()));
    expect(terms.filter((term) => term !== null)).toEqual([1]);
  });

  test("is another's once nobody has renewed it, and the one before learns of that", async () => {
    const { leaseOf, expire } = await setup();
    const [a, b] = [leaseOf("a"), leaseOf("b")];
    await a.acquire();
    expect(await a.renew()).toBe(true);
    await expire();
    expect(await b.acquire()).toBe(2);
    expect(await a.renew()).toBe(false);
    expect(a.term()).toBeNull();
    expect((await a.read())?.holder).toBe("b");
  });

  test("that has run out is still the holder's when nobody else wanted it", async () => {
    const { leaseOf, expire } = await setup();
    const a = leaseOf("a");
    await a.acquire();
    await expire();
    expect(await a.renew()).toBe(true);
    expect((await a.read())?.holder).toBe("a");
  });

  test("ends by the database's clock, whatever that of a server says", async () => {
    const { leaseOf } = await setup();
    vi.useFakeTimers({ now: Date.UTC(2040, 0, 1), toFake: ["Date"] });
    onTestFinished(() => void vi.useRealTimers());
    const [a, b] = [leaseOf("a"), leaseOf("b")];
    await a.acquire();
    expect(await b.acquire()).toBeNull();
  });

  test("is renewed for as long as it is held, and says when it is lost", async () => {
    const { leaseOf, expire } = await setup();
    const [a, b] = [leaseOf("a"), leaseOf("b")];
    await a.acquire();
    const lost = Promise.withResolvers<void>();
    const held = holdLease({ lease: a, everyMs: 5, onLost: lost.resolve });
    onTestFinished(held.stop);
    await expire();
    while ((await b.acquire()) === null) await expire();
    await lost.promise;
    expect(a.term()).toBeNull();
  });
});

describe("a server that starts", () => {
  test("waits for the time of one that died with the lease", async () => {
    const { leaseOf } = await setup();
    await leaseOf("dead", 200).acquire();
    const own = leaseOf("own");
    await acquireLease({ lease: own, everyMs: 20 });
    expect(own.term()).toBe(2);
  });

  test("is refused where the holder lives", async () => {
    const { leaseOf } = await setup();
    const living = leaseOf("living");
    await living.acquire();
    const held = holdLease({ lease: living, everyMs: 50, onLost: () => {} });
    onTestFinished(held.stop);
    await expect(acquireLease({ lease: leaseOf("own"), everyMs: 20 })).rejects.toMatchObject({
      code: "data_in_use",
      message: expect.stringContaining("living"),
    });
  });
});

describe("what is written under a lease", () => {
  const count = "INSERT INTO playhead.meta VALUES (gen_random_uuid()::text, 'x')";

  test("is refused when it is another's by now", async () => {
    const { database, leaseOf, expire, writesOf } = await setup();
    const [a, b] = [leaseOf("a"), leaseOf("b")];
    // It does not know of its loss.
    const term = await a.acquire();
    const stale = writesOf(() => term);
    await stale.write((session) => session.query(count));
    await expire();
    await b.acquire();
    const late = stale.write((session) => session.query(count));
    await expect(late).rejects.toMatchObject({ code: "service_unavailable", detail: { sqlstate: "PH001" } });
    expect((await database.query("SELECT FROM playhead.meta")).count).toBe(1);
  });

  test("is refused by a server that holds none", async () => {
    const { writesOf } = await setup();
    const writing = writesOf(() => null).write((session) => session.query(count));
    await expect(writing).rejects.toMatchObject({ code: "service_unavailable" });
  });

  test("is over before the lease changes hands", async () => {
    const { leaseOf, expire, writesOf } = await setup();
    const [a, b] = [leaseOf("a"), leaseOf("b")];
    await a.acquire();
    const order: string[] = [];
    const [started, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const writing = writesOf(a.term).write(async (session) => {
      await session.query(count);
      started.resolve();
      await mayEnd.promise;
      order.push("written");
    });
    await started.promise;
    // Renewing does not wait for what is being written.
    expect(await a.renew()).toBe(true);
    await expire();
    const acquiring = b.acquire().then((term) => order.push(`term ${term}`));
    mayEnd.resolve();
    await Promise.all([writing, acquiring]);
    expect(order).toEqual(["written", "term 2"]);
  });
});
