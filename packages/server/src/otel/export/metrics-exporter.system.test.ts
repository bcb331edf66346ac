import { draftOf, emptyJob } from "@playhead/core";
import { expect, onTestFinished, test } from "vitest";
import { startOtlpReceiver } from "../../../test/otlp-receiver.ts";
import { createMemoryBus } from "../../bus/memory-bus.ts";
import { publishEvent } from "../../ingest/publication.ts";
import { openEncoder } from "./encode.ts";
import { openMetricsExporter } from "./metrics-exporter.ts";
import { createSender } from "./sender.ts";

test("figures are of the jobs that are open, wait and have ended, durations as an exponential histogram", async () => {
  const receiver = await startOtlpReceiver();
  const bus = createMemoryBus((error) => {
    throw error;
  });
  const encoder = await openEncoder("http/json", { "service.name": "playhead" }, "1.2.3");
  const { contentType } = encoder;
  const sender = createSender({
    endpoint: `${receiver.url}/`,
    headers: {},
    contentType,
    compression: "gzip",
    random: () => 0,
  });
  const sent: [number, boolean][] = [];
  const done = {
    ...draftOf(emptyJob("done")),
    kind: "clips",
    state: "completed" as const,
    started_at: "2026-11-22T10:00:00.000Z",
    ended_at: "2026-11-22T10:01:30.000Z",
  };
  const metrics = await openMetricsExporter({
    ...{ encoder, sender, bus },
    openJobs: () => [
      { state: "running", kind: "clips" },
      { state: "pending", kind: "merge" },
      { state: "pending", kind: "merge" },
    ],
    findJob: () => done,
    onSent: (count, isDropped) => sent.push([count, isDropped]),
  });
  onTestFinished(metrics.close);
  const event = {
    type: "job.completed",
    ts: done.ended_at,
    job_id: "done",
    seq: 9,
    correlation_id: "",
    data: {},
  } as const;
  bus.publish([publishEvent("e", "t", event, "{}")]);
  await metrics.send();

  const [request] = receiver.taken("/v1/metrics");
  const all = new Map(
    request.resourceMetrics[0].scopeMetrics[0].metrics.map((each: { name: string }) => [each.name, each] as const),
  ) as Map<string, Record<string, { dataPoints: Record<string, unknown>[] }>>;
  expect([...all.keys()].sort()).toEqual([
    "playhead.job.active",
    "playhead.job.duration",
    "playhead.job.ended",
    "playhead.queue.size",
  ]);
  expect(all.get("playhead.queue.size")?.gauge?.dataPoints).toMatchObject([{ asInt: 2 }]);
  expect(all.get("playhead.job.active")?.sum?.dataPoints.map(({ asInt }) => asInt)).toEqual([2, 1]);
  expect(all.get("playhead.job.duration")?.exponentialHistogram?.dataPoints).toMatchObject([{ count: 1, sum: 90 }]);
  expect(sent).toEqual([[4, false]]);

  // What could not be sent is made good by the next: nothing waits.
  await receiver.close();
  await metrics.send();
  expect(sent.at(-1)).toEqual([4, true]);
});
