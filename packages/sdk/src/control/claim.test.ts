import { PlayheadError } from "@playhead/core";
import { expect, test } from "vitest";
import { setup as setupPlayhead } from "../testing/setup.ts";

/** A Playhead on the memory engine, whose server answers claims as the test says. */
function setup(answers: Readonly<Record<string, unknown>>) {
  const asked: (readonly [kinds: readonly string[], offers: readonly string[] | undefined])[] = [];
  const claims: unknown[] = [];
  const { engine } = setupPlayhead({});
  const transport = {
    send: engine.ingest,
    onCommand(
      _source: string,
      _listener: unknown,
      kinds: readonly string[] = [],
      more: { offers?: readonly string[] } = {},
    ) {
      asked.push([kinds, more.offers]);
      return () => undefined;
    },
    async change(method: string, path: string, body: unknown) {
      claims.push([method, path, body]);
      const answer = answers[path];
      if (answer instanceof Error) throw answer;
      return answer;
    },
    close: async () => undefined,
  };
  const { playhead, clock } = setupPlayhead({ transport });
  return {
    ...{ playhead, clock, engine, asked, claims },
    async announce(jobId: string) {
      const data = { kind: "clips", title: "Episode", metadata: {} };
      const ts = "2026-11-21T10:00:00.000Z";
      await engine.ingest({ source: jobId, records: [{ type: "job.created", ts, job_id: jobId, n: 1, data }] });
    },
  };
}

const granted = (jobId: string, kind = "clips") => ({
  command: {
    ...{ command_id: `c of ${jobId}`, job_id: jobId, verb: "start", reason: null },
    job: {
      ...{ kind, title: "Episode", user_id: null, metadata: {}, attempt: 1, retry_of: null },
      correlation_id: "0af7651916cd43dd8448eb211c80319c",
    },
  },
  reason: null,
  retry_after_ms: null,
});

test("a job that is claimed runs with its kind's handler; its end says what it failed with", async () => {
  const world = setup({ "jobs/well/claim": granted("well"), "jobs/ill/claim": granted("ill") });
  const { playhead, clock, engine, asked, claims } = world;
  await world.announce("well");
  await world.announce("ill");
  playhead.handle(
    "clips",
    ({ job }) => {
      if (job.job_id === "ill") throw new PlayheadError("input_missing", "no such file");
    },
    { parallel: 2, asks: false },
  );
  // The server knows that it is offered, and is not asked for it.
  expect(asked.at(-1)).toEqual([[], ["clips"]]);
  const [well, ill] = [await playhead.claim("well"), await playhead.claim("ill")];
  expect(claims).toEqual([
    ["POST", "jobs/well/claim", { source: playhead.source }],
    ["POST", "jobs/ill/claim", { source: playhead.source }],
  ]);
  if (!well.isStarted || !ill.isStarted) throw new Error("expected both to be started");
  await clock.advance(100);
  expect(await well.ended).toBeNull();
  expect(await ill.ended).toMatchObject({ code: "input_missing" });
  expect([engine.job("well").state, engine.job("ill").state]).toEqual(["completed", "failed"]);
  // The answer that was lost comes again, when all is over.
  const again = await playhead.claim("well");
  expect(again.isStarted && (await again.ended)).toBeNull();
});

test("why a job is not started is told: by the server, or because nothing here runs it", async () => {
  const { playhead } = setup({
    "jobs/a/claim": { command: null, reason: "taken", retry_after_ms: 1_500 },
    "jobs/b/claim": { command: null, reason: "ended", retry_after_ms: null },
    "jobs/c/claim": granted("c", "merge"),
  });
  playhead.handle("clips", () => undefined, { asks: false });
  expect([await playhead.claim("a"), await playhead.claim("b"), await playhead.claim("c")]).toEqual([
    { isStarted: false, reason: "taken", retryAfterMs: 1_500 },
    { isStarted: false, reason: "ended", retryAfterMs: null },
    { isStarted: false, reason: "no_place", retryAfterMs: 1_000 },
  ]);
});

test("what the server says is thrown, and so is an answer that no Playhead gives", async () => {
  const away = new PlayheadError("server_unreachable", "away");
  const { playhead } = setup({ "jobs/a/claim": away, "jobs/b/claim": { hello: "world" } });
  await expect(playhead.claim("a")).rejects.toBe(away);
  await expect(playhead.claim("b")).rejects.toMatchObject({ code: "server_unreachable", retryable: false });
});
