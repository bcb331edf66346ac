import { spawn } from "node:child_process";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { openSocket } from "../test/socket.ts";
import { startTestServer } from "../test/start-server.ts";
import { tempFolder } from "../test/temp-folder.ts";
import { createEngine } from "./engine.ts";

// biome-ignore lint/suspicious/noExplicitAny: what a test looks into is its own affair
const bodyOf = async (answer: Response | Promise<Response>): Promise<any> => (await answer).json();

const line = (n: number, type: string, jobId: string, data: object) => ({
  source: "remote",
  n,
  type,
  job_id: jobId,
  ts: "2026-11-21T10:42:00.000Z",
  data,
});

/** Another program holds the database, so that nothing can be written, until the returned function is called. */
function holdWrites(data: string): () => void {
  const other = new DatabaseSync(join(data, "playhead.db"));
  other.exec("BEGIN IMMEDIATE");
  return () => {
    other.exec("ROLLBACK");
    other.close();
  };
}

describe("starting", () => {
  test("a busy port says so, and lets the data go", async () => {
    const first = await startTestServer();
    const { port } = new URL(first.server.url);
    const data = join(tempFolder(), "data");
    await expect(startTestServer({ dataFolder: data, config: { port: Number(port) } })).rejects.toMatchObject({
      code: "port_in_use",
      message: `127.0.0.1:${port} is in use`,
      hint: expect.stringContaining("--port"),
    });
    const second = await startTestServer({ dataFolder: data });
    expect((await second.ask("/api/v1/jobs")).status).toBe(200);
  });

  test("an address that is not this machine's says so", async () => {
    await expect(startTestServer({ config: { host: "192.0.2.1" } })).rejects.toMatchObject({ code: "port_in_use" });
  });

  test("a second server on the same data is refused, and the first goes on", async () => {
    const first = await startTestServer();
    await expect(startTestServer({ dataFolder: first.data })).rejects.toMatchObject({ code: "data_in_use" });
    expect((await first.ask("/api/v1/jobs")).status).toBe(200);
  });

  test("sockets come in at localhost by whichever of its addresses", async () => {
    const server = await startTestServer({ config: { host: "localhost" } });
    await server.send(server.record("j", "job.created", { kind: "clips" }));
    const { port } = new URL(server.server.url);
    for (const host of ["127.0.0.1", "localhost"]) {
      const socket = openSocket(`ws://${host}:${port}/?job_id=j&token=${server.server.accessKey}`);
      await socket.until(({ type }) => type === "snapshot");
    }
  });

  test("jobs whose worker lived in the process before have lost it, and those of workers elsewhere go on", async () => {
    const data = join(tempFolder(), "data");
    const engine = await createEngine({ dataFolder: data, log: () => undefined });
    const record = (n: number, type: "job.created" | "job.state_changed", job_id: string, recordData: object) => ({
      n,
      type,
      job_id,
      ts: new Date().toISOString(),
      data: { ...recordData },
    });
    for (const source of ["here", "there"]) {
      const records = [
        record(1, "job.created", source, { kind: "clips" }),
        record(2, "job.state_changed", source, { new_state: "running" }),
      ];
      if (source === "here") await engine.local.ingest({ source, records });
      else await engine.ingest.ingest({ source, records }, { tenantId: "default", worker: source });
    }
    // It was not ended in order: its jobs are still open.
    await engine.close();
    const server = await startTestServer({ dataFolder: data });
    expect(await bodyOf(server.ask("/api/v1/jobs/here"))).toMatchObject({
      state: "failed",
      error: { error_code: "worker_lost" },
    });
    expect(await bodyOf(server.ask("/api/v1/jobs/there"))).toMatchObject({ state: "running" });
    expect(server.complaints).toEqual([expect.stringContaining("lost their worker")]);
  });
});

describe("over a restart", () => {
  test("a viewer goes on where it was, and its bar moves on at once", async () => {
    const data = join(tempFolder(), "data");
    const first = await startTestServer({ dataFolder: data });
    const tick = (percent: number) => ({
      ...line(0, "progress.updated", "j", { task_id: "t", percent_complete: percent }),
      n: undefined,
    });
    await first.report([
      line(1, "job.created", "j", { kind: "clips" }),
      line(2, "job.state_changed", "j", { new_state: "running" }),
      line(3, "task.created", "j", { task_id: "t", kind: "step" }),
      line(4, "task.started", "j", { task_id: "t" }),
      ...Array.from({ length: 40 }, (_, at) => tick(at)),
    ]);
    const before = openSocket(first.socketUrl(""), "playhead.v1");
    await before.until(({ type }) => type === "hello");
    before.send("subscribe", { ref: "r", job_id: "j" });
    const { data: told } = await before.until(({ type }) => type === "subscribed");
    await first.server.close();
    expect(await before.closed).toMatchObject({ code: 4005 });
    const second = await startTestServer({ dataFolder: data });
    const after = openSocket(second.socketUrl(""), "playhead.v1");
    await after.until(({ type }) => type === "hello");
    const { seq, tick: known } = told.snapshot;
    after.send("subscribe", { ref: "r", job_id: "j", since: { epoch: told.epoch, seq, tick: known } });
    await after.until(({ type }) => type === "live");
    const where = after.frames.find(({ type }) => type === "progress.updated");
    expect(where).toMatchObject({ seq, data: { task_id: "t", percent_complete: 39 } });
    expect(where?.tick).toBeGreaterThan(known);
    await second.report([tick(80)]);
    const next = await after.until(
      ({ type, data: moved }) => type === "progress.updated" && moved.percent_complete === 80,
    );
    expect(next.tick).toBeGreaterThan(where?.tick as number);
    await after.until(({ type, data: said }) => type === "job.progress" && said.percent_complete >= 39);
    expect((await bodyOf(second.ask("/api/v1/jobs/j"))).progress.percent_complete).toBeGreaterThanOrEqual(39);
  });

  test("what a worker sends again is known", async () => {
    const data = join(tempFolder(), "data");
    const batch = [line(1, "job.created", "j", { kind: "clips" }), line(2, "job.updated", "j", { title: "a" })];
    const first = await startTestServer({ dataFolder: data });
    await first.report(batch);
    await first.server.close();
    const second = await startTestServer({ dataFolder: data });
    expect(await bodyOf(second.report([...batch, line(3, "job.updated", "j", { title: "b" })]))).toEqual({
      accepted: 3,
      refused: [],
      followed: expect.any(Boolean),
    });
    expect(await bodyOf(second.ask("/api/v1/jobs/j"))).toMatchObject({ seq: 3, title: "b" });
  });
});

test("while the disk takes nothing: nothing is answered or shown that is not stored, what is stored can be read, and then all of it comes", async () => {
  const server = await startTestServer();
  await server.report([line(1, "job.created", "j", { kind: "clips", title: "stored" })]);
  const viewer = openSocket(server.socketUrl("job_id=j"));
  await viewer.until(({ type }) => type === "snapshot");
  const release = holdWrites(server.data);
  let isAnswered = false;
  const report = server.report([line(2, "job.updated", "j", { title: "not stored" })]).then((answer) => {
    isAnswered = true;
    return answer;
  });
  const late = openSocket(server.socketUrl("job_id=j"));
  expect(await late.until(({ type }) => type === "snapshot")).toMatchObject({ seq: 1, data: { title: "stored" } });
  expect(await bodyOf(server.ask("/api/v1/jobs/j"))).toMatchObject({ seq: 1, title: "stored" });
  expect((await bodyOf(server.ask("/api/v1/jobs"))).jobs).toMatchObject([{ seq: 1, title: "stored" }]);
  expect((await bodyOf(server.ask("/api/v1/jobs/j/tasks"))).tasks).toEqual([]);
  expect({ isAnswered, facts: viewer.facts() }).toEqual({ isAnswered: false, facts: [] });
  release();
  expect(await bodyOf(report)).toEqual({ accepted: 1, refused: [], followed: expect.any(Boolean) });
  for (const socket of [viewer, late]) {
    expect(await socket.until(({ type }) => type === "job.updated")).toMatchObject({
      seq: 2,
      data: { title: "not stored" },
    });
  }
});

describe("ending", () => {
  test("answers what was under way, and loses nothing that was taken", async () => {
    const server = await startTestServer();
    await server.report([line(1, "job.created", "j", { kind: "clips" })]);
    const release = holdWrites(server.data);
    const reports = Array.from({ length: 20 }, async (_, at) => {
      const answer = server.report([line(at + 2, "job.updated", "j", { title: `${at}` })]);
      return { title: `${at}`, status: await answer.then(({ status }) => status).catch(() => "refused") };
    });
    const poll = server.ask("/api/v1/commands?source=w&wait=25");
    // On their way before these are answered.
    for (let time = 0; time < 10; time++) await server.ask("/api/v1/session");
    const closed = server.server.close();
    release();
    expect(await bodyOf(poll)).toEqual({ commands: [] });
    await closed;
    const taken = (await Promise.all(reports)).filter(({ status }) => status === 200);
    expect(taken.length).toBeGreaterThan(0);
    const engine = await createEngine({ dataFolder: server.data, log: () => undefined });
    const titles = (await engine.store.readFacts("j", 1, 100)).map(({ data }) => data.title);
    expect(titles).toEqual(expect.arrayContaining(taken.map(({ title }) => title)));
    await engine.close();
  });

  test("twice is the same as once, and nothing is taken any more", async () => {
    const server = await startTestServer();
    await Promise.all([server.server.close(), server.server.close()]);
    await expect(server.send(server.record("j", "job.created", {}))).rejects.toMatchObject({
      code: "service_unavailable",
    });
    await expect(server.ask("/api/v1/jobs")).rejects.toThrow("fetch failed");
  });

  test("leaves nothing open: the process ends by itself", async () => {
    const script = fileURLToPath(new URL("../fixtures/start-and-stop.ts", import.meta.url));
    const folder = tempFolder();
    const child = spawn(process.execPath, ["--conditions=playhead-src", script, folder], {
      stdio: ["ignore", "pipe", "pipe"],
      // What others have left in the machine's own would be told, too.
      env: { ...process.env, TMPDIR: folder },
    });
    const [output, errors, code] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise((resolve) => child.once("exit", resolve)),
    ]);
    expect({ output, errors, code }).toEqual({
      output: "socket 4005, poll 200, stream true, look 0\n",
      errors: "",
      code: 0,
    });
  });
});
