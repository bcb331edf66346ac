import { afterEach, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { bodyOf, expectError, line } from "../../test/api.ts";
import { atFileEnd } from "../../test/file-end.ts";
import { startTestServer, type TestServer } from "../../test/start-server.ts";
import { tempFolder } from "../../test/temp-folder.ts";
import { isSignedBy, startReceiver } from "../../test/webhook-receiver.ts";
import { jobSnapshot, video } from "./schemas.ts";

let server: TestServer;
const atEnd = atFileEnd();
beforeAll(async () => {
  server = await startTestServer({ atEnd });
});
afterEach(() => {
  // Nothing of all this was our fault.
  expect(server.complaints).toEqual([]);
});

const create = (to: TestServer, body: object, headers: Record<string, string> = {}) =>
  to.ask("/api/v1/jobs", {
    method: "POST",
    headers: { authorization: to.authorization, "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });

describe("a job announced with all that is known of it", () => {
  test("has its videos at once", async () => {
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const body = {
      job_id: "whole",
      kind: "bulk",
      processing_deadline_ms: 60_000,
      tasks: [{ task_id: "t", kind: "stage", title: "Prepare" }],
      videos: [
        { id: "row-1", title: "Row 1" },
        { title: "Row 2", weight: 3 },
      ],
    };
    const answer = await create(server, body, { traceparent });
    expect([answer.status, answer.headers.get("x-correlation-id")]).toEqual([201, "0af7651916cd43dd8448eb211c80319c"]);
    expect(z.strictObject(jobSnapshot.shape).parse(await answer.json())).toMatchObject({
      correlation_id: "0af7651916cd43dd8448eb211c80319c",
      processing_deadline_ms: 60_000,
      progress: { items_total: 2, items_pending: 2 },
      tasks: [{ task_id: "t" }, { task_id: "row-1" }, { task_id: "v2", weight: 3 }],
    });
    await server.report([
      line(1, "job.state_changed", "whole", { new_state: "running" }),
      line(2, "video.updated", "whole", { task_id: "row-1", state: "processing", step: "rendering" }),
      line(3, "video.failed", "whole", { task_id: "row-1", error_code: "disk_full", error_message: "full" }),
    ]);
    const { videos } = await bodyOf(server.ask("/api/v1/jobs/whole/videos"));
    expect(videos.map((each: unknown) => z.strictObject(video.shape).parse(each))).toMatchObject([
      {
        id: "row-1",
        job_id: "whole",
        state: "failed",
        title: "Row 1",
        errors: [{ error_code: "disk_full" }],
        time_processing_ms: 0,
      },
      { id: "v2", state: "pending", errors: [], completed_at: null, time_processing_ms: null },
    ]);
    expect(await bodyOf(server.ask("/api/v1/jobs/whole/videos/row-1"))).toEqual(videos[0]);
    expect((await bodyOf(server.ask("/api/v1/jobs/whole/videos?state=pending"))).videos).toEqual([videos[1]]);
    await expectError(await server.ask("/api/v1/jobs/whole/videos/t"), 404, "not_found");
    await expectError(await server.ask("/api/v1/jobs/none/videos"), 404, "not_found");
    await expectError(await server.ask("/api/v1/jobs/none/videos/row-1"), 404, "not_found");
  });

  test.each([
    { name: "a deadline that is no time", body: { processing_deadline_ms: 0 }, says: "processing_deadline_ms" },
    { name: "a callback that is no address", body: { callback_url: "hook" }, says: "callback_url" },
    {
      name: "a callback into the link-local network",
      body: { callback_url: "http://169.254.169.254/" },
      says: "169.254",
    },
    { name: "two videos of one id", body: { videos: [{ id: "a" }, { id: "a" }] }, says: "exists already" },
    { name: "a video with a field that there is not", body: { videos: [{ colour: "red" }] }, says: "colour" },
    { name: "too many videos", body: { videos: Array.from({ length: 1_001 }, () => ({})) }, says: "videos" },
  ])("with $name is refused with 422, and nothing is stored", async ({ body, says }) => {
    const answer = await create(server, { job_id: "refused", kind: "bulk", ...body });
    expect(await expectError(answer, 422, "validation_error")).toContain(says);
    await expectError(await server.ask("/api/v1/jobs/refused"), 404, "not_found");
  });
});

describe("Idempotency-Key", () => {
  const keyed = (key: string, body: object, to = server) => create(to, body, { "idempotency-key": key });

  test("a repetition is answered as the first was, and creates nothing", async () => {
    const first = await keyed("a", { kind: "keyed" });
    const text = await first.text();
    await server.report([line(1, "job.state_changed", JSON.parse(text).job_id, { new_state: "running" })]);
    const second = await keyed("a", { kind: "keyed" });
    expect([first.status, first.headers.get("idempotency-replayed")]).toEqual([201, null]);
    expect([second.status, second.headers.get("idempotency-replayed")]).toEqual([201, "true"]);
    expect(second.headers.get("location")).toBe(first.headers.get("location"));
    expect(await second.text()).toBe(text);
    expect((await bodyOf(server.ask("/api/v1/jobs?kind=keyed"))).jobs).toHaveLength(1);
  });

  test("with another body is a conflict; a key that is none cannot be read", async () => {
    await keyed("b", { kind: "keyed-2" });
    await expectError(await keyed("b", { kind: "keyed-3" }), 409, "idempotency_conflict");
    await expectError(await keyed("x".repeat(256), { kind: "k" }), 400, "invalid_request");
  });

  test("what was refused may be sent again, mended, with the same key", async () => {
    await create(server, { job_id: "taken", kind: "k" });
    await expectError(await keyed("c", { job_id: "taken", kind: "k" }), 409, "conflict");
    expect((await keyed("c", { job_id: "free", kind: "k" })).status).toBe(201);
  });

  test("twenty at once create one job", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => keyed("d", { kind: "at-once" })));
    const ids = await Promise.all(answers.map(async (answer) => (await bodyOf(answer)).job_id));
    expect([new Set(ids).size, new Set(answers.map(({ status }) => status))]).toEqual([1, new Set([201])]);
    expect((await bodyOf(server.ask("/api/v1/jobs?kind=at-once"))).jobs).toHaveLength(1);
  });

  test("a key, a callback and its secret outlive the server", async () => {
    const receiver = await startReceiver(204);
    const dataFolder = tempFolder();
    const before = await startTestServer({ dataFolder });
    const body = { kind: "k", callback_url: `${receiver.url}/done?key=secret` };
    const text = await (await keyed("e", body, before)).text();
    const { job_id } = JSON.parse(text);
    const { secret } = await bodyOf(before.ask("/api/v1/callbacks/secret"));
    await before.server.close();

    const after = await startTestServer({ dataFolder });
    expect(await (await keyed("e", body, after)).text()).toBe(text);
    expect((await bodyOf(after.ask(`/api/v1/jobs/${job_id}/callbacks`))).callbacks).toMatchObject([
      { state: "waiting", url: `${receiver.url}/done?…`, attempts: [] },
    ]);
    await after.report([line(1, "job.failed", job_id, { error_code: "disk_full" })]);
    const [callback] = await receiver.got(1);
    expect([callback?.path, callback && isSignedBy(secret, callback)]).toEqual(["/done?key=secret", true]);
    expect(JSON.parse(callback?.text ?? "")).toMatchObject({
      type: "job.failed",
      job_id,
      data: { job: { state: "failed" } },
    });
    await expect
      .poll(() => bodyOf(after.ask(`/api/v1/jobs/${job_id}/callbacks`)))
      .toMatchObject({ callbacks: [{ state: "delivered", attempts: [{ status: 204 }] }] });
    const rotated = await bodyOf(after.post("/api/v1/callbacks/secret"));
    expect(rotated).toMatchObject({ secret: expect.stringMatching(/^whsec_/), previous_until: expect.any(String) });
    expect(rotated.secret).not.toBe(secret);
    expect(await bodyOf(after.ask("/api/v1/callbacks/secret"))).toEqual(rotated);
  });

  test("a server that others can reach calls nobody on this machine, unless it may", async () => {
    const callback_url = "http://127.0.0.1:9/";
    const shut = await startTestServer({ config: { callback_private: false } });
    await expectError(await create(shut, { kind: "k", callback_url }), 422, "validation_error");
    const open = await startTestServer({ config: { host: "0.0.0.0", callback_private: true } });
    expect((await create(open, { kind: "k", callback_url })).status).toBe(201);
    const outside = await startTestServer({ config: { host: "0.0.0.0" } });
    await expectError(await create(outside, { kind: "k", callback_url }), 422, "validation_error");
  });
});
