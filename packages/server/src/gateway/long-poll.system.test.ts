import { describe, expect, test } from "vitest";
import { bodyOf, expectError } from "../../test/api.ts";
import { finish, isEvent, runJob } from "../../test/run-job.ts";
import type { Frame } from "../../test/socket.ts";
import { startTestServer, type TestServer } from "../../test/start-server.ts";

interface Answer {
  readonly frames: readonly Frame[];
  readonly position: string;
}

const poll = async (server: TestServer, since: string | null, waitSec = 25): Promise<Answer> => {
  const query = since === null ? "" : `&since=${encodeURIComponent(since)}`;
  return bodyOf(server.ask(`/api/v1/jobs/j/poll?wait=${waitSec}${query}`));
};

describe("a poll", () => {
  test("without a position answers with a snapshot at once; then, when something happens, with that", async () => {
    const server = await startTestServer();
    const steps = runJob(server, "j");
    await steps.next();
    const first = await poll(server, null);
    expect(first).toMatchObject({ frames: [{ type: "snapshot", seq: 1 }], position: expect.stringMatching(/:1:\d+$/) });
    const next = poll(server, first.position);
    await steps.next();
    const { frames, position } = await next;
    expect(frames.filter(isEvent).flatMap(({ tick, seq }) => (tick === undefined ? [seq] : []))).toEqual([2, 3]);
    expect(position).toMatch(/:3:\d+$/);
  });

  test("answers with nothing when nothing happens, however many ask in turns", async () => {
    const server = await startTestServer();
    const steps = runJob(server, "j");
    for (let step = 0; step < 6; step++) await steps.next();
    // The bar moves on by itself, with what is forecast.
    const newsIn = ({ frames }: Awaited<ReturnType<typeof poll>>) =>
      frames.filter(({ type }) => type !== "job.progress");
    let [a, b] = [await poll(server, null), await poll(server, null)];
    while (newsIn(a).length > 0) a = await poll(server, a.position, 0.5);
    // One who missed something is told where everything stands; that is nothing new for the other.
    const epoch = a.position.split(":")[0];
    b = await poll(server, `${epoch}:5:0`, 0);
    expect(newsIn(b).length).toBeGreaterThan(0);
    let turns = 0;
    for (let quietTurns = 0; quietTurns < 3; turns += 1) {
      a = await poll(server, a.position, 0.05);
      b = await poll(server, b.position, 0.05);
      // Who was not there while the bar moved is told where everything stands: that is a turn in which something happened.
      if ([...a.frames, ...b.frames].some(({ type }) => type === "job.progress")) continue;
      expect([newsIn(a), newsIn(b)]).toEqual([[], []]);
      quietTurns += 1;
    }
    // For one that met the bar as it moved, and one that was told of it afterwards.
    expect(turns).toBeLessThanOrEqual(5);
  });

  test("after poll brings every fact once, in order, to the end, and then nothing", async () => {
    const server = await startTestServer();
    const steps = runJob(server, "j");
    await steps.next();
    let { position } = await poll(server, null);
    const running = finish(steps);
    const seqs: number[] = [];
    while (seqs.at(-1) !== 17) {
      const answer = await poll(server, position);
      position = answer.position;
      for (const { seq, tick } of answer.frames.filter(isEvent)) if (tick === undefined) seqs.push(seq);
    }
    await running;
    expect(seqs).toEqual(Array.from({ length: 16 }, (_, index) => index + 2));
    const rest = await poll(server, position, 1);
    expect(await poll(server, rest.position, 0)).toEqual({ frames: [], position: rest.position });
  });

  test("from another history begins anew, and may not be stored by anyone", async () => {
    const server = await startTestServer();
    await finish(runJob(server, "j"));
    const { frames } = await poll(server, "other:3:0");
    expect(frames.map(({ type }) => type)).toEqual(["reset", "snapshot"]);
    const empty = await poll(server, "");
    expect(empty.frames.map(({ type }) => type)).toEqual(["snapshot"]);
    const answer = await server.ask("/api/v1/jobs/j/poll");
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.headers.get("content-type")).toMatch(/^application\/json/);
  });

  test("answers who may not, no such job, and a wait that is none as any route does", async () => {
    const server = await startTestServer();
    await expectError(await fetch(`${server.server.url}/api/v1/jobs/j/poll`), 401, "unauthorized");
    await expectError(await server.ask("/api/v1/jobs/none/poll"), 404, "not_found");
    await expectError(await server.ask("/api/v1/jobs/none/poll?wait=26"), 422, "validation_error");
  });

  test("whose client goes away gives its place back; one that waits is answered when the server ends", async () => {
    const server = await startTestServer();
    await finish(runJob(server, "j"));
    const { position } = await poll(server, (await poll(server, null)).position, 1);
    const stop = new AbortController();
    const gone = server.ask(`/api/v1/jobs/j/poll?since=${position}`, { signal: stop.signal }).catch(() => null);
    await expect.poll(() => server.server.load().connections).toBe(1);
    stop.abort();
    await gone;
    await expect.poll(() => server.server.load().connections).toBe(0);
    const waits = poll(server, position);
    await expect.poll(() => server.server.load().connections).toBe(1);
    await server.server.close();
    expect(await waits).toEqual({ frames: [], position });
  });
});
