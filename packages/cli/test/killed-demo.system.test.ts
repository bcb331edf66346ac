import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { JobSnapshot } from "@playhead/core";
import { expect, test } from "vitest";
import { oddFolder, startPlayhead, startServer } from "./playhead-process.ts";
import { makeSmallVideo } from "./small-video.ts";

/** ffmpegs that work on files of a folder; those that have ended and wait for their parent do not count. */
function ffmpegsOf(folder: string): readonly string[] {
  const rows = execFileSync("ps", ["-eo", "stat,args"], { encoding: "utf8" }).split("\n");
  return rows.filter((row) => /\bffmpeg\b/.test(row) && row.includes(folder) && !row.startsWith("Z"));
}

function partFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".part"));
}

async function read<Answer>(url: string, key: string, path: string): Promise<Answer> {
  const answer = await fetch(`${url}/api/v1${path}`, { headers: { authorization: `Bearer ${key}` } });
  expect(answer.status).toBe(200);
  return (await answer.json()) as Answer;
}

test("after kill -9 in the middle of a demo, the next start tells the truth and nothing is left over", async () => {
  const folder = oddFolder();
  const video = join(folder, "input.mp4");
  const data = join(folder, "data");
  await makeSmallVideo(video, 40);

  const demo = startPlayhead(["demo", video, "--port", "0", "--data", data, "--json"]);
  const [serving] = await demo.line(/^.*"type":"serving".*$/);
  const { url, sign_in_url } = JSON.parse(serving) as { url: string; sign_in_url: string };
  const key = new URL(sign_in_url).searchParams.get("key") ?? "";
  const [, jobId = ""] = await demo.line(/"job_id":"([^"]+)"/);
  // One clip is done, and others are being rendered.
  await demo.line(/"kind":"clip".*"type":"task.completed"/);
  await demo.line(/"step":"rendering"/);
  const { events: before } = await read<{ events: readonly { seq: number }[] }>(
    url,
    key,
    `/jobs/${jobId}/events?limit=1000`,
  );
  demo.signal("SIGKILL");
  await demo.ended;

  const server = await startServer(data);
  const job = await read<JobSnapshot>(server.url, key, `/jobs/${jobId}`);
  expect(job.state).toBe("failed");
  expect(job.reason).toBe("worker_lost");
  expect(job.error).toMatchObject({ error_code: "worker_lost" });
  expect(job.tasks.filter(({ state }) => state === "pending" || state === "processing")).toEqual([]);

  const { events } = await read<{ events: readonly { seq: number }[] }>(
    server.url,
    key,
    `/jobs/${jobId}/events?limit=1000`,
  );
  expect(events.slice(0, before.length)).toEqual(before);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  expect(ffmpegsOf(folder)).toEqual([]);
  expect(partFiles(folder)).toEqual([]);

  server.signal("SIGTERM");
  expect((await server.ended).code).toBe(0);
});
