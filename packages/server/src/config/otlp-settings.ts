import * as z from "zod";
import { between, milliseconds, section, text } from "./setting.ts";

const otlp = section("OpenTelemetry");

/** As the standard variables of OpenTelemetry have headers and attributes. */
const NAMED_VALUES = /^\s*[^\s=,]+\s*=[^,\n\r]*(,\s*[^\s=,]+\s*=[^,\n\r]*)*$/;
const NOT_NAMED_VALUES = "Invalid input: expected NAME=VALUE, several with commas between";

/** What comes from OpenTelemetry's programs, and what goes to its receivers. */
export const otlpSettings = z
  .strictObject({
    jobs: z
      .enum(["traces", "marked"])
      .default("traces")
      .meta(
        otlp.live(
          "Which traces that come in are jobs: every one, or only those with a span that says so.",
          "PLAYHEAD_OTLP_JOBS",
        ),
      ),
    trace_timeout_ms: milliseconds
      .default(21_600_000)
      .meta(
        otlp.live(
          "A job made of a trace of which nothing comes for longer has failed.",
          "PLAYHEAD_OTLP_TRACE_TIMEOUT_MS",
        ),
      ),
    endpoint: z
      .url({ protocol: /^https?$/, error: "Invalid input: expected an http or https address" })
      .optional()
      .meta(
        otlp.atStart(
          "Where jobs are exported to by OTLP/HTTP, such as a collector's `http://localhost:4318`; else nowhere.",
          "PLAYHEAD_OTLP_ENDPOINT",
        ),
      ),
    protocol: z
      .enum(["http/protobuf", "http/json"])
      .default("http/protobuf")
      .meta(otlp.atStart("How it is encoded.", "PLAYHEAD_OTLP_PROTOCOL")),
    compression: z
      .enum(["gzip", "none"])
      .default("gzip")
      .meta(otlp.atStart("How it is packed, for receivers that cannot unpack.", "PLAYHEAD_OTLP_COMPRESSION")),
    headers: text
      .regex(NAMED_VALUES, NOT_NAMED_VALUES)
      .optional()
      .meta({
        ...otlp.atStart("Headers that go along, as `NAME=VALUE,…`, such as a key.", "PLAYHEAD_OTLP_HEADERS"),
        secret: true,
      }),
    resource: text
      .regex(NAMED_VALUES, NOT_NAMED_VALUES)
      .optional()
      .meta(otlp.atStart("Attributes of the resource, as `NAME=VALUE,…`.", "PLAYHEAD_OTLP_RESOURCE")),
    signals: z
      .array(z.enum(["traces", "logs", "metrics"]))
      .min(1)
      .max(3)
      .default(["traces", "logs", "metrics"])
      .meta(otlp.atStart("What is exported.")),
    sample_ratio: between(0, 1)
      .default(1)
      .meta(otlp.atStart("Share of the jobs that are exported as traces and logs.", "PLAYHEAD_OTLP_SAMPLE_RATIO")),
  })
  .prefault({});
