import type { ComponentHealth, HealthStatus } from "@playhead/core";
import { healthReport } from "@playhead/core";
import { expect, test } from "vitest";
import { healthAnswer } from "./health-answer.ts";

const answerTo = (parts: Readonly<Record<string, HealthStatus>>) =>
  healthAnswer(
    healthReport(
      Object.entries(parts).map(
        ([component, status]): ComponentHealth => ({
          component,
          status,
          message: "",
          details: {},
          response_time_ms: 0,
        }),
      ),
      0,
      0,
    ),
  );

test.each<{ name: string; given: Readonly<Record<string, HealthStatus>>; sentence: string; order: string }>([
  {
    name: "all is well",
    given: { ffmpeg: "healthy", log_files: "healthy" },
    sentence: "Everything is well",
    order: "ffmpeg log_files",
  },
  {
    name: "one thing does not work",
    given: { ffmpeg: "healthy", object_storage: "critical" },
    sentence: "Object storage is not working",
    order: "object_storage ffmpeg",
  },
  {
    name: "one needs a look",
    given: { system_resources: "warning" },
    sentence: "The machine needs a look",
    order: "system_resources",
  },
  {
    name: "both",
    given: { log_files: "healthy", system_resources: "warning", ffmpeg: "critical" },
    sentence: "FFmpeg is not working, the machine needs a look",
    order: "ffmpeg system_resources log_files",
  },
  {
    name: "FFmpeg keeps its name within",
    given: { object_storage: "critical", ffmpeg: "warning" },
    sentence: "Object storage is not working, FFmpeg needs a look",
    order: "object_storage ffmpeg",
  },
  {
    name: "several are counted",
    given: { a: "warning", gpu_pool: "critical", c: "warning", d: "critical" },
    sentence: "2 parts are not working, 2 parts need a look",
    order: "gpu_pool d a c",
  },
])("$name", ({ given, sentence, order }) => {
  const answer = answerTo(given);
  expect([answer.sentence, answer.parts.map(({ component }) => component).join(" ")]).toEqual([sentence, order]);
});
