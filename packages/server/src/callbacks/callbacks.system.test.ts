import { describe, expect, onTestFinished, test } from "vitest";
import { startIngest } from "../../test/start-ingest.ts";
import { tempFolder } from "../../test/temp-folder.ts";
import { isSignedBy, type ReceiverAnswer, startReceiver } from "../../test/webhook-receiver.ts";
import { worker } from "../../test/worker.ts";
import { createAddressGuard } from "../outbound/address-guard.ts";
import { MAX_TRIES } from "../outbound/retry-delay.ts";
import { createCallbacks } from "./callbacks.ts";
import { createSigningSecrets } from "./signing-secrets.ts";

const T0 = Date.parse("2026-11-21T12:00:00.000Z");

/** Callbacks over the real ingest and store, which can be torn down and started again; time passes when the test says so. */
async function setup() {
  const folder = tempFolder();
  let now = T0;
  let timers: { readonly atMs: number; readonly run: () => void }[] = [];
  let ids = 0;
  const errors: unknown[] = [];
  const settled: (() => void)[] = [];

  async function start() {
    const parts = await startIngest(folder);
    const { store, bus, ingest } = parts;
    const secrets = createSigningSecrets({ store, nowMs: () => now, newKey: () => Buffer.alloc(24, ++ids) });
    const callbacks = createCallbacks({
      // Tells the test when a try has been written down.
      store: {
        ...store,
        putDocument: async (document) => {
          await store.putDocument(document);
          for (const each of settled.splice(0)) setImmediate(each);
        },
      },
      bus,
      readJob: async (tenantId, jobId) => {
        const job = await store.readSnapshot(jobId);
        return job?.tenant_id === tenantId ? job : null;
      },
      guard: createAddressGuard({
        allowPrivate: true,
        words: { field: "callback_url", setting: "callback_private" },
      }),
      secrets,
      nowMs: () => now,
      random: () => 0,
      newId: () => `msg_${++ids}`,
      after(delayMs, run) {
        const timer = { atMs: now + delayMs, run };
        timers.push(timer);
        return () => {
          timers = timers.filter((each) => each !== timer);
        };
      },
      onError: (error) => errors.push(error),
    });
    return { ...parts, callbacks, secrets, ingest };
  }

  let server = await start();
  const source = worker("w", () => server.ingest);
  onTestFinished(async () => {
    await server.callbacks.close();
    await server.end();
    expect(errors).toEqual([]);
  });

  return {
    server: () => server,
    create: (jobId: string) => source.report(jobId, "job.created", { kind: "clips", title: "Episode 12" }),
    async complete(jobId: string) {
      await source.report(jobId, "job.state_changed", { new_state: "running" });
      await source.report(jobId, "job.completed", { summary: { clips: 12 } });
    },
    fail: (jobId: string) => source.report(jobId, "job.failed", { error_code: "disk_full", error_message: "full" }),
    timers: () => timers.map(({ atMs }) => atMs - now),
    pass(ms: number) {
      now += ms;
      const due = timers.filter(({ atMs }) => atMs <= now);
      timers = timers.filter(({ atMs }) => atMs > now);
      for (const { run } of due) run();
    },
    /** Resolves after the next try is written down; to be asked before what causes it. */
    written: () => new Promise<void>((resolve) => settled.push(resolve)),
    read: (jobId: string) => server.callbacks.read("default", jobId),
    /** As when the process dies, and another one starts. */
    async restart() {
      await server.callbacks.close();
      timers = [];
      await server.tearDown();
      server = await start();
    },
  };
}

describe("a job that ends", () => {
  test("is told, signed, with the event that ended it and the job as it ended", async () => {
    const { server, create, complete, written, read } = await setup();
    const receiver = await startReceiver(204);
    await server().callbacks.keep("default", "j", `${receiver.url}/done`);
    await create("j");
    expect(await read("j")).toMatchObject({ state: "waiting", attempts: [] });
    const done = written();
    await complete("j");
    const [callback] = await receiver.got(1);
    await done;
    const { secret } = await server().secrets.describe("default");
    expect(callback && isSignedBy(secret, callback)).toBe(true);
    expect(callback?.headers).toMatchObject({
      "webhook-timestamp": `${T0 / 1_000}`,
      "content-type": "application/json",
    });
    const body = JSON.parse(callback?.text ?? "");
    expect(body).toMatchObject({
      type: "job.completed",
      job_id: "j",
      seq: 6,
      correlation_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      data: {
        summary: { clips: 12 },
        job: { state: "completed", title: "Episode 12", summary: { clips: 12 }, seq: 7 },
      },
    });
    expect(Object.keys(body)).toEqual(["type", "ts", "job_id", "seq", "correlation_id", "data"]);
    expect(body.data.job.tasks).toBeUndefined();
    await expect
      .poll(() => read("j"))
      .toMatchObject({
        state: "delivered",
        attempts: [{ at: new Date(T0).toISOString(), status: 204, error: null }],
        next_attempt_at: null,
        settled_at: new Date(T0).toISOString(),
      });
    expect(await server().callbacks.read("other", "j")).toBeNull();
  });

  test("without a callback is told to nobody, nor is one that goes on", async () => {
    const { server, create, fail, complete } = await setup();
    const receiver = await startReceiver(204);
    await server().callbacks.keep("default", "goes-on", receiver.url);
    await create("goes-on");
    await create("silent");
    await complete("silent");
    await server().callbacks.keep("default", "told", receiver.url);
    await create("told");
    await fail("told");
    const [first] = await receiver.got(1);
    expect(JSON.parse(first?.text ?? "")).toMatchObject({
      type: "job.failed",
      job_id: "told",
      data: { error_code: "disk_full" },
    });
    expect(receiver.received).toHaveLength(1);
  });

  test("after a rotation is signed by both secrets for a day, then by the new one alone", async () => {
    const { server, create, fail, pass, written } = await setup();
    const receiver = await startReceiver(204);
    const { secret: before } = await server().secrets.describe("default");
    const rotated = await server().secrets.rotate("default");
    expect(rotated.previous_until).toBe(new Date(T0 + 24 * 3_600_000).toISOString());
    for (const [jobId, passMs] of [
      ["j1", 0],
      ["j2", 24 * 3_600_000],
    ] as const) {
      pass(passMs);
      await server().callbacks.keep("default", jobId, receiver.url);
      await create(jobId);
      const done = written();
      await fail(jobId);
      await done;
    }
    const signed = receiver.received.map((each) => [before, rotated.secret].map((secret) => isSignedBy(secret, each)));
    expect(signed).toEqual([
      [true, true],
      [false, true],
    ]);
    expect((await server().secrets.describe("default")).previous_until).toBeNull();
    expect((await server().secrets.describe("other")).secret).not.toBe(rotated.secret);
  });
});

describe("a receiver that fails", () => {
  test("is tried again later and later, with the same id, then given up", async () => {
    const { server, create, fail, timers, pass, read, written } = await setup();
    const receiver = await startReceiver(500);
    await server().callbacks.keep("default", "j", receiver.url);
    await create("j");
    let tried = written();
    await fail("j");
    const delays: number[] = [];
    for (let tries = 1; tries < MAX_TRIES; tries++) {
      await tried;
      await expect.poll(timers).toHaveLength(1);
      const [delayMs = 0] = timers();
      delays.push(delayMs);
      expect(await read("j")).toMatchObject({ state: "sending", next_attempt_at: expect.any(String) });
      tried = written();
      pass(delayMs);
    }
    await tried;
    await expect.poll(() => read("j")).toMatchObject({ state: "given_up", next_attempt_at: null });
    expect((await read("j"))?.attempts).toHaveLength(MAX_TRIES);
    expect(delays.slice(0, 3)).toEqual([5_000, 12_500, 31_250]);
    expect(timers()).toEqual([]);
    expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    expect(new Set(receiver.received.map(({ headers }) => headers["webhook-signature"])).size).toBe(MAX_TRIES);
  });

  test.each<{ name: string; answers: readonly ReceiverAnswer[]; state: string; status: number }>([
    { name: "gone for good (410) is not tried again", answers: [410], state: "given_up", status: 410 },
    { name: "a redirect is no delivery", answers: [302], state: "sending", status: 302 },
    { name: "any 2xx is one", answers: [299], state: "delivered", status: 299 },
  ])("$name", async ({ answers, state, status }) => {
    const { server, create, fail, read, written } = await setup();
    const receiver = await startReceiver(...answers);
    await server().callbacks.keep("default", "j", receiver.url);
    await create("j");
    const tried = written();
    await fail("j");
    await tried;
    await expect.poll(() => read("j")).toMatchObject({ state, attempts: [{ status }] });
  });
});

describe("after a restart", () => {
  test("a callback that was to be tried again is, when its time has come", async () => {
    const { server, create, fail, restart, timers, pass, read, written } = await setup();
    const receiver = await startReceiver(503, 204);
    await server().callbacks.keep("default", "j", receiver.url);
    await create("j");
    const tried = written();
    await fail("j");
    await tried;
    await restart();
    await server().callbacks.catchUp();
    expect(timers()).toEqual([5_000]);
    pass(5_000);
    await receiver.got(2);
    await expect
      .poll(() => read("j"))
      .toMatchObject({ state: "delivered", attempts: [{ status: 503 }, { status: 204 }] });
  });

  test("jobs that ended while nobody was there to tell it are told; a callback without a job goes", async () => {
    const { server, create, fail, restart, pass, read } = await setup();
    const receiver = await startReceiver(204);
    const url = receiver.url;
    for (const jobId of ["ended", "open", "never"]) await server().callbacks.keep("default", jobId, url);
    await create("ended");
    await create("open");
    // As when the process dies between the job's last fact and the callback.
    await server().callbacks.close();
    await fail("ended");
    pass(1);
    await restart();
    await server().callbacks.keep("default", "just-now", url);
    await server().callbacks.catchUp();
    const [callback] = await receiver.got(1);
    expect(JSON.parse(callback?.text ?? "").job_id).toBe("ended");
    expect(await read("never")).toBeNull();
    expect(await read("open")).toMatchObject({ state: "waiting" });
    expect(await read("just-now")).toMatchObject({ state: "waiting" });
    await fail("open");
    await receiver.got(2);
  });

  test("a try that our own end cut off counts for nothing", async () => {
    const { server, create, fail, restart, timers, pass, read } = await setup();
    const receiver = await startReceiver(() => undefined, 204);
    await server().callbacks.keep("default", "j", receiver.url);
    await create("j");
    await fail("j");
    await receiver.got(1);
    const restarted = restart();
    await expect.poll(timers).toEqual([2_000]);
    pass(2_000);
    await restarted;
    expect(await read("j")).toMatchObject({ state: "waiting", attempts: [] });
    await server().callbacks.catchUp();
    await receiver.got(2);
    await expect.poll(() => read("j")).toMatchObject({ state: "delivered", attempts: [{ status: 204 }] });
  });
});
