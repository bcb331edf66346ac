import { randomInt } from "node:crypto";
import { describe, expect, test } from "vitest";
import { bodyOf } from "../../test/api.ts";
import { finish, runJob } from "../../test/run-job.ts";
import { openSocket } from "../../test/socket.ts";
import { startTestServer } from "../../test/start-server.ts";

describe("the simple mode", () => {
  test("brings a snapshot, then each fact once in order, the bar and the log, one frame each", async () => {
    const server = await startTestServer();
    const steps = runJob(server, "j");
    await steps.next();
    const socket = openSocket(server.socketUrl("job_id=j"));
    const snapshot = await socket.until(({ type }) => type === "snapshot");
    expect(snapshot).toMatchObject({ job_id: "j", seq: 1, data: { state: "pending", title: "Episode 12", tasks: [] } });
    await finish(steps);
    await socket.until(({ type }) => type === "session.completed");
    expect(socket.types()[0]).toBe("snapshot");
    expect(socket.facts().map(({ type, seq }) => [seq, type])).toEqual([
      [2, "job.state_changed"],
      [3, "session.started"],
      [4, "task.created"],
      [5, "task.created"],
      [6, "task.created"],
      [7, "scene.started"],
      [8, "clip.progress"],
      [9, "clip.uploaded"],
      [10, "clip.progress"],
      [11, "clip.progress"],
      [12, "clip.progress"],
      [13, "scene.completed"],
      [14, "job.state_changed"],
      [15, "job.state_changed"],
      [16, "job.completed"],
      [17, "session.completed"],
    ]);
    const log = await socket.until(({ type }) => type === "log");
    expect(log.data).toMatchObject({ job_id: "j", level: "info", message: "rendering", log_id: expect.any(Number) });
    const progress = socket.frames.filter(({ type }) => type === "job.progress");
    expect(progress.at(-1)?.data).toMatchObject({ percent_complete: 100, items_completed: 2, eta_ms: 0 });
    expect(socket.frames.every(({ type }) => type !== "batch" && type !== "hello")).toBe(true);
  });

  test("is spoken at /ws as well", async () => {
    const server = await startTestServer();
    await finish(runJob(server, "j"));
    const socket = openSocket(server.socketUrl("job_id=j").replace("/?", "/ws?"));
    expect(await socket.until(({ type }) => type === "snapshot")).toMatchObject({
      seq: 17,
      data: { state: "completed" },
    });
  });

  test("with after= brings what was missed and nothing else, then where the progress stands", async () => {
    const server = await startTestServer();
    await finish(runJob(server, "j"));
    const socket = openSocket(server.socketUrl("job_id=j&after=14"));
    await socket.until(({ type }) => type === "job.progress");
    expect(socket.frames.map(({ type, seq }) => [type, seq])).toEqual([
      ["job.state_changed", 15],
      ["job.completed", 16],
      ["session.completed", 17],
      ["job.progress", 17],
    ]);
  });

  test("with an after= that is ahead of the job says so, and begins anew", async () => {
    const server = await startTestServer();
    await finish(runJob(server, "j"));
    const socket = openSocket(server.socketUrl("job_id=j&after=99"));
    await socket.until(({ type }) => type === "snapshot");
    expect(socket.types()).toEqual(["reset", "snapshot"]);
  });

  test("with last_event_timestamp= brings all facts with a later time, once, in order, then what happens", async () => {
    const server = await startTestServer();
    const steps = runJob(server, "j");
    for (let step = 0; step < 5; step++) await steps.next();
    const { events } = await bodyOf(server.ask("/api/v1/jobs/j/events"));
    const last: string = events[4].ts;
    const later = events.filter(({ ts }: { ts: string }) => ts > last).map(({ seq }: { seq: number }) => seq);
    const socket = openSocket(server.socketUrl(`job_id=j&last_event_timestamp=${last}`));
    await socket.until(({ type }) => type === "job.progress");
    expect(socket.facts().map(({ seq }) => seq)).toEqual(later);
    await finish(steps);
    await socket.until(({ type }) => type === "session.completed");
    const live = Array.from({ length: 17 - events.length }, (_, index) => events.length + index + 1);
    expect(socket.facts().map(({ seq }) => seq)).toEqual([...later, ...live]);
    expect(socket.types()).not.toContain("snapshot");
  });

  test("over any disconnects, coming back with after= gets every fact once, in order", async () => {
    const server = await startTestServer();
    const steps = runJob(server, "j");
    await steps.next();
    const first = openSocket(server.socketUrl("job_id=j&after=0"));
    await first.until(({ seq }) => seq === 1);
    const got = [...first.facts()];
    first.socket.terminate();
    const running = finish(steps);
    for (let visit = 0; got.at(-1)?.seq !== 17; visit++) {
      const socket = openSocket(server.socketUrl(`job_id=j&after=${got.at(-1)?.seq}`));
      const wanted = visit > 20 ? 17 : (got.at(-1)?.seq ?? 0) + randomInt(1, 4);
      await socket.until(
        ({ type, seq, tick }) => type !== "log" && tick === undefined && (seq ?? 0) >= Math.min(17, wanted),
      );
      socket.socket.terminate();
      got.push(...socket.facts());
    }
    await running;
    expect(got.map(({ seq }) => seq)).toEqual(Array.from({ length: 17 }, (_, index) => index + 1));
    expect(new Set(got.map(({ epoch }) => epoch)).size).toBe(1);
  });
});
