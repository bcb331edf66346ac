import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { bodyOf, expectError, reportRunningJob } from "../../test/api.ts";
import { atFileEnd } from "../../test/file-end.ts";
import { startTestServer, type TestServer } from "../../test/start-server.ts";

let server: TestServer;
const atEnd = atFileEnd();
beforeAll(async () => {
  server = await startTestServer({ atEnd });
});
afterEach(() => {
  // Nothing of all this was our fault.
  expect(server.complaints).toEqual([]);
});

describe("control", () => {
  test("a command reaches the worker that runs the job, again until it is confirmed", async () => {
    await reportRunningJob(server, "control");
    const answer = await server.post("/api/v1/jobs/control/pause", { reason: "lunch" });
    expect([answer.status, (await bodyOf(answer)).job]).toMatchObject([202, { state: "pausing", reason: "lunch" }]);
    const poll = async () => (await bodyOf(server.ask("/api/v1/commands?source=w-control"))).commands;
    const [command] = await poll();
    expect(command).toEqual({ command_id: expect.any(String), job_id: "control", verb: "pause", reason: "lunch" });
    expect(await poll()).toHaveLength(1);
    const confirm = await server.post(`/api/v1/commands/${command.command_id}/ack`);
    expect([confirm.status, await confirm.json()]).toEqual([200, { confirmed: true }]);
    expect(await poll()).toEqual([]);
    const again = await server.post(`/api/v1/commands/${command.command_id}/ack?source=w-control`);
    expect(await again.json()).toEqual({ confirmed: false });
  });

  test("a worker that waits is answered as soon as there is a command, not before and not after its time", async () => {
    await reportRunningJob(server, "waits");
    const waiting = server.ask("/api/v1/commands?source=w-waits&wait=25");
    const early = await Promise.race([
      waiting.then(() => "answered"),
      server.ask("/api/v1/session").then(() => "asked"),
    ]);
    expect(early).toBe("asked");
    await server.post("/api/v1/jobs/waits/pause");
    expect((await bodyOf(waiting)).commands).toMatchObject([{ verb: "pause" }]);
    expect(await bodyOf(server.ask("/api/v1/commands?source=w-nobody&wait=0.01"))).toEqual({ commands: [] });
    await expectError(await server.ask("/api/v1/commands?source=w&wait=26"), 422, "validation_error");
    await expectError(await server.ask("/api/v1/commands"), 422, "validation_error");
  });

  test("a worker that goes while it waits leaves nothing behind", async () => {
    const gone = new AbortController();
    const waiting = server.ask("/api/v1/commands?source=w-gone&wait=25", { signal: gone.signal });
    await server.ask("/api/v1/session");
    gone.abort();
    await expect(waiting).rejects.toThrow("abort");
  });

  test("a retry calls whom the first try was to call", async () => {
    const callback_url = "http://127.0.0.1:9/ended";
    await server.post("/api/v1/jobs", { job_id: "calls", kind: "clips", callback_url });
    await server.post("/api/v1/jobs/calls/cancel");
    const { job } = await bodyOf(server.post("/api/v1/jobs/calls/retry"));
    const kept = await bodyOf(server.ask(`/api/v1/jobs/${job.job_id}/callbacks`));
    expect(kept.callbacks).toMatchObject([{ url: callback_url, state: "waiting" }]);
  });

  test("what the state does not allow is refused with 409 and changes nothing", async () => {
    await server.post("/api/v1/jobs", { job_id: "still", kind: "clips" });
    const message = await expectError(await server.post("/api/v1/jobs/still/pause"), 409, "conflict");
    expect(message).toContain("pending");
    expect(await bodyOf(server.ask("/api/v1/jobs/still"))).toMatchObject({ state: "pending", seq: 1 });
    await server.post("/api/v1/jobs/still/cancel");
    expect(await bodyOf(server.ask("/api/v1/jobs/still"))).toMatchObject({ state: "canceled" });
    await expectError(await server.post("/api/v1/jobs/still/resume"), 409, "conflict");
    await expectError(await server.post("/api/v1/jobs/none/cancel"), 404, "not_found");
    await expectError(await server.post("/api/v1/jobs/still/cancel", { reason: 7 }), 422, "validation_error");
  });
});
