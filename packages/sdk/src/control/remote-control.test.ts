import type { ControlVerb } from "@playhead/core";
import { expect, test } from "vitest";
import { createPlayhead } from "../playhead.ts";
import { setup } from "../testing/setup.ts";
import type { Transport } from "../transport/transport.ts";

/** What is recorded leaves when the clock goes. */
function setupAsked() {
  const world = setup();
  const asked = async <Answer>(answer: Promise<Answer>): Promise<Answer> => {
    answer.catch(() => undefined);
    await world.clock.settle();
    return answer;
  };
  return { ...world, asked };
}

test("a job of this Playhead is commanded as it stands now, and obeys", async () => {
  const { clock, engine, playhead, asked } = setupAsked();
  const job = playhead.job({ kind: "demo", id: "j" });
  job.start();
  // Nothing of it has left yet.
  expect(engine.jobIds()).toEqual([]);
  await asked(playhead.control("j", "pause", { reason: "lunch" }));
  expect([engine.job("j").reason, job.state]).toEqual(["lunch", "pausing"]);
  await clock.advance(100);
  await asked(playhead.control("j", "resume"));
  expect(job.state).toBe("running");
  await asked(playhead.control("j", "cancel"));
  expect(job.signal.aborted).toBe(true);
});

test("what the job's state does not allow is a conflict, and an unknown job is not found", async () => {
  const { playhead, asked } = setupAsked();
  const job = playhead.job({ kind: "demo", id: "j" });
  job.start();
  job.complete();
  await expect(asked(playhead.control("j", "pause"))).rejects.toMatchObject({
    name: "PlayheadError",
    code: "conflict",
  });
  await expect(asked(playhead.retry("j"))).rejects.toMatchObject({ code: "conflict" });
  await expect(playhead.control("none", "cancel")).rejects.toMatchObject({ code: "not_found" });
});

test("retry tells the id of the new job, also when the end of the old one has not left yet", async () => {
  const { engine, playhead, asked } = setupAsked();
  const job = playhead.job({ kind: "demo", id: "j", title: "Episode 12" });
  job.start();
  job.fail(new Error("it broke"));
  const retryId = await asked(playhead.retry("j"));
  expect(engine.job(retryId)).toMatchObject({ state: "pending", title: "Episode 12", attempt: 2, retry_of: "j" });
});

test("a word that is no verb, and a transport without a way, are said", async () => {
  const { playhead } = setup();
  await expect(playhead.control("j", "explode" as ControlVerb)).rejects.toMatchObject({
    code: "validation_error",
    message: 'expected the verb to be pause, resume or cancel, got "explode"',
  });
  const transport: Transport = {
    send: async ({ records }) => ({ accepted: records.length, refused: [] }),
    onCommand: () => () => undefined,
    close: async () => undefined,
  };
  const without = createPlayhead({ transport });
  await expect(without.control("j", "pause")).rejects.toMatchObject({ code: "usage_error" });
  await expect(without.retry("j")).rejects.toMatchObject({ code: "usage_error" });
  expect(await without.close()).toBe(true);
});
