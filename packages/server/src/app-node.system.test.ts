import { writeFileSync } from "node:fs";
import { fold, type Job, jobFromSnapshot } from "@playhead/core";
import { beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { WebSocket } from "ws";
import { type PostgresServer, startPostgres } from "../../../tests/servers/postgres-server.ts";
import { startRedis } from "../../../tests/servers/redis-server.ts";
import { startDeafProxy } from "../test/deaf-proxy.ts";
import { atFileEnd } from "../test/file-end.ts";
import { CLUSTER_KEY, startTestNode, type TestNode } from "../test/start-node.ts";
import { startTestServer } from "../test/start-server.ts";
import { openPostgres } from "./store/postgres/open-postgres.ts";

const whenOver = atFileEnd();
let postgres: PostgresServer;
let redisSocket: string;
let databases = 0;

beforeAll(async () => {
  [postgres, redisSocket] = await Promise.all([startPostgres(whenOver), startRedis(whenOver)]);
});

async function setup(...names: readonly string[]) {
  const databaseUrl = await postgres.createDatabase();
  databases += 1;
  const redisUrl = `unix://${redisSocket}?db=${databases}`;
  const nodes: TestNode[] = [];
  for (const name of names) {
    nodes.push(await startTestNode({ name, databaseUrl, redisUrl }));
    if (nodes.length === 1) await leads(nodes[0] as TestNode);
  }
  return { databaseUrl, redisUrl, nodes: nodes as [TestNode, TestNode, ...TestNode[]] };
}

const leads = (node: TestNode) =>
  vi.waitFor(() => expect(node.standing().role).toBe("leading"), { timeout: 20_000, interval: 50 });
/** Until the node knows where the engine is, and that answers. */
const answers = (node: TestNode) =>
  vi.waitFor(async () => expect((await node.ask("/api/v1/jobs")).status).toBe(200), { timeout: 20_000, interval: 50 });

const created = (job_id: string, n: number) => ({
  ...{ n, type: "job.created", ts: "2026-11-22T06:00:00Z", job_id },
  data: { kind: "clips", title: "one" },
});
const titled = (job_id: string, n: number, title: string) => ({
  ...{ n, type: "job.updated", ts: "2026-11-22T06:00:01Z", job_id },
  data: { title },
});

/** A viewer in the simple mode that folds, and notes the numbers of facts in their order. */
function watch(node: TestNode, jobId: string, token = CLUSTER_KEY) {
  const socket = new WebSocket(`${node.url.replace("http", "ws")}/?job_id=${jobId}&token=${encodeURIComponent(token)}`);
  onTestFinished(() => socket.terminate());
  const seen = { job: null as Job | null, facts: [] as number[], closed: null as number | null };
  socket.on("message", (text) => {
    const frame = JSON.parse(String(text));
    if (frame.type === "snapshot") seen.job = jobFromSnapshot(frame.data);
    else if (seen.job !== null && "seq" in frame) {
      if (frame.tick === undefined) seen.facts.push(frame.seq);
      seen.job = fold(seen.job, frame);
    }
  });
  socket.on("close", (code) => {
    seen.closed = code;
  });
  return seen;
}

const standingOf = async (node: TestNode) => (await node.ask("/api/v1/monitoring/health/ready")).json();
/** The same database, over a line that can lose what PostgreSQL says. */
async function overLine(databaseUrl: string) {
  const { pathname, searchParams } = new URL(databaseUrl.replace("@/", "@localhost/"));
  const line = await startDeafProxy(`${searchParams.get("host")}/.s.PGSQL.${searchParams.get("port")}`);
  return { line, url: `postgresql://postgres@127.0.0.1:${line.port}${pathname}` };
}

const soon = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 20_000, interval: 20 });

test("a worker reports to one node, a viewer watches at another, and sees what it would see on one server", async () => {
  const { nodes } = await setup("a", "b");
  const [a, b] = nodes;
  await answers(b);
  // To the one without the engine; watched at the other, and the other way round.
  expect((await b.report("w", [created("j", 1), titled("j", 2, "two")])).status).toBe(200);
  const viewers = [watch(a, "j"), watch(b, "j")];
  await soon(() => expect(viewers.map(({ job }) => job?.title)).toEqual(["two", "two"]));
  for (let n = 3; n <= 40; n += 1) await (n % 2 === 0 ? a : b).report("w", [titled("j", n, `${n}`)]);
  await soon(() => expect(viewers.map(({ job }) => job?.title)).toEqual(["40", "40"]));
  for (const { facts } of viewers) expect(facts).toEqual(Array.from({ length: 38 }, (_, at) => at + 3));
  await soon(async () =>
    expect(await standingOf(b)).toEqual({
      ...{ status: "pass", node: { name: "b", role: "gateway" }, engine: { holder: "a", term: expect.any(Number) } },
      reaches: { postgresql: true, redis: true, engine: true },
    }),
  );
  expect((await a.ask("/api/v1/monitoring/health/live")).status).toBe(200);
});

test("when the engine's node ends, another takes over, and nobody loses a fact", async () => {
  const { nodes } = await setup("a", "b", "c");
  const [a, b, c] = nodes as [TestNode, TestNode, TestNode];
  await Promise.all([answers(b), answers(c)]);
  await b.report("w", [created("j", 1)]);
  const seen = watch(c, "j");
  await soon(() => expect(seen.job?.seq).toBe(1));
  await a.close();
  await soon(async () => expect((await b.report("w", [created("j", 1), titled("j", 2, "two")])).status).toBe(200));
  await soon(() => expect([seen.job?.title, seen.facts, seen.closed]).toEqual(["two", [2], null]));
  const roles = [b, c].map(({ standing }) => standing().role).toSorted();
  expect(roles).toEqual(["follower", "leading"]);
  // A remote worker's job goes on.
  const job = await (await c.ask("/api/v1/jobs/j")).json();
  expect(job).toMatchObject({ state: "pending", seq: 2 });
});

test("a key that was made through one node opens another at once, and none when it is revoked", async () => {
  const { nodes } = await setup("a", "b");
  const [a, b] = nodes;
  await answers(b);
  await a.report("w", [created("j", 1)]);
  const made = await a.ask("/api/v1/keys", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "viewer", role: "viewer" }),
  });
  const { key, key_id: keyId } = (await made.json()) as { readonly key: string; readonly key_id: string };
  const seen = watch(b, "j", key);
  await soon(() => expect(seen.job?.seq).toBe(1));
  expect((await a.ask(`/api/v1/keys/${keyId}`, { method: "DELETE" })).ok).toBe(true);
  await soon(() => expect(seen.closed).toBe(4504));
  // Unknown, or ended as soon as it was in: either way it stays away.
  const again = watch(b, "j", key);
  await soon(() => expect([4500, 4504]).toContain(again.closed));
});

test("a node that hears nothing of PostgreSQL any more says so within the time of the lease and a bit, and that it is back", async () => {
  const { databaseUrl, redisUrl, nodes } = await setup("a", "b");
  const [, b] = nodes;
  const { line, url } = await overLine(databaseUrl);
  const cut = await startTestNode({ name: "cut", databaseUrl: url, redisUrl });
  const all = { postgresql: true, redis: true, engine: true };
  await soon(async () => expect(await standingOf(cut)).toMatchObject({ status: "pass", reaches: all }));
  line.loseAnswers();
  const begunMs = performance.now();
  await soon(async () =>
    expect(await standingOf(cut)).toMatchObject({
      ...{ status: "fail", reason: expect.stringMatching(/^PostgreSQL has not answered for \d+ s$/) },
      reaches: { ...all, postgresql: false },
    }),
  );
  // Not for a moment without an answer.
  expect(performance.now() - begunMs).toBeGreaterThan(1_500);
  expect((await cut.ask("/api/v1/monitoring/health/ready")).status).toBe(503);
  expect(await standingOf(b)).toMatchObject({ status: "pass" });
  line.cut();
  await soon(async () => expect((await cut.ask("/api/v1/monitoring/health/ready")).status).toBe(200));
});

test("the engine's node says how it stands in the cluster, also to who asks another", async () => {
  const { databaseUrl, redisUrl } = await setup();
  const health = { interval_seconds: 300, cache_seconds: 0, check_limit_ms: 10_000 };
  const a = await startTestNode({ name: "a", databaseUrl, redisUrl, config: { health } });
  await leads(a);
  const b = await startTestNode({ name: "b", databaseUrl, redisUrl });
  await answers(b);
  await soon(async () => {
    const { checks } = (await (await b.ask("/api/v1/monitoring/health/detailed")).json()) as { checks: object[] };
    expect(checks).toContainEqual(
      expect.objectContaining({
        ...{ component: "cluster", status: "healthy" },
        details: expect.objectContaining({ node: "a", role: "leading", term: 1, engine_reached: true }),
      }),
    );
  });
});

test("a server alone whose database another has taken over says so, and that it is to be closed", async () => {
  const databaseUrl = await postgres.createDatabase();
  const { server, ask } = await startTestServer({ config: { database_url: databaseUrl } });
  expect((await ask("/api/v1/monitoring/health/ready")).status).toBe(200);
  const lost = new Promise((resolve) => server.lost.addEventListener("abort", resolve));
  const database = await openPostgres({ url: databaseUrl, poolSize: 1 });
  onTestFinished(database.close);
  // As one does whose clock, or whose patience, this one has outlasted.
  await database.query(`UPDATE playhead.lease SET term = term + 1, expires_at = clock_timestamp() + interval '1 hour'`);
  await lost;
  const answer = await ask("/api/v1/monitoring/health/ready");
  expect([answer.status, await answer.json()]).toEqual([
    503,
    { status: "fail", reason: "another server writes the database" },
  ]);
});

test("each node counts its own viewers, and the engine's node beside them what the engine does", async () => {
  const { nodes } = await setup("a", "b");
  const [a, b] = nodes;
  await answers(b);
  await b.report("w", [created("j", 1)]);
  const seen = [watch(a, "j"), watch(b, "j"), watch(b, "j")];
  await soon(() => expect(seen.map(({ job }) => job?.seq)).toEqual([1, 1, 1]));
  const figures = async (node: TestNode) => (await node.ask("/metrics")).text();
  expect(await figures(a)).toMatch(/^playhead_viewer_connections 1$/m);
  expect(await figures(b)).toMatch(/^playhead_viewer_connections 2$/m);
  expect(await figures(a)).toMatch(/^playhead_facts_total 1$/m);
  // Whoever adds up what nodes say counts a job once.
  expect(await figures(b)).not.toContain("playhead_facts_total");
  expect((await fetch(`${b.url}/metrics`)).status).toBe(401);
});

test("a node goes by the limits in its file, also when they change", async () => {
  const { databaseUrl, redisUrl } = await setup("a");
  const b = await startTestNode({ name: "b", databaseUrl, redisUrl, file: { requests_per_second: 1_000 } });
  await answers(b);
  const statuses = async () =>
    new Set(await Promise.all(Array.from({ length: 6 }, async () => (await b.ask("/metrics")).status)));
  expect(await statuses()).toEqual(new Set([200]));
  writeFileSync(b.configFile, JSON.stringify({ requests_per_second: 1 }));
  await soon(async () => expect(await statuses()).toContain(429));
  writeFileSync(b.configFile, JSON.stringify({ requests_per_second: 1_000 }));
  await soon(async () => expect(await statuses()).toEqual(new Set([200])));
});
