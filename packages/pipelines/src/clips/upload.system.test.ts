import { createHash } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { createMediaFolder, filesIn, SCENES, TWO_SCENES } from "../../fixtures/media-folder.ts";
import { BUCKET, KEYS, type S3Server, startS3Server } from "../../fixtures/s3-server.ts";
import { linesOf, setupRun } from "../../fixtures/setup-run.ts";
import { openStorage } from "../storage/open-storage.ts";
import { createS3Storage } from "../storage/s3/s3-storage.ts";

const media = createMediaFolder();
const input = () => media.at("two.mp4");
let server: S3Server;

beforeAll(() => {
  media.make("two.mp4", ...TWO_SCENES);
});
beforeEach(async () => {
  server = await startS3Server();
});
afterEach(() => server.close());
afterAll(() => media.remove());

const bucket = () => ({ kind: "s3", bucket: BUCKET, prefix: "talk", endpoint: server.url, ...KEYS }) as const;
/** Impatient, and with parts so small that a clip has several. */
const quick = (publicUrl?: string) =>
  createS3Storage({ ...bucket(), publicUrl }, { leastPartBytes: 20_000, attempts: 2, firstWaitMs: 5, stallMs: 500 });

const ONE = { scenes: SCENES.slice(0, 1), styles: ["split"], maxParallel: 1 };
const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

test("a clip goes through uploading and upload_complete, in bytes, and its address is that of the storage", async () => {
  const setup = setupRun(media);
  const upload = quick("https://cdn.example");
  const { state, clips } = await setup.run({ input: input(), ...ONE, upload });
  upload.close();
  expect(state).toBe("completed");
  const [clip] = clips;
  const { clip_id = "", file = "", thumbnail = "", size_bytes = 0 } = clip ?? {};
  expect(linesOf(setup.transport, clip_id)).toEqual([
    ...["task.created", "task.started processing", "clip.progress extracting_segment", "clip.progress rendering"],
    ...["clip.progress render_complete", "clip.progress uploading", "clip.progress upload_complete"],
    ...["task.artifact_added", "clip.uploaded", "clip.progress complete"],
  ]);
  const told = setup.transport.records.filter(({ data }) => data.task_id === clip_id);
  const facts = told.filter(({ n, type }) => n !== undefined && type !== "log");
  const bytes = readFileSync(`${setup.outDir}/${file}`);
  expect(facts.find(({ data }) => data.step === "uploading")?.data.details).toEqual({
    ...{ text: file, sent_bytes: 0, total_bytes: size_bytes, storage: "bucket media" },
  });
  expect(facts.find(({ data }) => data.step === "upload_complete")?.data.details).toEqual({
    ...{ text: `talk/${file}`, key: `talk/${file}`, url: `https://cdn.example/talk/${file}`, storage: "bucket media" },
    ...{ size_bytes, sha256: sha256(bytes), upload_sec: expect.any(Number) },
  });
  expect(facts.find(({ type }) => type === "clip.uploaded")?.data).toMatchObject({
    ...{ clip_count: 1, total_clips: 1 },
    artifact: { url: `https://cdn.example/talk/${file}`, size_bytes, metadata: { stored_as: `talk/${file}` } },
  });
  expect(facts.find(({ type }) => type === "task.artifact_added")?.data.artifact).toMatchObject({
    url: `https://cdn.example/talk/${thumbnail}`,
  });
  const percents = told.flatMap(({ data }) =>
    typeof data.percent_complete === "number" ? [data.percent_complete] : [],
  );
  expect(percents).toEqual(percents.toSorted((a, b) => a - b));
  expect([...server.objects].map(([key, { body }]) => [key, sha256(body)]).toSorted()).toEqual(
    [
      [`talk/${file}`, sha256(bytes)],
      [`talk/${thumbnail}`, sha256(readFileSync(`${setup.outDir}/${thumbnail}`))],
    ].toSorted(),
  );
  expect(JSON.stringify(setup.transport.records)).not.toContain(KEYS.secretAccessKey);
  expect(JSON.stringify(setup.transport.records)).not.toContain(KEYS.accessKeyId);
});

test("into a folder, and without an address of its own", async () => {
  const setup = setupRun(media);
  const shared = media.folder("shared");
  const upload = openStorage({ kind: "folder", folder: shared }, { registryDir: setup.registryDir });
  const urlOf = (file: string) => `/media/${file.slice(file.lastIndexOf("/") + 1)}`;
  const { clips } = await setup.run({ input: input(), ...ONE, upload, urlOf });
  expect(filesIn(shared)).toEqual([clips[0]?.file, clips[0]?.thumbnail].toSorted());
  const uploaded = setup.transport.facts().find(({ type }) => type === "clip.uploaded");
  expect(uploaded?.data.artifact).toMatchObject({ url: `/media/${clips[0]?.file}` });
});

test("a second run uploads what is rendered and not uploaded, and leaves what is", async () => {
  const first = setupRun(media);
  const options = { input: input(), styles: ["original"], scenes: SCENES };
  await first.run(options);
  const upload = quick();
  const second = setupRun(media, first.outDir);
  const { clips, ...result } = await second.run({ ...options, upload });
  expect(result).toMatchObject({ state: "completed", completed: 2, skipped: 0 });
  expect(linesOf(second.transport, clips[0]?.clip_id ?? "")).toEqual([
    ...["task.created", "task.started processing", "clip.progress uploading", "clip.progress upload_complete"],
    ...["task.artifact_added", "clip.uploaded", "clip.progress complete"],
  ]);
  const asked = server.asked.length;
  const third = setupRun(media, first.outDir);
  expect(await third.run({ ...options, upload })).toMatchObject({ completed: 0, skipped: 2 });
  expect(server.asked).toHaveLength(asked);
  // A clip whose file is gone is made and uploaded anew.
  rmSync(`${first.outDir}/${clips[0]?.file}`);
  expect(await setupRun(media, first.outDir).run({ ...options, upload })).toMatchObject({ completed: 1, skipped: 1 });
  upload.close();
});

test("a thumbnail that cannot be uploaded is a warning", async () => {
  const setup = setupRun(media);
  server.fail("PutObject", "denied", 1);
  const upload = quick();
  const { state, clips } = await setup.run({ input: input(), ...ONE, upload });
  upload.close();
  expect(state).toBe("completed");
  expect([...server.objects.keys()]).toEqual([`talk/${clips[0]?.file}`]);
  const warnings = setup.transport.records.filter(({ data }) => data.level === "warning");
  expect(warnings.map(({ data }) => data.message)).toEqual([
    expect.stringMatching(
      /^the thumbnail was not uploaded: the bucket media refused to take .*\.jpg \(403 AccessDenied\)$/,
    ),
  ]);
});

test("a cancel while a clip is uploaded removes what was sent; the clip stays here", async () => {
  const setup = setupRun(media);
  setup.transport.watch(({ type, job_id, data }) => {
    const { sent_bytes = 0 } = (data.details ?? {}) as Record<string, number>;
    if (type === "clip.progress" && data.step === "uploading" && sent_bytes >= 0)
      setup.transport.command(job_id, "cancel");
  });
  server.fail("UploadPart", "hang", 99);
  const upload = createS3Storage(bucket(), { leastPartBytes: 20_000 });
  const result = await setup.run({ input: input(), ...ONE, upload });
  upload.close();
  expect(result).toMatchObject({ state: "canceled", failed: 0 });
  expect([...server.objects.keys()].filter((key) => key.endsWith(".mp4"))).toEqual([]);
  expect(server.uploads.size).toBe(0);
  expect(setup.files()).toHaveLength(3);
  expect(setup.running()).toEqual([]);
});
