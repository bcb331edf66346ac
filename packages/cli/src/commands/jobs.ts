import { createPlayheadClient } from "@playhead/client";
import { isJobState, JOB_STATES, type JobState, type JobSummary } from "@playhead/core";
import { type Command, InvalidArgumentError } from "commander";
import { type ConfigFlags, commandConfig } from "../command-config.ts";
import { type HistoryPlace, openHistory, type ServerFlags, serverToAsk } from "../find-history.ts";
import { explained, type ServerAddress } from "../server-check.ts";
import { renderJobs } from "../view/render-jobs.ts";
import { type Bind, newCommand, type Run } from "./command.ts";

interface JobsFlags extends Pick<ConfigFlags, "data" | "config">, ServerFlags {
  readonly state?: readonly JobState[];
  readonly limit: number;
}

interface JobsQuestion {
  readonly states: readonly JobState[] | undefined;
  readonly limit: number;
}

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 200;
/** The least that the server gives a page. */
const MIN_PAGE = 10;

/** `playhead jobs`: the newest jobs. */
export function addJobs(program: Command, bind: Bind): void {
  newCommand(program, "jobs", {
    summary: "list the newest jobs",
    description: "Lists the newest jobs of the server, or of the data folder when no server has it.",
    examples: [
      ["playhead jobs", "the newest 20"],
      ["playhead jobs --state running,paused", "those that are under way"],
      ["playhead jobs --json | jq -r .jobs[].job_id", "their ids, for a script"],
    ],
  })
    .option("--state <states>", `only these, with commas between: ${JOB_STATES.join(", ")}`, states)
    .option("--limit <number>", `how many, at most ${MAX_LIMIT}`, limit, DEFAULT_LIMIT)
    .option("--server <url>", "the server to ask (or PLAYHEAD_SERVER)")
    .option("--key <key>", "its access key (or PLAYHEAD_KEY)")
    .option("--data <folder>", "data folder (default: playhead-data)")
    .option("--config <file>", "configuration file")
    .action(bind(jobs));
}

const jobs: Run<[], JobsFlags> = async (options, context) => {
  const { console, environment, nowMs } = context;
  const config = commandConfig(options, context);
  const question = { states: options.state, limit: options.limit };
  const server = serverToAsk({ flags: options, config, environment });
  const found = server === null ? await fromFolder(config, question) : await fromServer(server, question);
  for (const line of renderJobs(found, { ...(console.mode === "live" && console.size()), nowMs: nowMs() }))
    console.say(line);
  console.emit({ type: "result", jobs: found });
  return "ok";
};

async function fromServer(
  { url, apiKey }: ServerAddress,
  { states: wanted, limit: most }: JobsQuestion,
): Promise<readonly JobSummary[]> {
  const client = createPlayheadClient({ url, token: async () => apiKey });
  try {
    const page = await client.api.jobs({
      page_size: Math.max(MIN_PAGE, most),
      ...(wanted !== undefined && { state: wanted }),
    });
    return page.jobs.slice(0, most);
  } catch (error) {
    throw explained(error, url);
  } finally {
    client.close();
  }
}

async function fromFolder(
  place: HistoryPlace,
  { states: wanted, limit: most }: JobsQuestion,
): Promise<readonly JobSummary[]> {
  const engine = await openHistory(place);
  const { DEFAULT_TENANT } = await import("@playhead/server");
  try {
    const { items } = await engine.store.listJobs({
      tenantId: DEFAULT_TENANT,
      sort: "created_at",
      order: "desc",
      limit: most,
      ...(wanted !== undefined && { states: wanted }),
    });
    return items;
  } finally {
    await engine.close();
  }
}

function states(text: string): readonly JobState[] {
  return text.split(",").map((word) => {
    const state = word.trim();
    if (!isJobState(state)) throw new InvalidArgumentError(`Expected states out of ${JOB_STATES.join(", ")}.`);
    return state;
  });
}

function limit(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > MAX_LIMIT) {
    throw new InvalidArgumentError(`Expected a whole number from 1 to ${MAX_LIMIT}.`);
  }
  return value;
}
