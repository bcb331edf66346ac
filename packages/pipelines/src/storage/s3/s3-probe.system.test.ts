import { afterEach, beforeEach, expect, test } from "vitest";
import { BUCKET, KEYS, type S3Server, startS3Server } from "../../../fixtures/s3-server.ts";
import { createS3Probe } from "./s3-probe.ts";

let server: S3Server;
beforeEach(async () => {
  server = await startS3Server();
});
afterEach(() => server.close());

const probe = (prefix?: string) => createS3Probe({ kind: "s3", bucket: BUCKET, prefix, endpoint: server.url, ...KEYS });

test("an object is written, read as it was, and deleted", async () => {
  const { write, read, remove } = probe("health");
  const { signal } = new AbortController();
  await write("try", Buffer.from("content"), signal);
  expect([...server.objects.keys()]).toEqual(["health/try"]);
  expect(Buffer.from(await read("try", signal)).toString()).toBe("content");
  await remove("try", signal);
  expect(server.objects.size).toBe(0);
});

test("what is wrong is told at once", async () => {
  server.fail("PutObject", "denied");
  const { write, read } = probe();
  const { signal } = new AbortController();
  await expect(write("try", Buffer.from("x"), signal)).rejects.toMatchObject({
    ...{ code: "storage_refused", message: "the bucket media refused to take an object (403 AccessDenied)" },
  });
  server.fail("GetObject", "500");
  await expect(read("try", signal)).rejects.toMatchObject({ code: "network_failed" });
  expect(server.asked).toEqual(["PutObject", "GetObject"]);
});

test("a storage that hangs is left when the limit is over", async () => {
  server.fail("PutObject", "hang");
  await expect(probe().write("try", Buffer.from("x"), AbortSignal.timeout(100))).rejects.toMatchObject({
    name: "TimeoutError",
  });
});
