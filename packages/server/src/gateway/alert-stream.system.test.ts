import { describe, expect, test } from "vitest";
import { expectError, line } from "../../test/api.ts";
import { makeKey, makeToken } from "../../test/credentials.ts";
import { openStream } from "../../test/event-stream.ts";
import { startTestServer, type TestServer } from "../../test/start-server.ts";

const STREAM = "/api/v1/alerts/stream";
const open = ({ server, authorization }: TestServer, headers = { authorization }) =>
  openStream(`${server.url}${STREAM}`, headers);
type Stream = Awaited<ReturnType<typeof open>>;

/** A merge whose stage fails, which one of the rules that are there is about. */
async function failStage(server: TestServer, job: string, authorization = server.authorization): Promise<void> {
  const records = [
    line(1, "job.created", job, { kind: "merge" }, job),
    line(2, "job.state_changed", job, { new_state: "running" }, job),
    line(3, "stage.started", job, { task_id: "s", stage: "merging" }, job),
    line(4, "stage.failed", job, { task_id: "s", stage: "merging", error_code: "disk_full" }, job),
  ];
  expect((await server.report(records, { authorization })).status).toBe(200);
}

const firing = async ({ ask }: TestServer) =>
  (
    (await (await ask("/api/v1/alerts?state=firing&rule_id=builtin-stage-failed")).json()) as {
      alerts: { alert_id: string }[];
    }
  ).alerts;

/** Reads after each event, as whoever follows alerts is to do, until what fires is so. */
async function readUntil(server: TestServer, stream: Stream, isIt: (count: number) => boolean) {
  for (let read = 0; ; ) {
    await expect.poll(() => stream.events.length).toBeGreaterThan(read);
    read = stream.events.length;
    const alerts = await firing(server);
    if (isIt(alerts.length)) return alerts;
  }
}

describe("a stream that says when alerts have changed", () => {
  test("who reads after each event, the first of which comes at once, sees all that fires, and all that becomes of it", async () => {
    const server = await startTestServer();
    const stream = await open(server);
    expect([stream.answer.status, stream.answer.headers.get("content-type")]).toEqual([
      200,
      "text/event-stream; charset=utf-8",
    ]);
    await readUntil(server, stream, (count) => count === 0);
    await failStage(server, "j");
    const [alert] = await readUntil(server, stream, (count) => count === 1);
    const before = stream.events.length;
    await server.post(`/api/v1/alerts/${alert?.alert_id}/acknowledge`);
    await expect.poll(() => stream.events.length).toBeGreaterThan(before);
    expect(new Set(stream.frames().map((frame) => JSON.stringify(frame)))).toEqual(
      new Set(['{"type":"alerts.changed","data":{}}']),
    );
    expect(stream.others[0]).toMatch(/^retry: \d{3,4}$/);
  });

  test("another tenant's alerts are not heard of", async () => {
    const server = await startTestServer();
    const [viewer, worker] = [await makeKey(server, "viewer", "acme"), await makeKey(server, "worker", "acme")];
    const theirs = await open(server, { authorization: `Bearer ${viewer.key}` });
    const ours = await open(server);
    await theirs.until(({ type }) => type === "alerts.changed");
    await failStage(server, "j");
    await readUntil(server, ours, (count) => count === 1);
    expect(theirs.events).toHaveLength(1);
    await failStage(server, "k", `Bearer ${worker.key}`);
    await expect.poll(() => theirs.events.length).toBeGreaterThan(1);
  });

  test("it is opened by who may look, ends with the key, and with the server it says when to come back", async () => {
    const server = await startTestServer();
    await expectError(await server.ask(STREAM, { headers: {} }), 401, "unauthorized");
    await failStage(server, "j");
    const { token } = await makeToken(server, server.server.accessKey, "j");
    await expectError(await server.ask(STREAM, { headers: { authorization: `Bearer ${token}` } }), 403, "forbidden");
    const { key, key_id } = await makeKey(server, "viewer", "default");
    const [revoked, stays] = [await open(server, { authorization: `Bearer ${key}` }), await open(server)];
    await revoked.until(({ type }) => type === "alerts.changed");
    expect((await server.ask(`/api/v1/keys/${key_id}`, { method: "DELETE" })).status).toBe(204);
    await revoked.ended;
    await stays.until(({ type }) => type === "alerts.changed");
    expect(server.server.load().connections).toBe(1);
    await server.server.close();
    await stays.ended;
    expect(stays.others.at(-1)).toMatch(/^retry: \d+$/);
  });
});
