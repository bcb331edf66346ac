import { fold, type Job, jobFromSnapshot } from "@playhead/core";
import { beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { WebSocket } from "ws";
import { type PostgresServer, startPostgres } from "../../../tests/servers/postgres-server.ts";
import { startRedis } from "../../../tests/servers/redis-server.ts";
import { atFileEnd } from "../test/file-end.ts";
import { CLUSTER_KEY, startTestNode, type TestNode } from "../test/start-node.ts";

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
  const health = await (await b.ask("/api/v1/monitoring/health/ready")).json();
  expect(health).toEqual({ status: "pass", node: { name: "b", role: "gateway" }, engine: { holder: "a", term: 1 } });
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
