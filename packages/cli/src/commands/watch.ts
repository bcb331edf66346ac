import { type Job, PlayheadError } from "@playhead/core";
import type { Command } from "commander";
import { type ConfigFlags, commandConfig } from "../command-config.ts";
import type { Ending } from "../exit-codes.ts";
import { type HistoryPlace, openHistory, type ServerFlags, serverToAsk } from "../find-history.ts";
import { untilAborted } from "../interrupts.ts";
import { checkServer } from "../server-check.ts";
import { followOnServer } from "../view/job-source.ts";
import { showJob } from "../view/show-job.ts";
import { summaryLines } from "../view/summary.ts";
import { type Bind, newCommand, type Run } from "./command.ts";

interface WatchFlags extends Pick<ConfigFlags, "data" | "config">, ServerFlags {}

type Context = Parameters<Run<[], WatchFlags>>[1];

/** `playhead watch`: one job, live, until it ends. */
export function addWatch(program: Command, bind: Bind): void {
  newCommand(program, "watch <job>", {
    summary: "show a job live, until it ends",
    description:
      "Shows a job live until it ends, and ends as it did: 0 when everything was done. Ctrl-C leaves the job alone.",
    examples: [
      ["playhead watch job_4f1c", "live bars; in a pipe a line for each thing that happens"],
      ["playhead watch job_4f1c && playhead jobs", "go on when it is done"],
    ],
  })
    .option("--server <url>", "the server to ask (or PLAYHEAD_SERVER)")
    .option("--key <key>", "its access key (or PLAYHEAD_KEY)")
    .option("--data <folder>", "data folder (default: playhead-data)")
    .option("--config <file>", "configuration file")
    .action(bind(watch));
}

const watch: Run<[jobId: string], WatchFlags> = async (options, context, jobId) => {
  const config = commandConfig(options, context);
  const server = serverToAsk({ flags: options, config, environment: context.environment });
  if (server === null) {
    const job = await readJob(config, jobId);
    return sayStand(job, context);
  }
  await checkServer(server);
  const { console, nowMs, listen } = context;
  const { signal } = listen();
  const source = followOnServer(server, jobId);
  const view = showJob({ source, jobId, console, nowMs, tell: "news" });
  try {
    const over = Promise.race([untilAborted(signal), untilAborted(console.closed)]);
    const job = await Promise.race([view.ended, over.then(() => null)]);
    view.stop();
    if (job !== null) return sayStand(job, context);
    console.say("Not watching any more; the job goes on");
    return "interrupted";
  } finally {
    view.stop();
    source.close();
  }
};

/** The job as a folder that no server has holds it: nothing moves it any more. */
async function readJob(place: HistoryPlace, jobId: string): Promise<Job> {
  const engine = await openHistory(place);
  try {
    const job = await engine.store.readJob(jobId);
    if (job !== null) return job;
    throw new PlayheadError("not_found", `there is no job ${jobId} in ${place.data}`, {
      hint: "playhead jobs lists them",
    });
  } finally {
    await engine.close();
  }
}

function sayStand(job: Job, { console, nowMs }: Context): Ending {
  for (const line of summaryLines(job, nowMs())) console.say(line);
  const { tasks: _, ...result } = job;
  console.emit({ type: "result", job: result });
  return job.state === "completed" && job.progress.items_failed === 0 ? "ok" : "failed";
}
