import type { StartCommand, WorkerCommand } from "@playhead/core";
import { describe, expect, test, vi } from "vitest";
import { setup as setupPlayhead } from "../testing/setup.ts";
import type { CommandListener } from "../transport/transport.ts";
import type { StartedJob } from "./starts.ts";

/** A Playhead on the memory engine, where the test gives commands as a server would. */
function setup() {
  const calls: (readonly string[])[] = [];
  let listener: CommandListener | null = null;
  const world = setupPlayhead({});
  const { engine } = world;
  const transport = {
    send: engine.ingest,
    onCommand(_source: string, given: CommandListener, kinds: readonly string[] = []) {
      calls.push(kinds);
      listener = given;
      return () => {
        if (listener === given) listener = null;
      };
    },
    close: async () => undefined,
  };
  const { playhead, clock, warnings } = setupPlayhead({ transport });
  return {
    engine,
    clock,
    warnings,
    playhead,
    /** The kinds that are asked for now; null while nobody listens. */
    asked: () => (listener === null ? null : calls.at(-1)),
    give: (command: WorkerCommand) => listener?.(command),
    /** Announces a job over HTTP, as a product's backend does. */
    async announce(jobId: string) {
      const data = { kind: "clips", title: "Episode", metadata: {} };
      await engine.ingest({
        source: jobId,
        records: [{ type: "job.created", ts: "2026-11-21T10:00:00.000Z", job_id: jobId, n: 1, data }],
      });
    },
  };
}

const start = (jobId: string, kind = "clips"): StartCommand => ({
  command_id: `start ${jobId}`,
  job_id: jobId,
  verb: "start",
  reason: null,
  job: {
    kind,
    title: "Episode",
    user_id: "u_7",
    metadata: { url: "a.mp4" },
    attempt: 2,
    retry_of: "job_0",
    correlation_id: "0af7651916cd43dd8448eb211c80319c",
  },
});

describe("a started job", () => {
  test("runs with its handle, is not announced again, and ends as with job.run", async () => {
    const { playhead, engine, clock, give, announce } = setup();
    await announce("j");
    const seen: StartedJob[] = [];
    playhead.handle("clips", async (started) => {
      seen.push(started);
      await started.job.task({ kind: "clip" }, () => undefined);
      return { clips: 1 };
    });
    expect(give(start("j"))).toBe(true);
    await clock.advance(100);
    expect(seen[0]).toMatchObject({
      kind: "clips",
      title: "Episode",
      user_id: "u_7",
      metadata: { url: "a.mp4" },
      attempt: 2,
      retry_of: "job_0",
      job: { job_id: "j", correlation_id: "0af7651916cd43dd8448eb211c80319c" },
    });
    expect(engine.job("j")).toMatchObject({ state: "completed", summary: { clips: 1 } });
    expect(engine.facts("j").filter(({ type }) => type === "job.created")).toHaveLength(1);
    expect(engine.refused).toEqual([]);
  });

  test("that throws fails, and harms nobody", async () => {
    const { playhead, engine, clock, give, announce } = setup();
    await announce("j");
    playhead.handle("clips", () => {
      throw new Error("no such file");
    });
    give(start("j"));
    await clock.advance(100);
    expect(engine.job("j").state).toBe("failed");
  });

  test("is canceled by a command as any other", async () => {
    const { playhead, engine, clock, give, announce } = setup();
    await announce("j");
    playhead.handle(
      "clips",
      ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason));
        }),
    );
    give(start("j"));
    await clock.advance(100);
    expect(give({ command_id: "c", job_id: "j", verb: "cancel", reason: "enough" })).toBe(true);
    await clock.advance(100);
    expect(engine.job("j")).toMatchObject({ state: "canceled", reason: "enough" });
  });
});

describe("places", () => {
  test("a command is taken while there is one; its kind is asked for as long as there is one", async () => {
    const { playhead, clock, give, announce, asked } = setup();
    for (const id of ["a", "b", "c"]) await announce(id);
    const gates = new Map<string, () => void>();
    expect(asked()).toBeNull();
    const stop = playhead.handle("clips", ({ job }) => new Promise<void>((resolve) => gates.set(job.job_id, resolve)), {
      parallel: 2,
    });
    playhead.handle("merge", () => undefined);
    expect(asked()).toEqual(["clips", "merge"]);
    expect([give(start("a")), give(start("b")), give(start("c"))]).toEqual([true, true, false]);
    expect(asked()).toEqual(["merge"]);
    await clock.advance(100);
    gates.get("a")?.();
    await clock.advance(100);
    expect(asked()).toEqual(["clips", "merge"]);
    expect(give(start("c"))).toBe(true);
    stop();
    expect(asked()).toEqual(["merge"]);
    for (const end of gates.values()) end();
    await clock.advance(100);
    gates.get("c")?.();
    await clock.advance(100);
    expect(asked()).toEqual(["merge"]);
  });

  test("a kind that nobody handles here is not taken", () => {
    const { playhead, give } = setup();
    playhead.handle("clips", () => undefined);
    expect(give(start("j", "merge"))).toBe(false);
  });

  test("the same command a second time starts nothing, also under another id", async () => {
    const { playhead, clock, give, announce } = setup();
    await announce("j");
    const work = vi.fn(() => new Promise<void>(() => undefined));
    playhead.handle("clips", work, { parallel: 5 });
    expect([give(start("j")), give(start("j")), give({ ...start("j"), command_id: "again" })]).toEqual([
      true,
      true,
      true,
    ]);
    await clock.advance(100);
    expect(work).toHaveBeenCalledOnce();
  });

  test("close takes nothing more", async () => {
    const { playhead, clock, give, asked } = setup();
    playhead.handle("clips", () => undefined);
    const closed = playhead.close();
    expect([give(start("j")), asked()]).toEqual([undefined, null]);
    await clock.settle();
    expect(await closed).toBe(true);
  });

  test.for([
    { name: "a kind that is handled already", kind: "clips", parallel: 1 },
    { name: "no kind", kind: "", parallel: 1 },
    { name: "a kind that cannot be asked for", kind: "a,b", parallel: 1 },
    { name: "no place", kind: "merge", parallel: 0 },
    { name: "half a place", kind: "merge", parallel: 0.5 },
  ])("$name is refused", ({ kind, parallel }) => {
    const { playhead } = setup();
    playhead.handle("clips", () => undefined);
    expect(() => playhead.handle(kind, () => undefined, { parallel })).toThrow(
      expect.objectContaining({ code: "validation_error" }),
    );
  });
});

describe("commands that make no sense are ignored, and said", () => {
  test("to a job that does not run here", () => {
    const { playhead, give, warnings } = setup();
    playhead.job({ kind: "demo", id: "mine" });
    expect(give({ command_id: "c", job_id: "other", verb: "pause", reason: null })).toBe(true);
    expect(warnings).toEqual(["playhead: ignored the command to pause job other: it does not run here"]);
  });

  test("a pause of what has not started", () => {
    const { playhead, give, warnings } = setup();
    const job = playhead.job({ kind: "demo", id: "j" });
    expect(give({ command_id: "c", job_id: "j", verb: "pause", reason: null })).toBe(true);
    expect(warnings).toEqual(["playhead: ignored the command to pause job j: it has not started"]);
    expect(job.state).toBe("pending");
  });
});
