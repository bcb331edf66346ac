// What bench/chaos-cluster.ts does, in the network that it has chosen; that says what this is for, and how it is called.
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type Job, jobFromSnapshot } from "@playhead/core";
import { startFile } from "../child.ts";
import { printReport, say } from "../report.ts";
import { openAudience } from "./audience.ts";
import { startBadNetwork } from "./bad-network.ts";
import { layCables } from "./cables.ts";
import { startCluster } from "./cluster.ts";
import { clusterFaults } from "./cluster-faults.ts";
import { openNamespaces } from "./namespaces.ts";
import type { WhenOver } from "./network.ts";
import { endWithStarter } from "./own-namespaces.ts";
import { createRecoveryWatch } from "./recovery-watch.ts";
import { seededRandom } from "./seeded-random.ts";
import { storedFacts, workerFaults } from "./stored-facts.ts";

const { values: flags } = parseArgs({
  options: {
    seed: { type: "string" },
    rounds: { type: "string", default: "1" },
    "lease-ms": { type: "string", default: "2000" },
    network: { type: "string", default: "cables" },
    verbose: { type: "boolean", default: false },
  },
});
endWithStarter();
const settings = {
  network: flags.network,
  nodes: 3,
  workers: 4,
  jobs: 12,
  viewers: 48,
  slow_viewers: 12,
  step_ms: 300,
  cut_every_ms: 1_500,
  cut_part: 0.08,
  max_delay_ms: 10,
  rounds: Number(flags.rounds),
  lease_ms: Number(flags["lease-ms"]),
  seed: Number(flags.seed ?? randomBytes(4).readUInt32LE()),
};
/** For one fault to be over, and for all to have come to rest in the end. */
const LIMIT_MS = 90_000;

const random = seededRandom(settings.seed);
const key = `ph_${randomBytes(12).toString("hex")}`;
const folder = await mkdtemp(path.join(os.tmpdir(), "playhead-cluster-"));
const jobIds = Array.from({ length: settings.jobs }, (_, at) => `chaos-${at}`);
const ends: (() => Promise<void> | void)[] = [() => rm(folder, { recursive: true, force: true })];
const whenOver: WhenOver = (stop) => void ends.push(stop);

try {
  const network = settings.network === "namespaces" ? await openNamespaces(whenOver) : layCables(whenOver);
  const cluster = await startCluster({
    ...{ network, folder, key, nodes: settings.nodes, leaseMs: settings.lease_ms },
    onLine: (node, line) => {
      if (flags.verbose) say(`  ${(performance.now() / 1_000).toFixed(2)} ${node}: ${line}`);
    },
    whenOver,
  });
  await cluster.engine();
  // What clients go through; between the nodes, and from them to the databases, others are cut.
  const networks = await Promise.all(
    cluster.members.map(({ fromClients }) =>
      startBadNetwork({ target: fromClients.address, random, maxDelayMs: settings.max_delay_ms }),
    ),
  );
  for (const { close } of networks) ends.push(close);
  const urls = networks.map(({ port }) => `http://127.0.0.1:${port}`);

  say(`seed ${settings.seed}: ${settings.nodes} nodes, ${settings.workers} workers, ${settings.viewers} viewers`);
  const workers = Array.from({ length: settings.workers }, (_, at) =>
    startFile("./chaos/worker.ts", {
      ...{ url: urls[at % urls.length], key, seed: settings.seed + at, stepMs: settings.step_ms, steps: 1_000_000 },
      jobIds: jobIds.filter((_, index) => index % settings.workers === at),
    }),
  );
  for (const worker of workers) ends.push(() => void worker.child.kill("SIGKILL"));
  // A client that asks for a job which is not there yet is told so, and asks again only when it connects anew.
  await within(untilAnnounced(cluster.members[0]?.node.url ?? ""), "the jobs");
  const recovery = createRecoveryWatch(settings.nodes);
  const audience = openAudience({
    ...{ urls, key, jobIds, random, viewers: settings.viewers, slowViewers: settings.slow_viewers, resumes: true },
    onFact: recovery.saw,
  });
  ends.push(audience.close);
  recovery.begin();
  await within(recovery.isOver(), "the first facts");

  let [cuts, isOver] = [0, false];
  const cutting = (async () => {
    while (!isOver) {
      await delay(settings.cut_every_ms * (0.5 + random()));
      for (const network of networks) cuts += network.cut(settings.cut_part);
      cuts += audience.drop(settings.cut_part / 2);
    }
  })();
  const recovered: Recovered[] = [];
  for (let round = 0; round < settings.rounds; round += 1) {
    for (const { name, befall } of clusterFaults(cluster, settings.lease_ms, random)) {
      let begunMs = 0;
      const { mend, told } = await befall(() => {
        recovery.begin();
        begunMs = performance.now();
      });
      await mend();
      const mended = Math.round(performance.now() - begunMs);
      const [{ slowest, quickest }, readyAgainMs] = await Promise.all([
        within(recovery.isOver(), name),
        told?.readyAgain(),
      ]);
      say(
        `${name}: mended after ${mended} ms, a fact of after it at the first node ${quickest}, at the last ${slowest}`,
      );
      recovered.push({
        ...{ fault: name, mended_ms: mended, slowest_ms: slowest, quickest_ms: quickest },
        ...(told !== undefined && { unready_ms: told.unreadyMs, ready_again_ms: readyAgainMs ?? null }),
      });
    }
  }
  isOver = true;
  await cutting;

  for (const worker of workers) worker.say("end");
  type Delivery = { is_delivered: boolean; refused: string[]; steps: Record<string, number> };
  const deliveries = await within(Promise.all(workers.map((worker) => worker.answer<Delivery>())), "the workers");
  const steps = Object.assign({}, ...deliveries.map((delivery) => delivery.steps)) as Record<string, number>;
  const engine = await within(cluster.engine(), "an engine in the end");
  const stored = new Map<string, Job>();
  let misplaced = 0;
  let facts = 0;
  for (const jobId of jobIds) {
    const [job, all] = [await readJob(engine.node.url, jobId), await storedFacts(engine.node.url, key, jobId)];
    stored.set(jobId, job);
    facts += all.length;
    const wrong = workerFaults(all, steps[jobId] ?? 0);
    if (wrong !== null) say(`${jobId}: ${wrong}`);
    if (wrong !== null || all.length !== job.seq) misplaced += 1;
  }
  say("all is stored; who has not seen it yet catches up");
  await within(untilCaughtUp(stored), "the viewers").catch((late) => {
    for (const who of audience.behind(stored)) say(who);
    throw late;
  });
  const { faults, unequal, reconnects, silences } = audience.outcome(stored);
  const untold = recovered.filter(({ unready_ms, ready_again_ms }) => unready_ms === null || ready_again_ms === null);
  const refused = deliveries.flatMap((delivery) => delivery.refused);
  const isMet = printReport({
    bench: "chaos-cluster",
    question: "Does a cluster lose, double or reorder anything, when each part of it fails in turn?",
    date: new Date(),
    settings,
    results: { facts, cuts, reconnects, silences, ...faults, viewers_not_equal_to_store: unequal, refused, recovered },
    targets: [
      { name: "workers that were not told that all is stored", value: undelivered(deliveries), at_most: 0 },
      { name: "reports refused", value: refused.length, at_most: 0 },
      {
        name: "jobs whose stored facts are not what their worker did, once and in order",
        value: misplaced,
        at_most: 0,
      },
      { name: "facts lost at viewers", value: faults.lost, at_most: 0 },
      { name: "facts doubled at viewers", value: faults.doubled, at_most: 0 },
      { name: "facts out of order at viewers", value: faults.unordered, at_most: 0 },
      { name: "viewers that do not end equal to the store", value: unequal, at_most: 0 },
      {
        name: "nodes that did not say in time that they had lost PostgreSQL, or had it again",
        value: untold.length,
        at_most: 0,
      },
    ],
  });
  process.exitCode = isMet ? 0 : 1;

  async function untilCaughtUp(all: ReadonlyMap<string, Job>): Promise<void> {
    while (audience.behind(all).length > 0) await delay(100);
  }
} finally {
  for (const end of ends.reverse()) await end();
}

/** What became of a fault; the second line where a node had lost PostgreSQL, see `Befallen`. */
interface Recovered {
  readonly fault: string;
  /** When all was whole again: what was away was there, what was stopped served. */
  readonly mended_ms: number;
  readonly slowest_ms: number;
  readonly quickest_ms: number;
  readonly unready_ms?: number | null;
  readonly ready_again_ms?: number | null;
}

async function untilAnnounced(url: string): Promise<void> {
  const headers = { authorization: `Bearer ${key}` };
  for (const jobId of jobIds) {
    while ((await fetch(`${url}/api/v1/jobs/${jobId}`, { headers })).status !== 200) await delay(100);
  }
}

function undelivered(deliveries: readonly { readonly is_delivered: boolean }[]): number {
  return deliveries.filter((delivery) => !delivery.is_delivered).length;
}

async function readJob(url: string, jobId: string): Promise<Job> {
  const answer = await fetch(`${url}/api/v1/jobs/${jobId}`, { headers: { authorization: `Bearer ${key}` } });
  return jobFromSnapshot((await answer.json()) as Parameters<typeof jobFromSnapshot>[0]);
}

async function within<Value>(work: Promise<Value>, what: string): Promise<Value> {
  const late = Promise.withResolvers<never>();
  const fail = () => late.reject(new Error(`${what}: not within ${LIMIT_MS / 1_000} s (seed ${settings.seed})`));
  const timer = setTimeout(fail, LIMIT_MS);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
