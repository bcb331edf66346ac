import { join } from "node:path";
import type { JobHandle, Playhead } from "@playhead/sdk";
import { expect, onTestFinished, test } from "vitest";
import { oddFolder, playhead, startPlayhead, startServer } from "../../test/playhead-process.ts";
import { open } from "../open.ts";

/** A server, and this process as a worker that has joined it through the data folder. */
async function setup() {
  const data = join(oddFolder(), "data");
  const server = await startServer(data);
  const worker = await open({ data });
  onTestFinished(async () => {
    await worker.close();
  });
  return { data, server, worker };
}

/** Runs a job whose two clips wait until they are let go. */
function startJob(worker: Playhead, outcome: "completed" | "failed" = "completed") {
  const go = Promise.withResolvers<void>();
  const job = worker.job({ kind: "clips", title: "Talk at the café" });
  const done = job.run(async () => {
    await job.each(
      ["original", "split"],
      { kind: "clip", title: (style) => style, onError: "continue" },
      async (style, task) => {
        await task.step("rendering", () => go.promise);
        if (style === "split" && outcome === "failed") throw new Error("the encoder gave up");
      },
    );
  });
  return { job, go: go.resolve, done };
}

const stored = async (worker: Playhead, { job_id }: JobHandle) => {
  await worker.flush();
  return job_id;
};

test("watch in a pipe tells what happens in plain lines, and ends as the job does", async () => {
  const { data, worker } = await setup();
  const { job, go, done } = startJob(worker);
  const watch = startPlayhead(["watch", await stored(worker, job), "--data", data]);
  await watch.line(/^Talk at the café: running, \d+ %, 0 of 2 clips done$/);
  go();
  await done;
  await worker.flush();
  const { code, stdout, stderr } = await watch.ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: [] });
  const text = stdout.join("\n");
  expect(text).not.toContain("\u001b");
  expect(text).toMatch(/^\d\d:\d\d:\d\d {2}original: done in /m);
  expect(text).toMatch(/^\d\d:\d\d:\d\d {2}Talk at the café: completed$/m);
  expect(stdout.at(-1)).toMatch(/^✓ Talk at the café: 2 clips done, /);
});

test("watch --json is lines of JSON, the last one the result; a failed item ends it with 1", async () => {
  const { data, worker } = await setup();
  const { job, go, done } = startJob(worker, "failed");
  const watch = startPlayhead(["watch", await stored(worker, job), "--data", data, "--json"]);
  await watch.line(/"type":"job"/);
  go();
  await done;
  await worker.flush();
  const { code, stdout } = await watch.ended;
  const told = stdout.map((line) => JSON.parse(line));
  expect(code).toBe(1);
  expect(told.map(({ type }) => type)).toEqual(
    expect.arrayContaining(["task.completed", "task.failed", "job.state_changed"]),
  );
  expect(told.at(-1)).toMatchObject({ type: "result", job: { state: "completed", progress: { items_failed: 1 } } });
});

test("Ctrl-C leaves a watched job alone", async () => {
  const { data, worker } = await setup();
  const { job, go, done } = startJob(worker);
  const watch = startPlayhead(["watch", await stored(worker, job), "--data", data]);
  await watch.line(/running/);
  watch.signal("SIGINT");
  expect(await watch.ended).toMatchObject({ code: 130 });
  go();
  await done;
  expect(job.state).toBe("completed");
});

test("watch outlives a restart of the server, and says when it does not know", async () => {
  const { data, server, worker } = await setup();
  const { job, go, done } = startJob(worker);
  const watch = startPlayhead(["watch", await stored(worker, job), "--data", data]);
  await watch.line(/running/);
  server.signal("SIGKILL");
  await server.ended;
  await watch.line(/^No connection to http:\S+; trying again$/);
  await startServer(data, ["--port", new URL(server.url).port]);
  go();
  await done;
  await worker.flush({ timeoutMs: 60_000 });
  const { code, stdout } = await watch.ended;
  expect(code).toBe(0);
  expect(stdout).toEqual(expect.arrayContaining(["Connected again", expect.stringMatching(/split: done in/)]));
});

test("jobs lists what there is, from the server and, once it is gone, from the folder", async () => {
  const { data, server, worker } = await setup();
  const { job, go, done } = startJob(worker);
  go();
  await done;
  await stored(worker, job);
  const { stdout } = await playhead(["jobs", "--data", data]);
  expect(stdout).toEqual([
    expect.stringMatching(/^ {3}JOB +STATE +DONE +ITEMS +TOOK +CREATED +TITLE$/),
    expect.stringMatching(new RegExp(`^✓ {2}${job.job_id} {2}completed {2}100 % +2/2 .* Talk at the café$`)),
  ]);
  const running = await playhead(["jobs", "--data", data, "--state", "running", "--json"]);
  expect(JSON.parse(running.stdout.join("\n"))).toEqual({ type: "result", jobs: [] });

  server.signal("SIGTERM");
  await server.ended;
  const later = await playhead(["jobs", "--data", data, "--json"]);
  expect(JSON.parse(later.stdout.join("\n"))).toMatchObject({ jobs: [{ job_id: job.job_id, state: "completed" }] });
  expect(await playhead(["watch", job.job_id, "--data", data])).toMatchObject({
    code: 0,
    stdout: [expect.stringMatching(/^✓ Talk at the café: 2 clips done/)],
  });
});

test("health, in words and as JSON", async () => {
  const { data } = await setup();
  const { code, stdout } = await playhead(["health", "--data", data]);
  expect(code).toBe(0);
  expect(stdout[0]).toMatch(/^[✓▲] (healthy|warning)$/);
  expect(stdout).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^ {2}✓ ffmpeg +ffmpeg \d/),
      expect.stringMatching(/^ {2}[✓▲] monitoring_system +/),
    ]),
  );
  const asJson = await playhead(["health", "--data", data, "--json"]);
  expect(JSON.parse(asJson.stdout.join("\n"))).toMatchObject({ type: "result", checks: expect.any(Array) });
});

test("health of what does not work: what and why, in all detail where the key is known, and 3", async () => {
  const data = join(oddFolder(), "data");
  const server = startPlayhead(["serve", "--port", "0", "--data", data], {
    environment: { FFMPEG_PATH: "/nowhere/ffmpeg" },
  });
  const [, url = ""] = await server.line(/serves on (http:\S+)/);
  const { code, stdout } = await playhead(["health", "--data", data]);
  expect([code, stdout[0]]).toEqual([3, "✗ critical"]);
  expect(stdout).toEqual(expect.arrayContaining([expect.stringMatching(/^ {2}✗ ffmpeg +ffmpeg: .*install ffmpeg/)]));
  const full = await playhead(["health", "--data", data, "--verbose"]);
  expect(full.stdout.join("\n")).toContain(`data_folder: ${data}`);
  const stranger = await playhead(["health", "--server", url, "--data", join(data, "none"), "--verbose"]);
  expect([stranger.code, stranger.stdout.join("\n").includes(data)]).toEqual([3, false]);
  expect(stranger.stdout.join("\n")).toContain("disk_free_bytes: ");
});

test("what is not there is one line, and a code that says so", async () => {
  const { data, server } = await setup();
  const table = [
    {
      args: ["watch", "job_none", "--data", data],
      code: 4,
      line: /^playhead: there is no job job_none\. Playhead jobs lists/,
    },
    { args: ["jobs", "--server", server.url, "--key", "wrong"], code: 2, line: /does not take this key\. / },
    { args: ["watch", "x", "--server", server.url, "--key", "wrong"], code: 2, line: /does not take this key\. / },
    {
      args: ["health", "--server", "http://127.0.0.1:9"],
      code: 4,
      line: /^playhead: the server at http:\/\/127\.0\.0\.1:9 cannot be reached\. /,
    },
    { args: ["jobs", "--server", "http://127.0.0.1:9", "--key", "k"], code: 4, line: /cannot be reached/ },
    { args: ["jobs", "--data", join(data, "none")], code: 4, line: /^playhead: there is no data folder / },
    { args: ["health", "--data", join(data, "none")], code: 4, line: /^playhead: no server runs on / },
  ];
  for (const { args, code, line } of table) {
    const end = await playhead(args);
    expect({ args, ...end }).toEqual({ args, code, stdout: [], stderr: [expect.stringMatching(line)] });
  }
});
