import { statfs } from "node:fs/promises";
import os from "node:os";
import type { Job } from "@playhead/core";
import type { HeardGauge } from "./alerts/heard.ts";
import { DEFAULT_TENANT } from "./tenants.ts";

export interface AlertGaugesDeps {
  readonly dataFolder: string;
  /** All jobs that have not ended. */
  readonly openJobs: () => Iterable<Job>;
  /** Records that the server itself could not keep, since it started. */
  readonly droppedRecords: () => number;
  readonly nowMs: () => number;
}

/** Over less time than this, the start of the process is most of what is seen. */
const CPU_LEAST_MS = 10_000;
const STUCK: ReadonlySet<string> = new Set(["stalled", "stuck"]);

/** Looks at the machine, and at the server itself: what rules can measure beside what is reported. */
export function createAlertGauges({ dataFolder, openJobs, droppedRecords, nowMs }: AlertGaugesDeps) {
  let cpuBefore = cpuTimes();

  function cpuPercent(): number | null {
    const [before, now] = [cpuBefore, cpuTimes()];
    const allMs = now.allMs - before.allMs;
    if (allMs < CPU_LEAST_MS * now.cores) return null;
    cpuBefore = now;
    return (1 - (now.idleMs - before.idleMs) / allMs) * 100;
  }

  async function diskPercent(): Promise<number | null> {
    const { blocks, bavail } = await statfs(dataFolder);
    return blocks === 0 ? null : (1 - bavail / blocks) * 100;
  }

  function* ofJobs(): Generator<Omit<HeardGauge, "kind" | "atMs">> {
    const stuck = new Map([[DEFAULT_TENANT, 0]]);
    const lost = new Map([[DEFAULT_TENANT, new Set<string>()]]);
    for (const { tenant_id, liveness, worker } of openJobs()) {
      if (STUCK.has(liveness)) stuck.set(tenant_id, (stuck.get(tenant_id) ?? 0) + 1);
      if (liveness === "lost" && worker !== null) lost.set(tenant_id, (lost.get(tenant_id) ?? new Set()).add(worker));
    }
    for (const [tenantId, value] of stuck) yield { tenantId, labels: {}, name: "stuck_jobs", value };
    for (const [tenantId, { size: value }] of lost) yield { tenantId, labels: {}, name: "lost_workers", value };
  }

  return async (): Promise<readonly HeardGauge[]> => {
    const values = {
      cpu_percent: cpuPercent(),
      memory_percent: (1 - os.freemem() / os.totalmem()) * 100,
      disk_percent: await diskPercent().catch(() => null),
    };
    const labels = { host: os.hostname() };
    const machine = Object.entries(values).flatMap(([name, value]) =>
      value === null ? [] : [{ tenantId: DEFAULT_TENANT, labels, name, value }],
    );
    const dropped = { tenantId: DEFAULT_TENANT, labels: {}, name: "dropped_records", value: droppedRecords() };
    const atMs = nowMs();
    return [...machine, dropped, ...ofJobs()].map((gauge) => ({ kind: "gauge", atMs, ...gauge }));
  };
}

function cpuTimes() {
  let [idleMs, allMs] = [0, 0];
  const cores = os.cpus();
  for (const { times } of cores) {
    idleMs += times.idle;
    allMs += times.idle + times.user + times.nice + times.sys + times.irq;
  }
  return { idleMs, allMs, cores: cores.length };
}
