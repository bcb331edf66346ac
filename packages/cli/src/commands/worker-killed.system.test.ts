import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { oddFolder, startPlayhead } from "../../test/playhead-process.ts";
import { makeSmallVideo } from "../../test/small-video.ts";
import { submitting } from "../../test/submit.ts";

const JOBS = 5;
const KILLS = 4;
/** What hangs ends here: some thirty processes are started, and videos made, and the machine may do much else. */
const LIMIT_MS = 400_000;
const JOBS_END_WITHIN_MS = 300_000;
/** Small, so that what is lost is soon known to be. */
const CONFIG = { worker_lost_after_ms: 2_000, worker_lease_ms: 4_000, retry_delay_ms: 100, max_attempts: 10 };

/** Numbers of 0..1 that are the same for each seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

test.each([1, 2])(
  "whenever server and worker are killed, each job comes to one end, and is made once (seed %i)",
  async (seed) => {
    const random = randomOf(seed);
    const folder = oddFolder();
    const [data, work, file] = [join(folder, "data"), join(folder, "work"), join(folder, "playhead.config.json")];
    writeFileSync(file, JSON.stringify(CONFIG));
    const video = join(folder, "talk.mp4");
    await makeSmallVideo(video, 2);
    // The first one finds a port that is free, and those after it keep it.
    let port = "0";

    async function serve() {
      const process = startPlayhead([
        "serve",
        "--port",
        port,
        "--data",
        data,
        "--config",
        file,
        "--no-worker",
        "--json",
      ]);
      const [line] = await process.line(/^.*"type":"serving".*$/);
      const { url, sign_in_url } = JSON.parse(line) as { url: string; sign_in_url: string };
      port = new URL(url).port;
      return { process, url, signIn: sign_in_url };
    }
    let server = await serve();
    const { url } = server;
    const key = new URL(server.signIn).searchParams.get("key") ?? "";
    const { ask, upload } = submitting(url, key);
    const environment = { XDG_STATE_HOME: join(folder, "state") };
    // Told at its start that there is no server, a worker ends: whoever starts it waits until it is there.
    async function startWorker() {
      const args = ["worker", "--server", url, "--key", key, "--work", work, "--parallel", "2", "--json"];
      const started = startPlayhead(args, { environment });
      await started.line(/"type":"working"/);
      return started;
    }
    let worker = await startWorker();

    const { upload_id } = await upload(video, "talk.mp4");
    const input = { file: `upload:${upload_id}`, styles: ["original"], scenes: [{ start_sec: 0, end_sec: 1 }] };
    const firsts: string[] = [];
    for (let at = 0; at < JOBS; at++) firsts.push((await ask("POST", "jobs", { kind: "clips", input })).body.job_id);

    for (let kill = 0; kill < KILLS; kill++) {
      await new Promise((resolve) => setTimeout(resolve, 200 + random() * 2_000));
      if (random() < 0.5) {
        server.process.signal("SIGKILL");
        await server.process.ended;
        server = await serve();
      } else {
        worker.signal("SIGKILL");
        await worker.ended;
        worker = await startWorker();
      }
    }

    await vi.waitFor(
      async () => {
        const { body } = await ask("GET", "jobs?page_size=200");
        const open = body.jobs.filter(
          ({ state }: { state: string }) => !["completed", "failed", "canceled"].includes(state),
        );
        expect(open).toEqual([]);
        for (const first of firsts) {
          const tries = body.jobs.filter(
            (job: { job_id: string; first_attempt?: string }) => (job.first_attempt ?? job.job_id) === first,
          );
          // One after the other, none of them twice, and the last one did it.
          const attempts = tries
            .map(({ attempt }: { attempt: number }) => attempt)
            .sort((a: number, b: number) => a - b);
          expect(attempts).toEqual(attempts.map((_: number, at: number) => at + 1));
          const states = tries.map(({ state }: { state: string }) => state);
          expect(states.filter((state: string) => state === "completed")).toHaveLength(1);
          expect(states.filter((state: string) => state === "failed")).toHaveLength(tries.length - 1);
          expect(existsSync(join(work, first, "manifest.json"))).toBe(true);
        }
      },
      { timeout: JOBS_END_WITHIN_MS, interval: 500 },
    );
  },
  LIMIT_MS,
);
