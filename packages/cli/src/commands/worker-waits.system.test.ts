import { readdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { oddFolder, playhead, startPlayhead } from "../../test/playhead-process.ts";
import { makeSmallVideo } from "../../test/small-video.ts";
import { submitting } from "../../test/submit.ts";

async function freePort(): Promise<string> {
  const holder = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => holder.once("listening", resolve));
  const address = holder.address();
  await new Promise((resolve) => holder.close(resolve));
  return typeof address === "object" ? String(address?.port) : "";
}

test("a worker waits for a server that is away, and works when it is there; a wrong key ends it", async () => {
  const folder = oddFolder();
  const [port, data, work] = [await freePort(), join(folder, "data"), join(folder, "work")];
  const url = `http://127.0.0.1:${port}`;
  const serve = async () => {
    const server = startPlayhead(["serve", "--no-worker", "--port", port, "--data", data, "--json"]);
    const [line] = await server.line(/^.*"type":"serving".*$/);
    return { server, key: new URL(JSON.parse(line).sign_in_url).searchParams.get("key") ?? "" };
  };
  const first = await serve();
  first.server.signal("SIGTERM");
  await first.server.ended;

  const args = ["worker", "--server", url, "--work", work, "--json"];
  const worker = startPlayhead([...args, "--key", first.key, "--keep-days", "1"]);
  const [waiting] = await worker.line(/^.*"type":"waiting".*$/);
  expect(JSON.parse(waiting)).toMatchObject({ server: url, error_code: "server_unreachable" });
  const { key } = await serve();
  await worker.line(/"type":"working"/);
  const { ask, upload, ended } = submitting(url, key);
  const video = join(folder, "talk.mp4");
  await makeSmallVideo(video, 2);
  const { upload_id } = await upload(video, "talk.mp4");
  const input = { file: `upload:${upload_id}`, styles: ["original"], scenes: [{ start_sec: 0, end_sec: 1 }] };
  const { body: job } = await ask("POST", "jobs", { kind: "clips", input });
  expect(await ended(job.job_id)).toMatchObject({ state: "completed" });
  expect(readdirSync(join(work, ".jobs"))).toEqual([job.job_id]);

  expect(await playhead([...args, "--key", "wrong"])).toMatchObject({
    code: 2,
    stdout: [],
    stderr: [expect.stringContaining("does not take this key")],
  });
});

test("waiting has an end where one is said, and Ctrl-C is one", async () => {
  const args = ["worker", "--server", `http://127.0.0.1:${await freePort()}`, "--key", "k"];
  const inTime = await playhead([...args, "--wait", "1s"]);
  expect(inTime).toMatchObject({ code: 4, stderr: [expect.stringContaining("cannot be reached")] });
  expect(inTime.stdout).toEqual([
    expect.stringMatching(/^Waiting: the server at .* cannot be reached; it is tried again$/),
  ]);
  const worker = startPlayhead([...args, "--json"]);
  await worker.line(/"type":"waiting"/);
  worker.signal("SIGINT");
  const { code, stdout, stderr } = await worker.ended;
  expect({ code, stderr, last: JSON.parse(stdout.at(-1) ?? "") }).toEqual({
    ...{ code: 0, stderr: [] },
    last: { type: "stopped", signal: "SIGINT", given_back: 0 },
  });
});
