// What do more nodes and more workers cost and bring, on one PostgreSQL and one Redis? All are processes of this machine: with
// few cores they share them, so that throughput cannot grow with their number, and CPU by fact and by delivery is what counts.
// usage: node --conditions=playhead-src bench/scale.ts [--quick] [--rounds=N]; progress on stderr, one JSON report on stdout; a
// round takes 20 to 25 minutes
import { startFile } from "./child.ts";
import { type Metrics, option, printReport, type Samples, say, spreadOf } from "./report.ts";
import { type StoreBytes, startCluster } from "./scale-cluster.ts";
import { cpuSecondsOf } from "./scale-processes.ts";
import type { ViewersReport, ViewersSettings } from "./scale-viewers.ts";
import type { WorkerReport, WorkerSettings } from "./scale-worker.ts";

const quick = process.argv.includes("--quick");
const KEY = "the key of all nodes";
const settings = {
  rounds: option("rounds", quick ? 1 : 3),
  open_jobs: quick ? 10_000 : 100_000,
  active_jobs: quick ? 1_000 : 5_000,
  seconds: quick ? 3 : 10,
  paced_facts_per_second: quick ? 300 : 1_000,
  connections: quick ? 200 : 1_000,
  jobs_a_connection: 25,
};
const SIZES = quick
  ? [
      [4, 4],
      [1, 1],
      [4, 1],
      [1, 4],
    ]
  : [1, 2, 3, 4].flatMap((nodes) => [1, 2, 3, 4].map((workers) => [nodes, workers]));

const cluster = await startCluster(KEY);
try {
  const emptyBytes = await cluster.bytes();
  await cluster.addNode();
  const empty = await memoryOfEngine();
  const announced = await work([workerOf(0, 1, { announce: settings.open_jobs, running: settings.active_jobs }, 0)]);
  const stored = await cluster.bytes();
  const full = await memoryOfEngine();
  say(`announced ${announced.facts} facts in ${announced.seconds.toFixed(1)} s`);
  await cluster.removeNode();
  const restart_ms = await cluster.addNode();
  const restarted = await memoryOfEngine();
  say(`a node that starts with them takes work after ${(restart_ms / 1_000).toFixed(1)} s`);

  const withOpenJobs = {
    announced_facts_per_second: announced.facts / announced.seconds,
    engine_used_bytes_per_open_job: (full.used - empty.used) / settings.open_jobs,
    engine_used_bytes_per_open_job_after_restart: (restarted.used - empty.used) / settings.open_jobs,
    engine_rss_mb: { empty: megabytes(empty.rss), full: megabytes(full.rss), restarted: megabytes(restarted.rss) },
    restart_ms,
    postgres_bytes_per_open_job: (stored.database - emptyBytes.database) / settings.open_jobs,
    redis_bytes_per_open_job: (stored.redis - emptyBytes.redis) / settings.open_jobs,
  };
  say(JSON.stringify(withOpenJobs));

  const samples: Record<string, Metrics[]> = {};
  for (let round = 0; round < settings.rounds; round++) {
    for (const [nodes = 1, workers = 1] of SIZES) {
      while (cluster.nodes.length > nodes) await cluster.removeNode();
      while (cluster.nodes.length < nodes) await cluster.addNode();
      const metrics = await measure(workers, `${round}-${nodes}-${workers}`);
      const size = `${nodes} nodes, ${workers} workers`;
      samples[size] = [...(samples[size] ?? []), metrics];
      say(`round ${round + 1}/${settings.rounds} ${size}: ${JSON.stringify(metrics)}`);
    }
  }
  report(samples, withOpenJobs);
} finally {
  await cluster.stop();
}

function report(samples: Samples, storeWithOpenJobs: object): void {
  const sizes = Object.keys(samples);
  const names = [...new Set(sizes.flatMap((size) => Object.keys(samples[size]?.[0] ?? {})))];
  const results = sizes.map((size) => [
    size,
    Object.fromEntries(names.map((name) => [name, spreadOf(samples, size, name)])),
  ]);
  const lost = Math.max(...sizes.map((size) => spreadOf(samples, size, "deliveries_missing").max));
  const met = printReport({
    bench: "scale",
    question: "What do more nodes and more workers cost and bring, on one PostgreSQL and one Redis?",
    date: new Date(),
    settings: { ...settings, sizes_in_turn: SIZES, fsync: true },
    results: { "with all jobs open": storeWithOpenJobs, ...Object.fromEntries(results) },
    targets: [{ name: "deliveries missing at a pace", value: lost, at_most: 0 }],
  });
  process.exitCode = met ? 0 : 1;
}

/** Viewers follow the active jobs over all nodes; workers report, first at a pace, then as fast as they can. */
async function measure(workers: number, run: string): Promise<Metrics> {
  const { seconds, connections, jobs_a_connection: jobsEach, active_jobs: jobs } = settings;
  const before = await Promise.all(cluster.nodes.map((node) => node.memory()));
  const viewers = startFile("./scale-viewers.ts", {
    ...{ ports: cluster.nodes.map(({ port }) => port), key: KEY },
    ...{ connections, jobsEach, jobs },
  } satisfies ViewersSettings);
  await viewers.answer();
  const after = await Promise.all(cluster.nodes.map((node) => node.memory()));
  const share = settings.paced_facts_per_second / workers;
  const reporting = (name: string, perSecond: number) =>
    Array.from({ length: workers }, (_, first) => ({
      ...workerOf(first, workers, { seconds }, perSecond),
      name: `${name}-${run}-${first}`,
    }));
  const seen = async () => {
    viewers.say("report");
    return await viewers.answer<ViewersReport>();
  };

  // What the first moments compile is not what a server that runs is like.
  await work(reporting("warm", share));
  await settled(seen);
  const paced = await meter(() => work(reporting("paced", share)), seen);
  const flat = await meter(() => work(reporting("flat", 0)), seen);
  await viewers.end();
  const followed = (connections * jobsEach) / jobs;
  const gained = after.reduce((sum, { used }, index) => sum + used - (before[index]?.used ?? 0), 0);
  return {
    facts_per_second: flat.facts / flat.seconds,
    deliveries_per_second: flat.deliveries / flat.seconds,
    flat_ack_p50_ms: flat.ack_p50_ms,
    paced_facts: paced.facts,
    paced_p50_ms: paced.p50_ms,
    paced_p99_ms: paced.p99_ms,
    paced_ack_p50_ms: paced.ack_p50_ms,
    deliveries_missing: paced.facts * followed - paced.deliveries,
    ...perFact("paced", paced),
    ...perFact("flat", flat),
    paced_cpu_us_per_delivery_of_other_nodes: perDelivery(paced),
    flat_cpu_us_per_delivery_of_other_nodes: perDelivery(flat),
    paced_cpu_cores_of_engine: (paced.cpu["engine's node"] ?? 0) / paced.seconds,
    bytes_per_delivery: paced.bytes / paced.deliveries,
    kb_per_connection: gained / 1024 / connections,
  };
}

type Metered = Awaited<ReturnType<typeof meter>>;

/** Processor time and bytes by fact, of each who takes part. */
function perFact(phase: string, { cpu, facts, grown }: Metered): Metrics {
  const us = (seconds: number) => (seconds * 1e6) / facts;
  return {
    [`${phase}_cpu_us_per_fact_of_engine`]: us(cpu["engine's node"] ?? 0),
    [`${phase}_cpu_us_per_fact_of_other_nodes`]: us(sumOfNodes(cpu)),
    [`${phase}_cpu_us_per_fact_of_postgres`]: us(cpu.postgres ?? 0),
    [`${phase}_cpu_us_per_fact_of_redis`]: us(cpu.redis ?? 0),
    [`${phase}_wal_bytes_per_fact`]: grown.wal / facts,
    [`${phase}_stored_bytes_per_fact`]: grown.database / facts,
    [`${phase}_redis_bytes_per_fact`]: grown.redis / facts,
    [`${phase}_redis_sent_bytes_per_fact`]: grown.redisSent / facts,
  };
}

/** Of nodes without the engine, which have their share of the viewers; what they hand on of workers is in it. NaN without any. */
function perDelivery({ cpu, deliveries }: Metered): number {
  const share = 1 - 1 / cluster.nodes.length;
  return share === 0 ? Number.NaN : (sumOfNodes(cpu) * 1e6) / (deliveries * share);
}

function sumOfNodes(cpu: Readonly<Record<string, number>>): number {
  return Object.entries(cpu).reduce((sum, [name, seconds]) => (name.startsWith("node ") ? sum + seconds : sum), 0);
}

/** What a phase took of whom, and what came of it, until nothing comes any more. */
async function meter(phase: () => Promise<WorkerReport>, seen: () => Promise<ViewersReport>) {
  const [cpuBefore, bytesBefore] = [await cpuSecondsOf(cluster.pids()), await cluster.bytes()];
  await seen();
  const reported = await phase();
  const came = await settled(seen);
  const [cpuAfter, bytesAfter] = [await cpuSecondsOf(cluster.pids()), await cluster.bytes()];
  const cpu = Object.fromEntries(
    Object.entries(cpuAfter).map(([name, value]) => [name, value - (cpuBefore[name] ?? 0)]),
  );
  const grown = Object.fromEntries(
    Object.entries(bytesAfter).map(([name, value]) => [name, value - bytesBefore[name as keyof StoreBytes]]),
  ) as unknown as StoreBytes;
  return { ...reported, ...came, cpu, grown };
}

/** All that has come, once nothing came for half a second. The latencies are of the first look, which has nearly all. */
async function settled(seen: () => Promise<ViewersReport>): Promise<ViewersReport> {
  let sum = await seen();
  for (let looks = 0; looks < 40; looks++) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const more = await seen();
    if (more.deliveries === 0) break;
    sum = { ...sum, deliveries: sum.deliveries + more.deliveries, bytes: sum.bytes + more.bytes };
  }
  return sum;
}

function workerOf(first: number, step: number, task: WorkerSettings["task"], perSecond: number): WorkerSettings {
  const node = cluster.nodes[first % cluster.nodes.length];
  if (node === undefined) throw new Error("expected a node to report to, got none");
  return { port: node.port, key: KEY, name: "announcer", task, first, step, jobs: settings.active_jobs, perSecond };
}

/** Lets these workers do what they are told, all at once. */
async function work(workers: readonly WorkerSettings[]): Promise<WorkerReport> {
  const files = workers.map((each) => startFile("./scale-worker.ts", each));
  await Promise.all(files.map((file) => file.answer()));
  for (const file of files) file.say("go");
  const reports = await Promise.all(files.map((file) => file.answer<WorkerReport>()));
  await Promise.all(files.map((file) => file.end()));
  const sum = (name: keyof WorkerReport) => reports.reduce((total, each) => total + each[name], 0);
  return {
    facts: sum("facts"),
    seconds: Math.max(...reports.map(({ seconds }) => seconds)),
    ack_p50_ms: sum("ack_p50_ms") / reports.length,
  };
}

async function memoryOfEngine() {
  const memory = await cluster.nodes[0]?.memory();
  if (memory === undefined) throw new Error("expected a node, got none");
  return memory;
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}
