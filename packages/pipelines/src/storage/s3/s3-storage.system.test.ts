import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PlayheadError } from "@playhead/sdk";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  BUCKET,
  KEYS,
  type S3FaultKind,
  type S3Operation,
  type S3Server,
  type S3ServerOptions,
  startS3Server,
} from "../../../fixtures/s3-server.ts";
import { createS3Storage, type S3Tuning } from "./s3-storage.ts";

/** Quicker and smaller than life: parts of 300 kB, of which a file of a megabyte has four. */
const TUNING: S3Tuning = { leastPartBytes: 300_000, attempts: 3, firstWaitMs: 5, stallMs: 400, random: () => 0.5 };
const LARGE = Buffer.from(Array.from({ length: 1_000_003 }, (_, i) => (i * 7919) % 251));
const SMALL = LARGE.subarray(0, 70_001);
const hexOf = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

let folder: string;
let server: S3Server;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "playhead-s3-"));
  server = await startS3Server();
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const settings = (more: object = {}) => ({
  ...({ kind: "s3", bucket: BUCKET, prefix: "out/été", endpoint: server.url, ...KEYS } as const),
  ...more,
});

async function restart(options: S3ServerOptions): Promise<void> {
  await server.close();
  server = await startS3Server(options);
}

interface PutOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (sent: number, total: number) => void;
}

/** Puts a file of this content, and remembers what was told meanwhile. */
async function put(content: Buffer, key = "a b.mp4", more: object = {}, { signal, onProgress }: PutOptions = {}) {
  const file = join(folder, "file");
  writeFileSync(file, content);
  const storage = createS3Storage(settings(more), TUNING);
  const sent: number[] = [];
  const warnings: string[] = [];
  try {
    const stored = await storage.put(key, file, {
      signal: signal ?? new AbortController().signal,
      onProgress(bytes, total) {
        expect(total).toBe(content.length);
        sent.push(bytes);
        onProgress?.(bytes, total);
      },
      onWarning: (message) => warnings.push(message),
    });
    return { stored, error: null, sent, warnings };
  } catch (error) {
    return { stored: null, error: error as PlayheadError, sent, warnings };
  } finally {
    storage.close();
  }
}

const KEY = "out/été/a b.mp4";

describe.each([
  { name: "at once", content: SMALL },
  { name: "in parts", content: LARGE },
  { name: "that is empty", content: Buffer.alloc(0) },
])("a file $name", ({ content }) => {
  test("arrives whole, with its checksum, its type, its address, and progress in bytes", async () => {
    const { stored, error, sent, warnings } = await put(content, "a b.mp4", { publicUrl: "https://cdn.example/m/" });
    expect(error).toBeNull();
    expect(stored).toEqual({
      key: KEY,
      url: "https://cdn.example/m/out/%C3%A9t%C3%A9/a%20b.mp4",
      size_bytes: content.length,
      sha256: hexOf(content),
    });
    const object = server.objects.get(KEY);
    expect(object?.body.equals(content)).toBe(true);
    expect(object?.contentType).toBe("video/mp4");
    expect(sent.at(-1)).toBe(content.length);
    expect(sent).toEqual(sent.toSorted((a, b) => a - b));
    if (content.length > 0) expect(new Set(sent).size).toBeGreaterThan(1);
    expect([warnings, server.uploads.size]).toEqual([[], 0]);
  });

  test("is read back where the storage keeps no checksums", async () => {
    await restart({ keepsChecksums: false });
    expect(await put(content)).toMatchObject({ error: null, stored: { sha256: hexOf(content), url: null } });
    expect(server.asked).toContain("GetObject");
  });
});

test("what was there is replaced, and the same key is the same place", async () => {
  await put(LARGE);
  await put(SMALL);
  expect(server.objects.get(KEY)?.body.equals(SMALL)).toBe(true);
  const places = [settings(), settings(), settings({ prefix: "other" })].map((each) => createS3Storage(each).place);
  expect(places[0]).toBe(places[1]);
  expect(places[0]).not.toBe(places[2]);
  expect(places[0]).not.toContain(KEYS.secretAccessKey);
});

interface FaultCase {
  readonly on: S3Operation;
  readonly kind: S3FaultKind;
}
const PASSING: readonly FaultCase[] = [
  ...(["500", "slow_down", "cut", "lost", "hang", "wrong_checksum"] as const).map((kind) => ({
    ...{ on: "PutObject" as const, kind },
  })),
  ...(["500", "slow_down", "cut", "lost", "hang", "wrong_checksum"] as const).map((kind) => ({
    ...{ on: "UploadPart" as const, kind },
  })),
  ...(["500", "slow_down", "lost", "hang"] as const).map((kind) => ({
    ...{ on: "CompleteMultipartUpload" as const, kind },
  })),
  { on: "CreateMultipartUpload", kind: "500" },
  { on: "HeadObject", kind: "500" },
  { on: "HeadObject", kind: "lost" },
];

test.each(PASSING)("$kind on $on passes: it is asked again, and all arrives", async ({ on, kind }) => {
  server.fail(on, kind, 2);
  const content = on === "PutObject" ? SMALL : LARGE;
  const { error, stored, sent } = await put(content);
  expect(error).toBeNull();
  expect(stored?.sha256).toBe(hexOf(content));
  expect(server.objects.get(KEY)?.body.equals(content)).toBe(true);
  expect(server.uploads.size).toBe(0);
  expect(sent).toEqual(sent.toSorted((a, b) => a - b));
});

const LASTING = [
  { on: "PutObject", kind: "500", code: "network_failed", retryable: true },
  { on: "PutObject", kind: "slow_down", code: "rate_limited", retryable: true },
  { on: "PutObject", kind: "cut", code: "network_failed", retryable: true },
  { on: "PutObject", kind: "hang", code: "network_failed", retryable: true },
  { on: "PutObject", kind: "wrong_checksum", code: "upload_damaged", retryable: true },
  { on: "PutObject", kind: "denied", code: "storage_refused", retryable: false },
  { on: "PutObject", kind: "spoil", code: "upload_damaged", retryable: true },
  { on: "CreateMultipartUpload", kind: "denied", code: "storage_refused", retryable: false },
  { on: "UploadPart", kind: "500", code: "network_failed", retryable: true },
  { on: "UploadPart", kind: "slow_down", code: "rate_limited", retryable: true },
  { on: "UploadPart", kind: "cut", code: "network_failed", retryable: true },
  { on: "UploadPart", kind: "hang", code: "network_failed", retryable: true },
  { on: "UploadPart", kind: "wrong_checksum", code: "upload_damaged", retryable: true },
  { on: "UploadPart", kind: "denied", code: "storage_refused", retryable: false },
  { on: "UploadPart", kind: "spoil", code: "upload_damaged", retryable: true },
  { on: "CompleteMultipartUpload", kind: "denied", code: "storage_refused", retryable: false },
  { on: "CompleteMultipartUpload", kind: "500", code: "network_failed", retryable: true },
  { on: "HeadObject", kind: "denied", code: "storage_refused", retryable: false },
] as const;

test.each(LASTING)("$kind on $on that lasts is $code, and nothing is left", async ({ on, kind, code, retryable }) => {
  server.fail(on, kind, 99);
  const { error, stored, warnings } = await put(on === "PutObject" ? SMALL : LARGE);
  expect(stored).toBeNull();
  expect(error).toMatchObject({
    name: "PlayheadError",
    code,
    retryable,
    hint: expect.stringMatching(/^[^\n]{8,200}$/),
  });
  expect(error?.message).toMatch(/^[^\n]{10,200}$/);
  expect([server.objects.size, server.uploads.size, warnings]).toEqual([0, 0, []]);
  const told = JSON.stringify([error?.message, error?.hint, error?.detail, String(error?.cause)]);
  for (const secret of [KEYS.secretAccessKey, KEYS.accessKeyId, "127.0.0.1"]) expect(told).not.toContain(secret);
});

test("a bucket that is not there, a key that is not known, and no network at all", async () => {
  expect((await put(SMALL, "a.mp4", { bucket: "other" })).error).toMatchObject({
    ...{ code: "storage_refused", message: "the bucket other refused to take a.mp4 (404 NoSuchBucket)" },
    hint: "make the bucket first, or correct its name and the endpoint",
  });
  expect((await put(SMALL, "a.mp4", { accessKeyId: "AKIAOTHER" })).error).toMatchObject({
    ...{ code: "storage_refused", hint: "correct the access key and its secret" },
  });
  expect((await put(SMALL, "a.mp4", { endpoint: "http://127.0.0.1:9" })).error).toMatchObject({
    ...{ code: "network_failed", message: "the bucket media could not be asked to take a.mp4 (ECONNREFUSED)" },
  });
});

test.each([0, 2])("a cancel midway removes what was sent, though it is listed %d times more", async (lingers) => {
  await restart({ lingers });
  const canceling = new AbortController();
  const reason = new PlayheadError("canceled", "canceled: enough");
  const onProgress = (sent: number) => {
    if (sent > 400_000) canceling.abort(reason);
  };
  const { error, warnings } = await put(LARGE, "a.mp4", {}, { signal: canceling.signal, onProgress });
  expect(error).toBe(reason);
  expect([server.objects.size, server.uploads.size, warnings]).toEqual([0, 0, []]);
  expect(server.asked.filter((each) => each === "AbortMultipartUpload")).toHaveLength(lingers + 1);
  expect(server.asked.at(-1)).toBe("ListParts");
});

test("a cancel while the storage hangs ends at once", async () => {
  server.fail("PutObject", "hang", 99);
  const canceling = new AbortController();
  const asked = server.next("PutObject").then(() => canceling.abort(new PlayheadError("canceled", "canceled: x")));
  const { error } = await put(SMALL, "a.mp4", {}, { signal: canceling.signal });
  await asked;
  expect(error).toMatchObject({ code: "canceled" });
  expect(server.asked).toEqual(["PutObject"]);
});

test("what cannot be removed is told, and does not hide why it failed", async () => {
  server.fail("UploadPart", "denied", 99);
  server.fail("AbortMultipartUpload", "denied", 99);
  const { error, warnings } = await put(LARGE);
  expect(error).toMatchObject({ code: "storage_refused" });
  expect(warnings).toEqual([
    "what was sent of a b.mp4 may still be in the storage: the bucket media refused to forget a b.mp4 (403 AccessDenied)",
  ]);
});

test("a file that is not there, and one that shrinks while it is sent", async () => {
  const storage = createS3Storage(settings(), TUNING);
  const { signal } = new AbortController();
  await expect(storage.put("a.mp4", join(folder, "gone"), { signal })).rejects.toMatchObject({ code: "input_missing" });
  const file = join(folder, "file");
  // Cut off as soon as something of it was taken: some of its parts were not read by then.
  const many = Buffer.alloc(3_000_000, "x");
  const onProgress = () => truncateSync(file, 100_000);
  const { error } = await put(many, "a.mp4", {}, { onProgress });
  expect(error).toMatchObject({ code: "upload_damaged", message: "file was changed while it was uploaded" });
  expect([server.objects.size, server.uploads.size]).toEqual([0, 0]);
  storage.close();
});

test.each(["../a.mp4", "a/../../b", "", "a\\b", "/a", "a//b", "a\nb"])("the key %j is refused", async (key) => {
  expect((await put(SMALL, key)).error).toMatchObject({ code: "validation_error" });
  expect([server.asked, readdirSync(folder)]).toEqual([[], ["file"]]);
});
