import type { Liveness } from "@playhead/core";
import { describe, expect, test } from "vitest";
import { resultOf } from "../../../test/check-result.ts";
import type { Publication } from "../../bus/bus.ts";
import { createMemoryBus } from "../../bus/memory-bus.ts";
import { DEFAULT_HEALTH } from "../health-settings.ts";
import { watchPipeline } from "../pipeline-watch.ts";
import { type PipelineReading, processingPipelineCheck } from "./processing-pipeline.ts";

const NOW = Date.parse("2026-11-21T10:00:00Z");
const HOUR = 3_600_000;
const thresholds = () => DEFAULT_HEALTH.thresholds;

describe("the processing pipeline", () => {
  const calm: PipelineReading = { ended: 0, failed: 0, running: 0, slow: 0, stalled: 0, stuck: 0, lost: 0 };
  test.each([
    { name: "nothing has run", given: {}, status: "healthy", message: "0 running; no job ended in the last hour" },
    {
      name: "few fail",
      given: { ended: 20, failed: 1 },
      status: "healthy",
      message: "0 running; 1 of 20 jobs failed in the last hour",
    },
    {
      name: "too few ended to say",
      given: { ended: 4, failed: 4 },
      status: "healthy",
      message: "0 running; 4 of 4 jobs failed in the last hour",
    },
    {
      name: "a tenth fail",
      given: { ended: 20, failed: 2 },
      status: "warning",
      message: "2 of 20 jobs failed in the last hour (10 %)",
    },
    {
      name: "half fail",
      given: { ended: 6, failed: 3 },
      status: "critical",
      message: "3 of 6 jobs failed in the last hour (50 %)",
    },
    {
      name: "one is stuck",
      given: { running: 3, stuck: 1 },
      status: "warning",
      message: "nothing is reported of 1 job",
    },
    {
      name: "workers are lost",
      given: { running: 3, lost: 2 },
      status: "warning",
      message: "2 jobs without a worker: start it again, or retry them",
    },
    { name: "one has stalled", given: { running: 3, stalled: 1 }, status: "warning", message: "1 job not advancing" },
    {
      name: "one of many is slow",
      given: { running: 3, slow: 1 },
      status: "healthy",
      message: "3 running; no job ended in the last hour",
    },
    { name: "half are slow", given: { running: 2, slow: 1 }, status: "warning", message: "1 of 2 jobs slow" },
  ])("$name", async ({ given, status, message }) => {
    const check = processingPipelineCheck({ read: () => ({ ...calm, ...given }), thresholds });
    expect(await resultOf(check)).toMatchObject({ status, message, details: given });
  });

  test("is watched for an hour, minute by minute", () => {
    const bus = createMemoryBus(() => undefined);
    let now = NOW;
    const jobs: { state: "running" | "pending"; liveness: Liveness }[] = [
      { state: "running", liveness: "ok" },
      { state: "running", liveness: "slow" },
      { state: "running", liveness: "lost" },
      { state: "pending", liveness: "ok" },
    ];
    const read = watchPipeline({ bus, openJobs: () => jobs, nowMs: () => now });
    const end = (type: string) =>
      bus.publish([{ tenantId: "t", jobId: "j", content: { type } } as unknown as Publication]);
    end("job.completed");
    now += HOUR / 2;
    end("job.failed");
    end("job.canceled");
    expect(read()).toEqual({ ended: 2, failed: 1, running: 3, slow: 1, stalled: 0, stuck: 0, lost: 1 });
    now += HOUR / 2;
    expect(read()).toMatchObject({ ended: 1, failed: 1 });
    now += HOUR / 2;
    expect(read()).toMatchObject({ ended: 0, failed: 0 });
  });
});
