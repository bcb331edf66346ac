import { PlayheadError } from "@playhead/core";
import { configFileSchema, type LoadedConfig, type SettingView, settingViews } from "@playhead/server/config";
import type { Command } from "commander";
import { askServer } from "../ask-server.ts";
import { type ConfigFlags, readCommandConfig } from "../command-config.ts";
import { serverToAsk } from "../find-history.ts";
import { type Line, padded, span } from "../terminal/line.ts";
import { textWidth } from "../terminal/text-width.ts";
import { counted } from "../view/task-words.ts";
import { type Bind, newCommand, type Run, type Surroundings } from "./command.ts";

type ConfigFileFlags = Pick<ConfigFlags, "config">;

/** `playhead config`: what can be set, what is set, and whether it is right. */
export function addConfig(program: Command, bind: Bind): void {
  const config = newCommand(program, "config", {
    summary: "check and show the configuration",
    description: "The configuration file, the environment over it, and what comes of both.",
    examples: [
      ["playhead config check", "every fault, by its path"],
      ["playhead config show", "each value, and where it comes from"],
    ],
  });
  withFile(
    newCommand(config, "check", {
      summary: "check the configuration, without starting anything",
      description:
        "Names every fault by its path, with where it was set, what is allowed and what was got, and ends with 2 then. Says which settings wait for a restart of the server that runs on the data folder.",
      examples: [["playhead config check --config /etc/playhead.json", "before it is put in its place"]],
    }),
  ).action(bind(check));
  withFile(
    newCommand(config, "show", {
      summary: "show each value, and where it comes from",
      examples: [["playhead config show", "secrets are not shown"]],
    }),
  ).action(bind(show));
  newCommand(config, "schema", {
    summary: "write the JSON Schema of the configuration file, for editors",
    examples: [
      ["playhead config schema > playhead.schema.json", 'then "$schema": "./playhead.schema.json" in the file'],
    ],
  }).action(bind(schema));
}

function withFile(command: Command): Command {
  return command.option("--config <file>", "configuration file (default: playhead.config.json, where there is one)");
}

const check: Run<[], ConfigFileFlags> = async (options, context) => {
  const { console } = context;
  let loaded: LoadedConfig;
  try {
    loaded = readCommandConfig(options, context);
  } catch (error) {
    const faults = error instanceof PlayheadError ? error.detail.faults : undefined;
    if (!Array.isArray(faults)) throw error;
    for (const fault of faults) console.complain(`playhead: ${fault}`);
    console.emit({ type: "result", ok: false, faults });
    return "usage";
  }
  const waiting = await waitingFor(loaded, context.environment);
  const set = settingViews(loaded, loaded.config).filter(({ origin }) => origin.kind !== "default");
  console.say([span("✓ ", "good"), span(`The configuration is right: ${counted(set.length, "setting")} set`)]);
  for (const { key, running } of waiting) {
    const line = `${key} waits for a restart of the server: there it is ${JSON.stringify(running)}`;
    console.say([span("▲ ", "waiting"), span(line)]);
  }
  console.emit({ type: "result", ok: true, waiting_for_restart: waiting.map(({ key }) => key) });
  return "ok";
};

/** What the server that runs on the data folder would only take at its next start. */
async function waitingFor(loaded: LoadedConfig, environment: Surroundings["environment"]) {
  const here = new Map(settingViews(loaded, loaded.config).map((view) => [view.key, view]));
  const running = await runningSettings(loaded, environment);
  return running.flatMap(({ key, reloadable, is_secret: isSecret, origin, value }) => {
    const wanted = here.get(key);
    // Of what it was told by a flag, the file has no say.
    if (wanted === undefined || reloadable || isSecret || origin.kind === "flag") return [];
    return JSON.stringify(wanted.value) === JSON.stringify(value) ? [] : [{ key, running: value }];
  });
}

/** None where no server runs, or it is not ours to ask: what is in the file is right all the same. */
async function runningSettings({ config }: LoadedConfig, environment: Surroundings["environment"]) {
  try {
    const server = serverToAsk({ flags: {}, config, environment });
    if (server === null) return [];
    const { settings } = await askServer(server, "GET", "config");
    return settings as unknown as readonly SettingView[];
  } catch {
    return [];
  }
}

const show: Run<[], ConfigFileFlags> = async (options, context) => {
  const loaded = readCommandConfig(options, context);
  const settings = settingViews(loaded, loaded.config);
  for (const line of settingLines(settings)) context.console.say(line);
  context.console.emit({ type: "result", file: loaded.text === null ? null : loaded.file, settings });
  return "ok";
};

const schema: Run<[], object> = async (_, { console }) => {
  const document = configFileSchema();
  for (const line of JSON.stringify(document, null, 2).split("\n")) console.say(line);
  console.emit({ type: "result", schema: document });
  return "ok";
};

/** Settings as a table, one a line: what is set stands out from what is a default. */
export function settingLines(settings: readonly SettingView[]): readonly Line[] {
  const rows = settings.map((setting) => [setting.key, shownValue(setting), setting.origin.name ?? ""] as const);
  const [keyWidth, valueWidth] = [0, 1].map((at) => Math.max(...rows.map((row) => textWidth(row[at as 0 | 1])))) as [
    number,
    number,
  ];
  return rows.map(([key, value, origin]) => [
    span(padded(key, keyWidth)),
    span("  "),
    origin === "" ? span(value, "faint") : span(padded(value, valueWidth)),
    span(origin === "" ? "" : `  ${origin}`, "faint"),
  ]);
}

function shownValue({ value, is_secret: isSecret, is_set: isSet }: SettingView): string {
  if (!isSet) return "–";
  if (isSecret) return "(not shown)";
  return typeof value === "string" ? value : JSON.stringify(value);
}
