import { Worker } from "node:worker_threads";
import { afterEach, describe, expect, test } from "vitest";
import type { openMoodyThread } from "../../../fixtures/moody-thread.ts";
import { callThread } from "./thread.ts";

const workers: Worker[] = [];
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.terminate();
});

function start() {
  const worker = new Worker(new URL("../../../fixtures/moody-thread.ts", import.meta.url));
  workers.push(worker);
  return callThread<{ readonly name: string }, ReturnType<typeof openMoodyThread>>(worker, "the moody thread");
}

describe("a thread that answers", { timeout: 60_000 }, () => {
  test("answers in the order of the questions", async () => {
    const thread = start();
    const answers = [thread.open({ name: "Ann" }), thread.call("greet", "hello"), thread.call("greet", "bye")];
    expect(await Promise.all(answers)).toEqual([undefined, "hello, Ann", "bye, Ann"]);
  });

  test("passes on what was thrown, and goes on", async () => {
    const thread = start();
    await thread.open({ name: "Ann" });
    await expect(thread.call("refuse")).rejects.toMatchObject({
      name: "PlayheadError",
      code: "disk_full",
      message: "no room",
      hint: "make some",
      detail: { free_bytes: 0 },
    });
    await expect(thread.call("stumble")).rejects.toMatchObject({
      code: "internal_error",
      message: "the database failed: a defect",
      cause: expect.objectContaining({ stack: expect.stringContaining("moody-thread.ts") }),
    });
    expect(await thread.call("greet", "still here")).toBe("still here, Ann");
  });

  test("is not opened by a failed attempt", async () => {
    const thread = start();
    await expect(thread.open({ name: "" })).rejects.toMatchObject({ code: "data_unwritable" });
    await thread.call("close");
    await thread.ended;
  });

  test("rejects all that wait, and all that come, when it crashes", async () => {
    const thread = start();
    await thread.open({ name: "Ann" });
    const asked = [thread.call("crashSoon"), thread.call("hang"), thread.call("greet", "too late")];
    const [first, ...others] = await Promise.allSettled(asked);
    expect(first).toMatchObject({ status: "fulfilled" });
    for (const outcome of others) {
      expect(outcome).toMatchObject({
        status: "rejected",
        reason: { code: "internal_error", message: "the moody thread has crashed: out of order" },
      });
    }
    await thread.ended;
    await expect(thread.call("greet", "anyone?")).rejects.toMatchObject({ code: "internal_error" });
  });

  test("ends when it was asked to, after what it was asked before", async () => {
    const thread = start();
    await thread.open({ name: "Ann" });
    const last = thread.call("greet", "last words");
    await thread.call("close");
    await thread.ended;
    expect(await last).toBe("last words, Ann");
    await expect(thread.call("greet", "anyone?")).rejects.toMatchObject({ code: "service_unavailable" });
  });
});
