import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { oddFolder, startServer } from "../../test/playhead-process.ts";
import { makeSmallVideo } from "../../test/small-video.ts";
import { submitting } from "../../test/submit.ts";

test("a configured storage is looked at, and jobs of operators that say so are uploaded there", async () => {
  const folder = oddFolder();
  const [data, config, storage] = ["data", "playhead.config.json", "storage"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(config, JSON.stringify({ storage: { url: `folder:${storage}`, public_url: "https://cdn.example/m" } }));
  const { url, signInUrl } = await startServer(data, ["--config", config]);
  const owner = submitting(url, new URL(signInUrl).searchParams.get("key") ?? "");
  const { body: made } = await owner.ask("POST", "keys", { name: "night shift", role: "operator" });
  const { ask, upload, ended } = submitting(url, made.key);

  const video = join(folder, "talk.mp4");
  await makeSmallVideo(video, 2);
  const { upload_id } = await upload(video, "talk.mp4");
  const file = `upload:${upload_id}`;
  const scenes = [{ start_sec: 0, end_sec: 1 }];
  const clips = await ask("POST", "jobs", {
    kind: "clips",
    input: { file, styles: ["original"], scenes, upload: true },
  });
  const merge = await ask("POST", "jobs", { kind: "merge", input: { files: [file, file], upload: true } });
  expect([clips.status, merge.status]).toEqual([201, 201]);
  for (const { body } of [clips, merge]) {
    const { state, artifacts, job_id } = await ended(body.job_id);
    expect(state).toBe("completed");
    const urls = artifacts.map((each: { url?: string }) => each.url ?? "");
    if (job_id === merge.body.job_id)
      expect(urls).toEqual(
        ["merged.mp4", "merged.segments.json"].map((name) => `https://cdn.example/m/${job_id}/${name}`),
      );
  }
  expect(readdirSync(join(storage, merge.body.job_id)).toSorted()).toEqual(["merged.mp4", "merged.segments.json"]);
  expect(readdirSync(storage, { recursive: true }).filter((name) => String(name).endsWith(".mp4"))).toHaveLength(2);

  // The same key may not say of jobs what it likes.
  expect((await ask("POST", "jobs", { kind: "clips" })).status).toBe(403);

  // Its own health check: with a real object, in this very folder.
  const { body: health } = await owner.ask("GET", "monitoring/health/detailed");
  expect(health.checks).toContainEqual(
    expect.objectContaining({
      ...{ component: "object_storage", status: "healthy", message: "an object was written, read and deleted" },
    }),
  );
});
