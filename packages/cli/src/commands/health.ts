import { type HealthReport, type HealthStatus, isJsonObject, PlayheadError } from "@playhead/core";
import type { Command } from "commander";
import { type ConfigFlags, commandConfig } from "../command-config.ts";
import { type ServerFlags, type ServerQuestion, serverToAsk } from "../find-history.ts";
import { explained, type ServerAddress } from "../server-check.ts";
import { type Line, span, type Tone } from "../terminal/line.ts";
import { type Bind, newCommand, type Run } from "./command.ts";

interface HealthFlags extends Pick<ConfigFlags, "data" | "config">, ServerFlags {}

const LIMIT_MS = 30_000;
const SIGNS: Readonly<Record<HealthStatus, readonly [sign: string, tone: Tone]>> = {
  healthy: ["✓", "good"],
  warning: ["▲", "waiting"],
  critical: ["✗", "bad"],
};

/** `playhead health`: how the server is. */
export function addHealth(program: Command, bind: Bind): void {
  newCommand(program, "health", {
    summary: "ask the server how it is",
    description:
      "Asks the server how it and its parts are. Ends with 3 when something is critical. Details are for those who have a key.",
    examples: [
      ["playhead health", "the server of the data folder"],
      ["playhead health --verbose", "with the details of each part"],
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
  const server = findServer({ flags: options, config, environment });
  if (server === null) {
    throw new PlayheadError("server_unreachable", `no server runs on ${config.data}`, {
      hint: "start one with playhead serve, or name one with --server",
    });
  }
  const report = await readHealth(server);
  for (const line of healthLines(report, options.verbose === true)) console.say(line);
  console.emit({ type: "result", ...report });
  return report.overall_status === "critical" ? "machine" : "ok";
};

/** Anyone may ask: a key that is not known must not keep us from it. */
function findServer(question: ServerQuestion): ServerAddress | null {
  const withoutKey = { ...question, flags: { ...question.flags, key: "" } };
  try {
    return serverToAsk(question) ?? serverToAsk(withoutKey);
  } catch (error) {
    if (error instanceof PlayheadError && error.code === "unauthorized") return serverToAsk(withoutKey);
    throw error;
  }
}

/** With all details, where the key opens them. */
async function readHealth({ url, apiKey }: ServerAddress): Promise<HealthReport> {
  const headers = { accept: "application/json", authorization: `Bearer ${apiKey}` };
  const detailed = apiKey === "" ? null : await ask(url, "health/detailed", headers);
  const body = isReport(detailed) ? detailed : await ask(url, "health", { accept: "application/json" });
  if (isReport(body)) return body;
  throw new PlayheadError("server_unreachable", `what answers at ${url} is no Playhead server`, {
    hint: "check the address",
  });
}

async function ask(url: string, path: string, headers: Readonly<Record<string, string>>): Promise<unknown> {
  try {
    const address = new URL(`api/v1/monitoring/${path}`, url.endsWith("/") ? url : `${url}/`);
    return await (await fetch(address, { headers, signal: AbortSignal.timeout(LIMIT_MS) })).json();
  } catch (cause) {
    throw explained(new PlayheadError("server_unreachable", "no answer", { cause }), url);
  }
}

function isReport(body: unknown): body is HealthReport {
  return isJsonObject(body) && Array.isArray(body.checks);
}

/** How the server is, a line a component; of what is not well also what it was told, of all where it is wanted. */
export function healthLines({ overall_status, checks }: HealthReport, isVerbose = false): readonly Line[] {
  const longest = Math.max(0, ...checks.map(({ component }) => component.length));
  const line = (status: HealthStatus, text: string): Line => [
    span(`${SIGNS[status][0]} `, SIGNS[status][1]),
    span(text),
  ];
  const detail = (name: string, value: unknown): Line => [
    span(`${" ".repeat(longest + 6)}${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`, "faint"),
  ];
  return [
    line(overall_status, overall_status),
    ...checks.flatMap(({ component, status, message, details }) => [
      [span("  "), ...line(status, `${component.padEnd(longest)}  ${message}`)],
      ...Object.entries(details)
        .filter(([name]) => isVerbose || (status !== "healthy" && name.startsWith("error")))
        .map(([name, value]) => detail(name, value)),
    ]),
  ];
}
