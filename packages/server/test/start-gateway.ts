import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { snapshotOf } from "@playhead/core";
import { onTestFinished } from "vitest";
import { createMemoryBus } from "../src/bus/memory-bus.ts";
import { createGateway, type GatewayDeps } from "../src/gateway/gateway.ts";
import { createStartsInMemory } from "../src/gateway/job-start.ts";
import type { Viewer } from "../src/gateway/viewer.ts";
import { runningJob } from "./jobs.ts";

/** Someone who may see all of a tenant's jobs, for ever. */
export const VIEWER: Viewer = { tenantId: "default", jobIds: null, expiresAtMs: null, credentialId: "c1" };

/** A gateway whose heart beats fast, though slow enough for a busy machine, over the jobs `j` and `k`. */
export async function startTestGateway(deps: Partial<GatewayDeps> = {}) {
  const errors: unknown[] = [];
  const bus = createMemoryBus((error) => errors.push(error));
  const jobs = new Map(["j", "k"].map((jobId) => [jobId, runningJob(jobId)]));
  const revocations = new Set<(credentialId: string) => void>();
  const gateway = createGateway({
    source: {
      epoch: "e1",
      logs: { readLogs: async () => [] },
      store: { readFacts: async () => [] },
      ...createStartsInMemory({
        epoch: "e1",
        peekJob: (jobId) => {
          const draft = jobs.get(jobId);
          return draft && { draft, asked: () => undefined, currentTicks: () => [], storedSoon: async () => true };
        },
        loadJob: async () => null,
        store: {
          readSnapshot: async (jobId) => {
            if (jobId === "broken") throw new Error("the disk is gone");
            const job = jobs.get(jobId);
            return job === undefined ? null : snapshotOf(job);
          },
        },
      }),
    },
    bus,
    readJobs: async () => [],
    listJobs: async () => {
      throw new Error("the disk is gone");
    },
    authenticate: async () => VIEWER,
    authenticateToken: async () => null,
    onRevoked(listener) {
      revocations.add(listener);
      return () => revocations.delete(listener);
    },
    nowMs: Date.now,
    onError: (error) => errors.push(error),
    // Short, but not so short that a machine which does much else is late with the answer.
    heartbeatMs: 1_000,
    ...deps,
  });
  const http = createServer();
  gateway.attach(http);
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    await gateway.close();
    http.close();
  });
  return {
    gateway,
    bus,
    errors,
    http,
    jobs,
    url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}/`,
    revoke: (credentialId: string) => {
      for (const listener of revocations) listener(credentialId);
    },
    /** Who listens for revocations still. */
    revocations,
  };
}
