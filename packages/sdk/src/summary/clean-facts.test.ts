import { expect, test } from "vitest";
import { setup } from "../testing/setup.ts";

test("what is attached to jobs, tasks and artifacts goes on without secrets, also those that the user has named", async () => {
  const { playhead, engine, clock } = setup({ monitoring: { secrets: ["name", "title", "pin"] } });
  const url = "https://cdn.example.com/a.mp4?token=for-the-viewer";
  const job = playhead.job({ kind: "token", id: "j", title: "password=hunter2", metadata: { pin: "4711", plain: 1 } });
  await job.run(async () => {
    await job.task({ id: "t?token=1", title: "T", fields: { deep: [{ apiKey: "hunter2" }] } }, async (task) => {
      await task.step("one", () => undefined, { password: "hunter2" });
      task.progress(0.5, { password: "hunter2" });
      await clock.advance(300);
      task.artifact({ type: "file", name: "a", url, metadata: { secret: "hunter2", plain: 2 } });
    });
    job.artifact({ type: "file", name: "b", url, metadata: { secret: "hunter2" } });
    return { cookie: "hunter2", plain: 3 };
  });
  const closing = playhead.close();
  await clock.advance(1_000);
  await closing;
  const facts = engine.facts("j");
  expect(JSON.stringify([facts, engine.ticks("j")])).not.toMatch(/hunter2|4711/);
  const dataOf = (type: string) => facts.find((fact) => fact.type === type)?.data;
  expect(dataOf("job.created")).toMatchObject({
    kind: "token",
    title: "password=[redacted]",
    metadata: { pin: "[redacted]", plain: 1 },
  });
  expect(dataOf("task.created")).toMatchObject({ task_id: "t?token=1", title: "T" });
  expect(dataOf("task.artifact_added")?.artifact).toEqual({
    type: "file",
    name: "a",
    url,
    metadata: { secret: "[redacted]", plain: 2 },
  });
  expect(dataOf("job.completed")).toMatchObject({
    summary: { cookie: "[redacted]", plain: 3 },
    artifacts: [{ name: "b", url }],
  });
});
