// For how long does a large request of OpenTelemetry hold up everybody else?
// usage: node --conditions=playhead-src bench/otlp.ts [--quick]; progress on stderr, one JSON report on stdout
import { startFile } from "./child.ts";
import type { Cost } from "./otlp-server.ts";
import { ENCODINGS, type Encoding, requestOf, SHAPES, type Shape } from "./otlp-workload.ts";
import { printReport, runRounds, say, spreadOf } from "./report.ts";

const isQuick = process.argv.includes("--quick");
/** As many as fit into the 8 MB of a request; of traces as many as an SDK sends at once. */
const settings = { spans: { calls: 8_192, tasks: 8_192, traces: 512 }, rounds: isQuick ? 3 : 10 };
const TYPES = { protobuf: "application/x-protobuf", json: "application/json" } as const;

const variants = ENCODINGS.flatMap((encoding) => SHAPES.map((shape) => `${encoding}, ${shape}`));
const server = startFile("otlp-server.ts", {});
const { url, key } = await server.answer<{ readonly url: string; readonly key: string }>();

/** Sends one request. @returns what it cost the server */
async function measure(variant: string): Promise<Cost & { readonly answered_ms: number }> {
  const [encoding, shape] = variant.split(", ") as [Encoding, Shape];
  const body = requestOf(encoding, shape, settings.spans[shape]);
  server.say("begin");
  await server.answer();
  const startMs = performance.now();
  const answer = await fetch(`${url}/v1/traces`, {
    method: "POST",
    headers: { "x-api-key": key, "content-type": TYPES[encoding] },
    body,
  });
  if (!answer.ok) throw new Error(`expected 200, got ${answer.status} ${await answer.text()}`);
  await answer.arrayBuffer();
  const answered_ms = performance.now() - startMs;
  server.say("end");
  return { ...(await server.answer<Cost>()), answered_ms };
}

say("warming up");
for (const variant of variants) await measure(variant);
const samples = await runRounds({
  variants,
  rounds: settings.rounds,
  run: async (variant) => ({ ...(await measure(variant)) }),
});
await server.end();
const results = Object.fromEntries(
  variants.map((variant) => [
    variant,
    Object.fromEntries(
      ["held_ms", "loop_cpu_ms", "cpu_ms", "answered_ms"].map((metric) => [metric, spreadOf(samples, variant, metric)]),
    ),
  ]),
);
const heldBy = (shape: Shape) =>
  Math.max(...ENCODINGS.map((encoding) => spreadOf(samples, `${encoding}, ${shape}`, "held_ms").median));
const isMet = printReport({
  bench: "otlp",
  question: "For how long does a large request of OpenTelemetry hold the server's loop?",
  date: new Date(),
  settings,
  results,
  targets: [
    { name: "calls: the loop is held, ms, median", value: heldBy("calls"), at_most: 10 },
    { name: "a job of each trace: the loop is held, ms, median", value: heldBy("traces"), at_most: 10 },
    // Thousands of tasks of one job cost the forecast and the fold of its end, too.
    { name: "tasks: the loop is held, ms, median", value: heldBy("tasks"), at_most: 20 },
  ],
});
process.exitCode = isMet ? 0 : 1;
