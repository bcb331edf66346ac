import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { oddFolder, playhead, startPlayhead } from "../../test/playhead-process.ts";
import { makeSmallVideo } from "../../test/small-video.ts";
import { submitting } from "../../test/submit.ts";

async function serve(args: readonly string[] = [], config: object = {}) {
  const folder = oddFolder();
  const data = join(folder, "data");
  const file = join(folder, "playhead.config.json");
  writeFileSync(file, JSON.stringify(config));
  const start = async (more: readonly string[] = []) => {
    const process = startPlayhead([
      "serve",
      "--port",
      "0",
      "--data",
      data,
      "--config",
      file,
      "--json",
      ...args,
      ...more,
    ]);
    const [line] = await process.line(/^.*"type":"serving".*$/);
    const { url, sign_in_url } = JSON.parse(line);
    const key = new URL(sign_in_url).searchParams.get("key") ?? "";
    return { process, url, key, ...submitting(url, key) };
  };
  return { folder, data, start, ...(await start()) };
}

describe("jobs that are submitted", () => {
  test("run on the server's own worker: an uploaded video becomes clips that the page can show", async () => {
    const { folder, data, ask, upload, ended, url, key, process } = await serve();
    const video = join(folder, "talk.mp4");
    await makeSmallVideo(video, 4);
    const { upload_id, sha256, name, size_bytes } = await upload(video, "../../tälk <1>.mp4");
    const content = readFileSync(video);
    expect({ name, size_bytes, sha256 }).toEqual({
      name: "tälk _1_.mp4",
      size_bytes: content.length,
      sha256: createHash("sha256").update(content).digest("hex"),
    });

    const { body: kinds } = await ask("GET", "job-kinds");
    expect(kinds.job_kinds).toContainEqual(
      expect.objectContaining({
        kind: "clips",
        workers: 1,
        waiting: 0,
        input_schema: expect.objectContaining({ type: "object" }),
      }),
    );
    const { body: refused } = await ask("POST", "jobs", {
      kind: "clips",
      input: { file: `upload:${upload_id}`, styles: ["none"], max_parallel: 0 },
    });
    expect(refused.detail.faults.map(({ path }: { path: string }) => path)).toEqual([
      "input.styles.0",
      "input.max_parallel",
    ]);
    const { body: missing } = await ask("POST", "jobs", { kind: "clips", input: { file: "upload:up_none" } });
    expect(missing).toMatchObject({ error_code: "validation_error", detail: { faults: [{ path: "input.file" }] } });

    const input = { file: `upload:${upload_id}`, styles: ["original", "split"] };
    const { status, body: job } = await ask("POST", "jobs", { kind: "clips", title: "Talk", input, priority: 7 });
    expect([status, job.metadata.input, job.priority, job.max_attempts]).toEqual([201, input, 7, 3]);
    const done = await ended(job.job_id);
    expect(done).toMatchObject({ state: "completed", counts: { deliverables: { completed: 4 } } });
    expect(readdirSync(join(data, "jobs", job.job_id)).filter((file) => file.endsWith(".mp4"))).toHaveLength(4);
    const manifest = done.artifacts.find(({ type }: { type: string }) => type === "manifest");
    const shown = await fetch(url + manifest.url, { headers: { authorization: `Bearer ${key}` } });
    expect([shown.status, ((await shown.json()) as { clips: unknown[] }).clips.length]).toEqual([200, 4]);

    // Another tenant sees neither the file nor the job's folder.
    const { body: other } = await ask("POST", "keys", { name: "other", role: "admin", tenant_id: "other" });
    const theirs = submitting(url, other.key);
    expect((await theirs.ask("GET", "uploads")).body.uploads).toEqual([]);
    expect((await theirs.ask("DELETE", `uploads/${upload_id}`)).status).toBe(404);
    expect((await theirs.ask("POST", "jobs", { kind: "clips", input })).status).toBe(422);
    expect((await fetch(url + manifest.url, { headers: { authorization: `Bearer ${other.key}` } })).status).toBe(404);
    // Their own jobs run here, too, and what comes of them is theirs alone.
    const own = await theirs.upload(video, "own.mp4");
    const { body: theirJob } = await theirs.ask("POST", "jobs", {
      kind: "clips",
      input: { file: `upload:${own.upload_id}`, styles: ["original"] },
    });
    const theirEnd = await theirs.ended(theirJob.job_id);
    expect(theirEnd.state).toBe("completed");
    const theirUrl = url + theirEnd.artifacts[0].url;
    expect((await fetch(theirUrl, { headers: { authorization: `Bearer ${other.key}` } })).status).toBe(200);
    expect((await fetch(theirUrl, { headers: { authorization: `Bearer ${key}` } })).status).toBe(404);

    process.signal("SIGTERM");
    expect(await process.ended).toMatchObject({ code: 0, stderr: [] });
  });

  test("name files of the machine only where that is allowed, whatever links lead there", async () => {
    const allowed = oddFolder();
    const { folder, ask, ended } = await serve([], { worker: { input_folders: [allowed] }, max_attempts: 1 });
    const [inside, outside, link] = [join(allowed, "a.mp4"), join(folder, "b.mp4"), join(allowed, "c.mp4")];
    await makeSmallVideo(inside, 2);
    await makeSmallVideo(outside, 2);
    symlinkSync(outside, link);
    const run = async (file: string) => {
      const { body } = await ask("POST", "jobs", {
        kind: "clips",
        input: { file, styles: ["original"], scenes: [{ start_sec: 0, end_sec: 1 }] },
      });
      const { state, error } = await ended(body.job_id);
      return error?.error_code ?? state;
    };
    const files = [
      inside,
      outside,
      link,
      allowed,
      "a.mp4",
      `${allowed}/../${outside}`,
      `file:${inside}`,
      "/etc/passwd",
    ];
    const got = [];
    for (const file of files) got.push(await run(file));
    expect(got).toEqual(["completed", ...files.slice(1).map(() => "input_refused")]);
  });
});

test("a worker elsewhere takes jobs of its kinds, fetches what was uploaded, and keeps what it made", async () => {
  const { folder, ask, upload, ended, url, key } = await serve(["--no-worker"]);
  const video = join(folder, "talk.mp4");
  await makeSmallVideo(video, 2);
  const { upload_id } = await upload(video, "talk.mp4");
  const input = { file: `upload:${upload_id}`, styles: ["original"], scenes: [{ start_sec: 0, end_sec: 1 }] };
  const { body: job } = await ask("POST", "jobs", { kind: "clips", input });
  const { body: second } = await ask("POST", "jobs", { kind: "clips", input });
  expect((await ask("GET", `jobs/${job.job_id}`)).body.waiting).toEqual({
    reason: "no_worker",
    position: null,
    message: "no worker offers clips",
  });
  // One that is used stays.
  expect((await ask("DELETE", `uploads/${upload_id}`)).body).toMatchObject({ error_code: "conflict" });

  const work = join(folder, "work");
  const worker = startPlayhead([
    "worker",
    "--server",
    url,
    "--key",
    key,
    "--kinds",
    "clips",
    "--parallel",
    "1",
    "--work",
    work,
    "--json",
  ]);
  await worker.line(/"type":"working"/);
  expect(await ended(job.job_id)).toMatchObject({ state: "completed", worker: expect.stringMatching(/^worker_/) });
  expect(await ended(second.job_id)).toMatchObject({ state: "completed" });
  expect(readdirSync(join(work, job.job_id)).some((file) => file.endsWith(".mp4"))).toBe(true);
  expect(readdirSync(join(work, ".uploads"))).toEqual([]);
  worker.signal("SIGTERM");
  expect(await worker.ended).toMatchObject({ code: 0, stderr: [] });
  expect((await ask("DELETE", `uploads/${upload_id}`)).body).toEqual({ upload_id, removed: true });

  const refused = await playhead(["worker", "--server", url, "--key", key, "--kinds", "clips,films"]);
  expect(refused).toMatchObject({ code: 2, stderr: [expect.stringContaining('got "films"')] });
});

test("a server that is told to stop gives back what takes too long; the next one goes on with it, in the same folder", async () => {
  const { folder, data, ask, upload, start, process } = await serve([], { worker: { drain_seconds: 0, parallel: 1 } });
  const video = join(folder, "long.mp4");
  await makeSmallVideo(video, 40);
  const { upload_id } = await upload(video, "long.mp4");
  const { body: job } = await ask("POST", "jobs", {
    kind: "clips",
    input: { file: `upload:${upload_id}`, max_parallel: 1 },
    max_attempts: 1,
  });
  for (let state = "pending"; state === "pending"; ) {
    ({ state } = (await ask("GET", `jobs/${job.job_id}`)).body);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  process.signal("SIGTERM");
  expect(await process.ended).toMatchObject({ code: 0, stderr: [] });

  const next = await start();
  const first = await next.ended(job.job_id);
  expect(first).toMatchObject({ state: "failed", error: { error_code: "worker_stopped" } });
  const { body } = await next.ask("GET", "jobs?state=pending&state=running");
  const [again] = body.jobs;
  expect(again).toMatchObject({ retry_of: job.job_id, first_attempt: job.job_id, attempt: 2 });
  await next.ask("POST", `jobs/${again.job_id}/cancel`);
  expect(existsSync(join(data, "jobs", again.job_id))).toBe(false);
  expect(readdirSync(join(data, "jobs"))).toEqual([job.job_id]);
});
