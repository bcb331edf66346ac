import { setImmediate as nextTurn } from "node:timers/promises";
import { PlayheadError } from "@playhead/core";
import { describe, expect, test } from "vitest";
import { type StartIngestOptions, startIngest } from "../../test/start-ingest.ts";
import { tempFolder } from "../../test/temp-folder.ts";
import { worker } from "../../test/worker.ts";
import type { Store } from "../store/store.ts";

describe("when the store fails", () => {
  /** A store whose reads or commits fail while the test says so. */
  async function setup(options: StartIngestOptions = {}) {
    const failing = { reads: false, commits: false };
    const wrap = (store: Store): Store => ({
      ...store,
      async readJob(jobId) {
        if (failing.reads) throw new PlayheadError("data_unwritable", "the database cannot be read");
        return store.readJob(jobId);
      },
      async commit(group) {
        if (failing.commits) throw new PlayheadError("disk_full", "the disk is full");
        return store.commit(group);
      },
    });
    const server = await startIngest(tempFolder(), { wrap, ...options });
    return { failing, server, ...worker("w", () => server.ingest) };
  }

  test("a job that cannot be read sends the batch back, what stood before it is taken, and nothing is lost or doubled", async () => {
    const { failing, server, record, report, send } = await setup();
    await report("known", "job.created", { kind: "clips" });
    const batch = [
      record("known", "job.updated", { title: "a" }),
      record("cold", "job.created", { kind: "clips" }),
      record("known", "job.updated", { title: "b" }),
    ];
    failing.reads = true;
    await expect(send(...batch)).rejects.toMatchObject({ code: "service_unavailable", retryable: true });
    failing.reads = false;
    expect(await send(...batch)).toEqual({ accepted: 3, refused: [], followed: expect.any(Boolean) });
    const titles = (await server.store.readFacts("known", 0, 10)).map(({ data }) => data.title);
    expect(titles).toEqual([undefined, "a", "b"]);
    expect(await server.store.readFacts("cold", 0, 10)).toHaveLength(1);
    await server.end();
  });

  test("nothing is answered or said until it is stored, and then all of it once", async () => {
    let retries = 0;
    const { promise: retried, resolve } = Promise.withResolvers<void>();
    const { failing, server, report } = await setup({
      onRetry() {
        retries += 1;
        resolve();
      },
    });
    await report("j", "job.created", { kind: "clips" });
    failing.commits = true;
    const before = server.said.length;
    let isAnswered = false;
    const answer = report("j", "job.updated", { title: "a" }).then((ack) => {
      isAnswered = true;
      return ack;
    });
    await retried;
    for (let turn = 0; turn < 5; turn++) await nextTurn();
    expect({ isAnswered, said: server.said.length - before, stuck: server.ingest.isStuck() }).toEqual({
      isAnswered: false,
      said: 0,
      stuck: true,
    });
    const live = server.ingest.jobs.peek("j");
    expect([live?.draft.title, live && server.ingest.isStored(live)]).toEqual(["a", false]);
    failing.commits = false;
    expect(await answer).toEqual({ accepted: 1, refused: [], followed: expect.any(Boolean) });
    expect(await server.store.readFacts("j", 0, 10)).toHaveLength(2);
    expect(retries).toBeGreaterThan(0);
    await server.end();
  });

  test("the end does not wait for ever: who waits is told that it was not stored, and can send it again", async () => {
    const { promise: retried, resolve } = Promise.withResolvers<void>();
    const { failing, server, report } = await setup({ onRetry: () => resolve() });
    await report("j", "job.created", { kind: "clips" });
    failing.commits = true;
    const answer = report("j", "job.updated", { title: "a" });
    const outcome = expect(answer).rejects.toMatchObject({ code: "service_unavailable", retryable: true });
    await retried;
    expect(await server.ingest.close(10)).toBe(false);
    await outcome;
    await expect(report("j", "job.updated", {})).rejects.toMatchObject({ code: "service_unavailable" });
    await server.store.close();
  });

  test("the server's own fact is refused with the reason why", async () => {
    const { server } = await setup();
    const missing = server.ingest.report("default", { type: "job.canceled", job_id: "none", data: {} });
    await expect(missing).rejects.toMatchObject({ code: "not_found", detail: { hint: expect.any(String) } });
    await server.end();
  });
});
