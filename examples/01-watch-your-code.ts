// Ten lines around your own work: a job, its items, their steps, what they made.
// run it: node --conditions=playhead-src examples/01-watch-your-code.ts DATA_FOLDER
import { setTimeout as wait } from "node:timers/promises";
import { open } from "playhead";

const files = ["intro.mov", "talk.mov", "questions.mov"];

const playhead = await open({ data: process.argv[2] ?? "playhead-data" });
const job = playhead.job({ kind: "import", title: "Three files" });

const summary = await job.run(async ({ signal }) => {
  await job.each(files, { kind: "video", title: (file) => file, parallel: 2 }, async (file, task) => {
    await task.step("converting", async (step) => {
      for (let done = 0; done < 10; done += 1) {
        await wait(10, undefined, { signal });
        step.progress((done + 1) / 10);
      }
    });
    task.artifact({ type: "video", name: file.replace(".mov", ".mp4") });
  });
  return { files: files.length };
});

await playhead.close();
console.log(`job ${job.job_id} is ${job.state}: ${summary.files} files`);
