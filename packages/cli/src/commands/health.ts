import { isJsonObject, PlayheadError } from "@playhead/core";
import type { HealthReport } from "@playhead/server";
import type { Command } from "commander";
import { type ConfigFlags, commandConfig } from "../command-config.ts";
import { type ServerFlags, serverToAsk } from "../find-history.ts";
import { explained } from "../server-check.ts";
import { type Line, span, type Tone } from "../terminal/line.ts";
import { type Bind, newCommand, type Run } from "./command.ts";

interface HealthFlags extends Pick<ConfigFlags, "data" | "config">, ServerFlags {}

type Status = HealthReport["overall_status"];

const LIMIT_MS = 30_000;
const SIGNS: Readonly<Record<Status, readonly [sign: string, tone: Tone]>> = {
  healthy: ["✓", "good"],
  warning: ["▲", "waiting"],
  critical: ["✗", "bad"],
};

/** `playhead health`: how the server is. */
export function addHealth(program: Command, bind: Bind): void {
  newCommand(program, "health", {
    summary: "ask the server how it is",
    description: "Asks the server how it and its parts are. Ends with 3 when something is critical.",
    examples: [
      ["playhead health", "the server of the data folder"],
      ["playhead health --server https://playhead.internal", "another one; this needs no key"],
    ],
  })
    .option("--server <url>", "the server to ask (or PLAYHEAD_SERVER)")
    .option("--key <key>", "its access key (or PLAYHEAD_KEY); not needed")
    .option("--data <folder>", "data folder (default: playhead-data)")
    .option("--config <file>", "configuration file")
    .action(bind(health));
}

const health: Run<[], HealthFlags> = async (options, context) => {
  const { console, environment } = context;
  const config = commandConfig(options, context);
  // Anyone may ask: a key that is not known must not keep us from it.
  const server = serverToAsk({ flags: { key: "", ...options }, config, environment });
  if (server === null) {
    throw new PlayheadError("server_unreachable", `no server runs on ${config.data}`, {
      hint: "start one with playhead serve, or name one with --server",
    });
  }
  const report = await readHealth(server.url);
  for (const line of healthLines(report)) console.say(line);
  console.emit({ type: "result", ...report });
  return report.overall_status === "critical" ? "machine" : "ok";
};

async function readHealth(url: string): Promise<HealthReport> {
  let body: unknown;
  try {
    const address = new URL("api/v1/monitoring/health", url.endsWith("/") ? url : `${url}/`);
    const answer = await fetch(address, { signal: AbortSignal.timeout(LIMIT_MS) });
    body = await answer.json();
  } catch (cause) {
    throw explained(new PlayheadError("server_unreachable", "no answer", { cause }), url);
  }
  if (isJsonObject(body) && Array.isArray(body.checks)) return body as unknown as HealthReport;
  throw new PlayheadError("server_unreachable", `what answers at ${url} is no Playhead server`, {
    hint: "check the address",
  });
}

/** How the server is, a line a component. */
export function healthLines({ overall_status, checks }: HealthReport): readonly Line[] {
  const longest = Math.max(0, ...checks.map(({ component }) => component.length));
  const line = (status: Status, text: string): Line => [span(`${SIGNS[status][0]} `, SIGNS[status][1]), span(text)];
  return [
    line(overall_status, overall_status),
    ...checks.map(({ status, component, message }) => [
      span("  "),
      ...line(status, `${component.padEnd(longest)}  ${message}`),
    ]),
  ];
}
