import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { monitor } from "../monitor/monitor.ts";
import { setup } from "../testing/setup.ts";
import { inboundTrace, newSpanId, traceEnv, traceparent, withTraceparent } from "./current-trace.ts";
import { parseTraceparent } from "./traceparent.ts";
import { inTrace, withTrace } from "./worker-message.ts";

const OUTER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const INNER = "00-11111111111111111111111111111111-2222222222222222-01";

test("outside of any trace there is none to tell", () => {
  expect([traceparent(), inboundTrace(), traceEnv({ A: "1" })]).toEqual([null, null, { A: "1" }]);
});

test("a trace that came in goes out again, through await and timers; the innermost counts", async () => {
  await withTraceparent(OUTER, async () => {
    await wait(1);
    expect(traceparent()).toBe(OUTER);
    expect(traceEnv({ A: "1" })).toEqual({ A: "1", TRACEPARENT: OUTER });
    withTraceparent(INNER, () => expect(traceparent()).toBe(INNER));
    withTraceparent("nonsense", () => expect(traceparent()).toBe(OUTER));
  });
  expect(traceparent()).toBeNull();
});

test("what the code returns and throws comes through", () => {
  expect(withTraceparent(OUTER, () => 7)).toBe(7);
  expect(withTraceparent(undefined, () => 8)).toBe(8);
  expect(() =>
    withTraceparent(OUTER, () => {
      throw new Error("oh");
    }),
  ).toThrow("oh");
});

describe("jobs", () => {
  test.for([
    { name: "in a trace join it", options: {}, expected: OUTER.slice(3, 35) },
    { name: "with a header of their own take that", options: { traceparent: INNER }, expected: INNER.slice(3, 35) },
    { name: "with an id of their own keep it", options: { correlation_id: "c".repeat(32) }, expected: "c".repeat(32) },
  ])("$name", ({ options, expected }) => {
    const { playhead } = setup();
    const job = withTraceparent(OUTER, () => playhead.job({ kind: "demo", ...options }));
    expect(job.correlation_id).toBe(expected);
  });

  test("what runs in one is in its trace, whatever came in around it or comes in there", async () => {
    const { playhead } = setup();
    const job = playhead.job({ kind: "demo", correlation_id: "c".repeat(32) });
    await withTraceparent(OUTER, () =>
      job.run(async () => {
        const own = parseTraceparent(traceparent());
        expect(own).toMatchObject({ trace_id: "c".repeat(32), is_sampled: true });
        await wait(1);
        expect(parseTraceparent(traceparent())).toEqual(own);
        withTraceparent(INNER, () => expect(parseTraceparent(traceparent())).toEqual(own));
      }),
    );
  });
});

test("what runs in a job that joined a trace is part of the call that asked for it", async () => {
  const { playhead, engine, clock } = setup();
  const job = playhead.job({ kind: "demo", traceparent: OUTER });
  const probe = monitor(() => traceparent(), { name: "probe" });
  const [outside, inside] = await job.run(() => [traceparent(), probe()]);
  await clock.advance(1_000);
  const call = engine.observations.find((each) => each.type === "function.completed");
  expect(call).toMatchObject({
    job_id: job.job_id,
    correlation_id: OUTER.slice(3, 35),
    data: { name: "probe", parent_span_id: OUTER.slice(36, 52) },
  });
  expect(outside).toBe(OUTER);
  expect(parseTraceparent(inside)?.span_id).toBe(call?.data.span_id);
});

test("a message takes the trace along to where it is opened", () => {
  const sent = withTraceparent(OUTER, () => structuredClone(withTrace({ file: "a.mov" })));
  expect(inTrace(sent, ({ file }) => [file, traceparent()])).toEqual(["a.mov", OUTER]);
  expect(inTrace(withTrace(1), () => traceparent())).toBeNull();
});

test("a span's id is never all zero", () => {
  const rolls = [new Uint8Array(8), new Uint8Array(8), Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 10)];
  expect(newSpanId(() => rolls.shift() as Uint8Array)).toBe("000000000000000a");
});
