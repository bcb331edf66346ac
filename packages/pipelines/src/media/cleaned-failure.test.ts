import { createPlayhead, monitor, PlayheadError, type RecordBatch, type TaskHandle } from "@playhead/sdk";
import { expect, test } from "vitest";
import { logFailure } from "./log-failure.ts";
import { withRetries } from "./with-retries.ts";

const NASTY = [
  { name: "a path", message: "cannot open /srv/data/in.mp4: gone", stain: "/srv/data" },
  { name: "a path with spaces", message: "cannot open '/home/me/My Videos/a b.mp4'", stain: "/home/me" },
  { name: "a path of Windows", message: "cannot open C:\\Users\\me\\in.mp4", stain: "C:\\Users" },
  { name: "an address with a key", message: "PUT https://store.internal:9000/bucket?sig=abc failed", stain: "sig=abc" },
  { name: "a name and a password", message: "postgres://user:pw@db.internal/x refused", stain: "user:pw" },
  { name: "a host", message: "getaddrinfo ENOTFOUND voice.internal", stain: "voice.internal" },
  { name: "an address of the network", message: "connect ECONNREFUSED 10.0.0.7:5432", stain: "10.0.0.7" },
  { name: "a stack", message: "broken\n    at run (/srv/app/x.js:1:2)\n    at y", stain: "at run" },
];

/** Runs a piece of work that fails in this way, all ways of telling it included. @returns what was sent */
async function fail(message: string) {
  const batches: RecordBatch[] = [];
  const transport = {
    async send(batch: RecordBatch) {
      batches.push(batch);
      return { accepted: batch.records.length, refused: [] };
    },
    onCommand: () => () => undefined,
    close: async () => undefined,
  };
  const playhead = createPlayhead({ transport });
  const hint = `look at it: ${message}`;
  const detail = { stderr_tail: [`[mov @ 0x1] [error] ${message}`, "[info] /srv/data/x"] };
  let attempts = 0;
  const work = monitor(
    async function work() {
      attempts += 1;
      const cause = new Error(`because ${message}`);
      throw new PlayheadError("ffmpeg_killed", message, { hint, detail, cause, retryable: attempts === 1 });
    },
    { name: "work" },
  );
  const job = playhead.job({ kind: "bulk" });
  const ended = job.run(() =>
    job.task({ kind: "video" }, async (task) => {
      await withRetries(task, task.signal, work, { random: () => 0 }).catch((error: unknown) => {
        logFailure(task, "the video of row 1", error, []);
        throw error;
      });
    }),
  );
  await expect(ended).rejects.toThrow();
  await playhead.close();
  const records = batches.flatMap(({ records }) => records);
  const isCall = ({ type }: { type: string }) => type.startsWith("function.");
  return { seen: records.filter((each) => !isCall(each)), calls: records.filter(isCall) };
}

test.each(NASTY)("viewers are not told $name, by no way; the record of the call has it", async ({ message, stain }) => {
  const { seen, calls } = await fail(message);
  const types = seen.map(({ type }) => type);
  // A retry, a warning, an error in the log, the end of the video, and that of the job.
  expect(types.filter((type) => type === "log")).toHaveLength(2);
  for (const type of ["task.retried", "video.failed", "job.failed"]) expect(types).toContain(type);
  const told = JSON.stringify(seen);
  expect(told).not.toContain(JSON.stringify(stain).slice(1, -1));
  expect(told).not.toContain("/srv/data/x");
  const kept = JSON.stringify(calls);
  // Secrets are taken out there as well.
  if (!/pw|sig=/.test(stain)) expect(kept).toContain(JSON.stringify(stain).slice(1, -1));
});

test("the log does not name the work's own folders, whatever signs are in their names", async () => {
  const lines: unknown[] = [];
  const log = { error: (...line: unknown[]) => lines.push(line) } as unknown as TaskHandle["log"];
  const folder = "/work (1)/it's, here";
  const error = new PlayheadError("ffmpeg_failed", `cannot open ${folder}/a.mp4`, { hint: `see file:${folder}/a.mp4` });
  logFailure({ log } as TaskHandle, "the video of row 1", error, [folder]);
  expect(lines).toEqual([
    ["the video of row 1 failed: cannot open a.mp4", { error_code: "ffmpeg_failed", hint: "see a.mp4" }],
  ]);
});
