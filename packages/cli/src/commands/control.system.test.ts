import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { oddFolder, playhead, startServer } from "../../test/playhead-process.ts";
import { open } from "../open.ts";

/** A server, and a job that a worker in this process runs, until it is let go. */
async function setup() {
  const data = join(oddFolder(), "data");
  await startServer(data);
  const worker = await open({ data });
  onTestFinished(async () => {
    await worker.close();
  });
  const job = worker.job({ kind: "clips", title: "Talk" });
  const done = job.run(async ({ signal }) => {
    while (!signal.aborted) {
      await job.checkpoint();
      await delay(20, undefined, { signal }).catch(() => undefined);
    }
    signal.throwIfAborted();
  });
  done.catch(() => undefined);
  await worker.flush();
  const ask = (...args: string[]) => playhead([...args, "--data", data]);
  return { job, done, ask };
}

test("a job is paused, goes on, is canceled and retried from the command line", async () => {
  const { job, done, ask } = await setup();
  const { job_id } = job;
  expect(await ask("pause", job_id, "--reason", "lunch")).toMatchObject({
    code: 0,
    stdout: [`${job_id} is asked to pause`],
  });
  await expect.poll(() => job.state).toBe("paused");
  expect(await ask("resume", job_id)).toMatchObject({ code: 0, stdout: [`${job_id} goes on`] });
  await expect.poll(() => job.state).toBe("running");
  expect(await ask("cancel", job_id)).toMatchObject({ code: 0, stdout: [`${job_id} is being canceled`] });
  await expect(done).rejects.toMatchObject({ code: "canceled" });
  await expect.poll(async () => (await ask("retry", job_id, "--json")).code).toBe(0);
});

test("what cannot be done is said, the rest is done, and the exit code tells", async () => {
  const { job, ask } = await setup();
  const { code, stdout, stderr } = await ask("cancel", "job_none", job.job_id);
  expect({ code, stdout, stderr }).toEqual({
    code: 1,
    stdout: [`${job.job_id} is being canceled`],
    stderr: ["playhead: there is no job job_none."],
  });
  const nowhere = await playhead(["cancel", "j", "--data", join(oddFolder(), "nobody")]);
  expect(nowhere).toMatchObject({
    code: 4,
    stderr: [expect.stringMatching(/^playhead: no server has the data folder/)],
  });
});
