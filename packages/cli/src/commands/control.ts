import { type BulkResult, createPlayheadClient } from "@playhead/client";
import { PlayheadError } from "@playhead/core";
import type { Command } from "commander";
import { type ConfigFlags, commandConfig } from "../command-config.ts";
import { type ServerFlags, serverToAsk } from "../find-history.ts";
import { errorLine } from "../report-error.ts";
import { explained } from "../server-check.ts";
import { type AddCommand, type Bind, newCommand, type Run } from "./command.ts";

interface ControlFlags extends Pick<ConfigFlags, "data" | "config">, ServerFlags {
  readonly reason?: string;
}

type Verb = "pause" | "resume" | "cancel" | "retry";

const TEXTS: Readonly<Record<Verb, { readonly summary: string; readonly description: string; readonly done: string }>> =
  {
    pause: {
      summary: "pause jobs",
      description: "Running work comes to its next checkpoint and waits there; an ffmpeg under way stands still.",
      done: "is asked to pause",
    },
    resume: { summary: "let paused jobs go on", description: "What was paused goes on where it was.", done: "goes on" },
    cancel: {
      summary: "cancel jobs",
      description: "Running work is ended, what is half written is removed, what is finished is kept.",
      done: "is being canceled",
    },
    retry: {
      summary: "do failed or canceled jobs again",
      description: "Announces a new job for each, with what it was to do; a worker of its kind starts it.",
      done: "is retried as",
    },
  };

/** `playhead pause`, `resume`, `cancel` and `retry`: for one job or many. */
export const CONTROL_COMMANDS: readonly AddCommand[] = (Object.keys(TEXTS) as Verb[]).map(
  (verb) => (program, bind) => addControl(program, bind, verb),
);

function addControl(program: Command, bind: Bind, verb: Verb): void {
  const { summary, description } = TEXTS[verb];
  const command = newCommand(program, `${verb} <jobs...>`, {
    summary,
    description,
    examples: [
      [`playhead ${verb} job_123`, "one job"],
      [`playhead jobs --json | jq -r .jobs[].job_id | xargs playhead ${verb}`, "many"],
    ],
  });
  if (verb !== "retry") command.option("--reason <text>", "why, for whoever looks at the job");
  command
    .option("--server <url>", "the server to ask (or PLAYHEAD_SERVER)")
    .option("--key <key>", "its access key (or PLAYHEAD_KEY)")
    .option("--data <folder>", "data folder of the server on this machine (default: playhead-data)")
    .option("--config <file>", "configuration file")
    .action(bind(control(verb)));
}

/** What cannot be done to one job is said, and the others are done. */
function control(verb: Verb): Run<[jobIds: readonly string[]], ControlFlags> {
  return async (options, context, jobIds) => {
    const { console, environment } = context;
    const config = commandConfig(options, context);
    const server = serverToAsk({ flags: options, config, environment });
    if (server === null) {
      throw new PlayheadError("server_unreachable", `no server has the data folder ${config.data}`, {
        hint: "start playhead serve, or name a server with --server",
      });
    }
    const client = createPlayheadClient({ url: server.url, token: async () => server.apiKey });
    let results: readonly BulkResult[];
    try {
      ({ results } = await client.api.controlAll(verb, jobIds, options.reason));
    } catch (error) {
      throw explained(error, server.url);
    } finally {
      client.close();
    }
    for (const { job_id, retry_job_id, error } of results) {
      if (error === undefined) console.say(`${job_id} ${TEXTS[verb].done}${retry_job_id ? ` ${retry_job_id}` : ""}`);
      else console.complain(errorLine({ message: error.error_message }));
    }
    console.emit({ type: "result", verb, results });
    return results.every(({ ok }) => ok) ? "ok" : "failed";
  };
}
