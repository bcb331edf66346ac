import type { ComponentHealth } from "@playhead/core";
import { expect, test } from "vitest";
import { createManualClock } from "../testing/manual-clock.ts";
import { readingOf } from "../transport/reading.ts";
import { HealthCheckService } from "./health-check-service.ts";

const part = (component: string, status: ComponentHealth["status"]): ComponentHealth => ({
  component,
  status,
  message: "as it is",
  details: { free_bytes: 7 },
  response_time_ms: 3,
});

function setup(answer: () => Promise<unknown>) {
  const asked: string[] = [];
  const { setTimer, nowMs, advance } = createManualClock();
  const playhead = {
    read: async (path: string) => {
      asked.push(path);
      return readingOf(await answer());
    },
  };
  return { service: new HealthCheckService({ playhead, limitMs: 1_000, nowMs, setTimer }), asked, advance };
}

test("is the server's report, with this worker's own checks beside it", async () => {
  const { service, asked } = setup(async () => ({ checks: [part("ffmpeg", "warning"), part("log_files", "healthy")] }));
  const remove = service.register({ component: "gpu", run: async () => ({ status: "critical", message: "no GPU" }) });
  expect(await service.runAllChecks()).toMatchObject({
    overall_status: "critical",
    checks: [
      { component: "ffmpeg", status: "warning", details: { free_bytes: 7 } },
      { component: "log_files", status: "healthy" },
      { component: "playhead_server", status: "healthy", message: "the server answers" },
      { component: "gpu", status: "critical", message: "no GPU" },
    ],
    summary: { healthy: 2, warning: 1, critical: 1 },
  });
  remove();
  expect(await service.runAllChecks()).toMatchObject({ overall_status: "warning", summary: { critical: 0 } });
  expect(asked).toEqual(["monitoring/health/detailed", "monitoring/health/detailed"]);
});

test("a server that cannot be asked is critical, and keeps nothing else from being looked at", async () => {
  const { service } = setup(async () => Promise.reject(new Error("connect ECONNREFUSED")));
  service.register({ component: "gpu", run: async () => ({ status: "healthy", message: "there" }) });
  expect(await service.runAllChecks()).toMatchObject({
    overall_status: "critical",
    checks: [
      { component: "playhead_server", status: "critical", details: { error: "connect ECONNREFUSED" } },
      { component: "gpu", status: "healthy" },
    ],
  });
});

test("a server that hangs is critical after the limit, and what it says too late is not told later", async () => {
  const late = Promise.withResolvers<unknown>();
  const { service, asked, advance } = setup(() => late.promise);
  const report = service.runAllChecks();
  await advance(1_000);
  expect(await report).toMatchObject({
    total_check_time_ms: 1_000,
    checks: [{ component: "playhead_server", status: "critical", message: "no answer within 1 s" }],
  });
  expect((await service.runAllChecks()).checks).toMatchObject([{ message: "no answer for 1 s by now" }]);
  expect(asked).toHaveLength(1);
});
