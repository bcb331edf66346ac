import { PlayheadError } from "@playhead/core";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { lineRecord, startTelemetry } from "../../test/start-telemetry.ts";
import { tempFolder } from "../../test/temp-folder.ts";

const CALL = { span_id: "b7ad6b7169203331", parent_span_id: null, name: "probe", category: "function" } as const;
const TS = "2026-11-21T10:42:00.000Z";

describe("what is observed", () => {
  test("is stored, written to files and published, and only then answered", async () => {
    const order: string[] = [];
    const world = await startTelemetry(tempFolder(), {
      onEntries: async (entries) => void order.push(`files ${entries.map(({ entry_id }) => entry_id)}`),
    });
    const answer = await world.send("w", [
      lineRecord(1, "outside"),
      lineRecord(2, "in a job", { job_id: "default-1" }),
      { type: "function.completed", ts: TS, n: 3, data: { ...CALL, duration_ms: 2.5, cpu_ms: 1 } },
    ]);
    order.push("answered");
    expect(answer).toEqual({ accepted: 3, refused: [], followed: expect.any(Boolean) });
    const [outside, inJob, call] = await world.entries();
    expect(order).toEqual([`files ${[outside, inJob, call].map((entry) => entry?.entry_id)}`, "answered"]);
    expect(outside).toMatchObject({ session_id: "w", job_id: null, trace_id: null, event_type: "log", logger: "app" });
    expect(inJob).toMatchObject({ session_id: "default-1", job_id: "default-1" });
    expect(inJob?.trace_id).toBe("0af7651916cd43dd8448eb211c80319c");
    expect(call).toMatchObject({ event_type: "complete", level: "debug", message: "probe", duration: 2.5 });
    expect(call?.metadata).toEqual({ cpu_ms: 1 });
    // Viewers of the job get its line, with the cursor that the store gave it.
    expect(world.said).toMatchObject([{ jobId: "default-1", seq: 3, slot: null, content: { message: "in a job" } }]);
    const [publication] = world.said;
    const line = { log_id: inJob?.entry_id, ts: inJob?.timestamp, job_id: "default-1", message: "in a job" };
    expect(JSON.parse(publication?.frame() ?? "")).toMatchObject({ type: "log", job_id: "default-1", data: line });
    expect(await world.end()).toBe(true);
  });

  test("tells of a call that failed by its error, and of one that runs until it ends", async () => {
    const world = await startTelemetry(tempFolder());
    await world.send("w", [{ type: "function.started", ts: TS, n: 1, job_id: "default-1", data: CALL }]);
    expect(await world.entries()).toMatchObject([{ entry_id: 0, event_type: "start", duration: null }]);
    const error = { class: "TypeError", message: "no", causes: [{ class: "Error", message: "why" }] };
    const data = { ...CALL, duration_ms: 9, error, metadata: { a: 1 }, memory_peak_bytes: 7 };
    await world.send("w", [{ type: "function.failed", ts: TS, n: 2, job_id: "default-1", data }]);
    expect(await world.entries()).toMatchObject([
      {
        event_type: "error",
        level: "error",
        message: "TypeError: no",
        error_details: error,
        memory_usage: 7,
        metadata: { a: 1, memory_peak_bytes: 7 },
      },
    ]);
    expect(world.said).toEqual([]);
    await world.end();
  });

  test("of a call that begins and ends in one group only the end is told", async () => {
    const world = await startTelemetry(tempFolder());
    await world.send("w", [
      { type: "function.started", ts: TS, n: 1, data: CALL },
      lineRecord(2, "within"),
      { type: "function.completed", ts: TS, n: 3, data: { ...CALL, duration_ms: 1 } },
    ]);
    const stored = await world.entries();
    expect(world.written.toSorted((a, b) => a.entry_id - b.entry_id)).toEqual(
      stored.toSorted((a, b) => a.entry_id - b.entry_id),
    );
    expect(stored.map(({ event_type }) => event_type).sort()).toEqual(["complete", "log"]);
    await world.end();
  });

  test("of another tenant's job, or of none, is refused by itself, and not taken later", async () => {
    const world = await startTelemetry(tempFolder());
    const records = [
      lineRecord(1, "mine", { job_id: "default-1" }),
      lineRecord(2, "theirs", { job_id: "other-1" }),
      lineRecord(3, "mine, too"),
    ];
    const { accepted, refused } = await world.send("w", records);
    expect([accepted, refused.map(({ n, error_code }) => [n, error_code])]).toEqual([2, [[2, "not_found"]]]);
    expect(await world.send("w", records)).toEqual({ accepted: 3, refused: [], followed: expect.any(Boolean) });
    expect((await world.entries()).map(({ message }) => message)).toEqual(["mine", "mine, too"]);
    expect(await world.entries("other")).toEqual([]);
    await world.end();
  });

  test("is known again by its number, also by the next process", async () => {
    const folder = tempFolder();
    const first = await startTelemetry(folder);
    await first.send("w", [lineRecord(1, "a"), lineRecord(2, "b")]);
    await first.end();
    const next = await startTelemetry(folder);
    expect(await next.send("w", [lineRecord(2, "b"), lineRecord(3, "c")])).toMatchObject({ accepted: 2 });
    expect((await next.entries()).map(({ message }) => message)).toEqual(["a", "b", "c"]);
    await next.end();
  });

  test("is not taken any more when the server ends", async () => {
    const world = await startTelemetry(tempFolder());
    await world.end();
    await expect(world.send("w", [lineRecord(1, "late")])).rejects.toMatchObject({ code: "service_unavailable" });
  });

  test("files that cannot be written hold nobody up", async () => {
    const failures: unknown[] = [];
    const world = await startTelemetry(tempFolder(), {
      onEntries: () => Promise.reject(new Error("disk full")),
      onError: (error) => failures.push(error),
    });
    expect(await world.send("w", [lineRecord(1, "a")])).toMatchObject({ accepted: 1 });
    expect(failures).toHaveLength(1);
    await world.end();
  });

  test("a job that cannot be looked up just now is no reason to refuse for good", async () => {
    let isBroken = true;
    const world = await startTelemetry(tempFolder(), {
      findJob: async () => {
        if (isBroken) throw new PlayheadError("data_damaged", "no");
        return { traceId: "", seq: 1 };
      },
    });
    const records = [lineRecord(1, "outside"), lineRecord(2, "in a job", { job_id: "j" })];
    await expect(world.send("w", records)).rejects.toMatchObject({ code: "service_unavailable" });
    isBroken = false;
    expect(await world.send("w", records)).toEqual({ accepted: 2, refused: [], followed: expect.any(Boolean) });
    expect(await world.entries()).toHaveLength(2);
    await world.end();
  });
});

test("whatever the store refuses, all of it is stored once, in order, and said as it is stored", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.boolean(), { maxLength: 8 }),
        fc.array(fc.nat(4), { maxLength: 12 }),
        async (refusals, sizes) => {
          let attempt = 0;
          let isRefusing = false;
          const world = await startTelemetry(tempFolder(), {
            wrap: (store) => ({
              ...store,
              // All that were called before the caller could know are refused with it, as the interface says.
              async append(group) {
                isRefusing ||= refusals[attempt++] ?? false;
                if (!isRefusing) return store.append(group);
                await Promise.resolve();
                setImmediate(() => {
                  isRefusing = false;
                });
                throw new PlayheadError("disk_full", "the disk is full");
              },
            }),
          });
          let n = 0;
          const sent: string[] = [];
          const answers = sizes.map((size) => {
            const records = Array.from({ length: size }, () => lineRecord(++n, `line ${n}`));
            sent.push(...records.map(({ data }) => (data as { message: string }).message));
            return world.send("w", records);
          });
          const all = Promise.all(answers);
          let isDone = false;
          void all.finally(() => {
            isDone = true;
          });
          while (!isDone) await vi.advanceTimersByTimeAsync(5_000);
          await all;
          expect((await world.entries()).map(({ message }) => message)).toEqual(sent);
          expect(world.written.map(({ message }) => message)).toEqual(sent);
          await world.end();
        },
      ),
      { numRuns: 10 },
    );
  } finally {
    vi.useRealTimers();
  }
});
