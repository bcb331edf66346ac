import { formatAge, formatDuration } from "@playhead/client/format";
import { ALERT_LEVELS, type Alert, type AlertChannelTest, type AlertRule } from "@playhead/core";
import { type Command, Option } from "commander";
import { type AdminFlags, runningServer, withServer } from "../admin-command.ts";
import { askServer } from "../ask-server.ts";
import { durationMs } from "../log-question.ts";
import { errorLine } from "../report-error.ts";
import { type Line, span } from "../terminal/line.ts";
import { tableLines } from "../terminal/table.ts";
import { type Bind, newCommand, type Run } from "./command.ts";

interface ListFlags extends AdminFlags {
  readonly all?: boolean;
  readonly level?: string;
}

interface TestFlags extends AdminFlags {
  readonly level: string;
}

interface SilenceFlags extends AdminFlags {
  /** Milliseconds. */
  readonly for: number;
  readonly reason: string;
}

const PAGE = 200;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const ALERT_HEADINGS = ["ALERT", "LEVEL", "STATE", "SINCE", "RULE", "MESSAGE"] as const;
const RULE_HEADINGS = ["RULE", "LEVEL", "ON", "NAME", "CONDITION"] as const;

/** `playhead alerts`: what fires, and what is done about it. */
export function addAlerts(program: Command, bind: Bind): void {
  const alerts = newCommand(program, "alerts", {
    summary: "show what fires, acknowledge and silence it, try a channel",
    description: "Alerts of a running server: without a subcommand, what fires now.",
    examples: [
      ["playhead alerts", "what fires now"],
      ["playhead alerts ack alert_0a1b2c3d", "somebody looks after it"],
      ["playhead alerts silence 'Disk is full' --for 2h --reason 'being replaced'", "nobody is told of it for a while"],
      ["playhead alerts test ops", "whether a channel works"],
    ],
  });
  withServer(
    newCommand(alerts, "list", {
      summary: "list what fires",
      isDefault: true,
      examples: [
        ["playhead alerts list --all --json | jq -r '.alerts[].message'", "what fires and what fired, for a script"],
      ],
    }),
    "its access key",
  )
    .option("--all", "what is over, too: the newest 200")
    .addOption(new Option("--level <level>", "only of this level").choices(ALERT_LEVELS))
    .action(bind(list));
  withServer(
    newCommand(alerts, "rules", {
      summary: "list the rules",
      examples: [["playhead alerts rules --json | jq '.rules[] | select(.enabled)'", "those that are on"]],
    }),
    "its access key",
  ).action(bind(rules));
  withServer(
    newCommand(alerts, "test [channel]", {
      summary: "send a test through a channel, or through all",
      examples: [
        ["playhead alerts test ops", "says what the receiver answered"],
        ["playhead alerts test --level critical", "all of them, as an alert of that level"],
      ],
    }),
  )
    .addOption(new Option("--level <level>", "of a test of all channels").choices(ALERT_LEVELS).default("info"))
    .action(bind(test));
  withServer(
    newCommand(alerts, "silence <rule>", {
      summary: "tell nobody of a rule's alerts for a while",
      examples: [
        ["playhead alerts silence 'Disk is full' --for 2h --reason 'being replaced'", "they are shown all the same"],
      ],
    }),
    "a key that may control jobs",
  )
    .option("--for <duration>", "for how long, such as 15m, 2h or 7d (default: 1h)", durationMs, HOUR_MS)
    .requiredOption("--reason <text>", "why, for the others")
    .action(bind(silence));
  withServer(
    newCommand(alerts, "ack <alert_id>", {
      summary: "say that somebody looks after an alert",
      examples: [["playhead alerts ack alert_0a1b2c3d", "the id is in playhead alerts"]],
    }),
    "a key that may control jobs",
  ).action(bind(acknowledge));
}

const list: Run<[], ListFlags> = async (options, context) => {
  const server = runningServer(options, context);
  const query = new URLSearchParams({ page_size: String(PAGE) });
  if (options.all !== true) query.set("state", "firing");
  if (options.level !== undefined) query.set("level", options.level);
  const { alerts } = (await askServer(server, "GET", `alerts?${query}`)) as unknown as { alerts: readonly Alert[] };
  for (const line of alertLines(alerts, context.nowMs())) context.console.say(line);
  context.console.emit({ type: "result", alerts });
  return "ok";
};

const rules: Run<[], AdminFlags> = async (options, context) => {
  const answer = await askServer(runningServer(options, context), "GET", "alert-rules");
  const found = answer.rules as unknown as readonly AlertRule[];
  const rows = found.map(({ rule_id, level, enabled, name, condition }) => [
    rule_id,
    level,
    enabled ? "on" : "off",
    name,
    condition,
  ]);
  for (const line of tableLines(RULE_HEADINGS, rows)) context.console.say(line);
  context.console.emit({ type: "result", rules: found });
  return "ok";
};

const test: Run<[channel: string | undefined], TestFlags> = async (options, context, channel) => {
  if (channel === undefined) return testAll(options, context);
  const path = `alert-channels/${encodeURIComponent(channel)}/test`;
  const { answer, latency_ms } = await askServer(runningServer(options, context), "POST", path);
  context.console.say(`${channel} took the test in ${latency_ms} ms: ${answer}`);
  context.console.emit({ type: "result", channel, answer, latency_ms });
  return "ok";
};

const testAll: Run<[], TestFlags> = async (options, context) => {
  const { console } = context;
  const answer = await askServer(
    runningServer(options, context),
    "POST",
    `monitoring/test/alert?level=${options.level}`,
  );
  const channels = answer.channels as unknown as readonly AlertChannelTest[];
  if (channels.length === 0) console.say("There is no channel.");
  for (const { channel, ok, answer: said, latency_ms, error } of channels) {
    if (ok) console.say(`${channel} took the test in ${latency_ms} ms: ${said}`);
    else console.complain(errorLine({ message: error ?? `the channel ${channel} did not take a test` }));
  }
  console.emit({ type: "result", ...answer });
  return channels.every(({ ok }) => ok) ? "ok" : "failed";
};

const silence: Run<[rule: string], SilenceFlags> = async (options, context, rule) => {
  const { for: forMs, reason } = options;
  const draft = { matchers: { rule }, minutes: forMs / MINUTE_MS, reason };
  const made = await askServer(runningServer(options, context), "POST", "alert-silences", draft);
  context.console.say(`${rule} is silenced for ${formatDuration(forMs)}`);
  context.console.emit({ type: "result", ...made });
  return "ok";
};

const acknowledge: Run<[alertId: string], AdminFlags> = async (options, context, alertId) => {
  const path = `alerts/${encodeURIComponent(alertId)}/acknowledge`;
  const alert = await askServer(runningServer(options, context), "POST", path);
  context.console.say(`${alert.rule_name} is acknowledged`);
  context.console.emit({ type: "result", ...alert });
  return "ok";
};

/** Alerts as a table, one a line. */
export function alertLines(alerts: readonly Alert[], nowMs: number): readonly Line[] {
  if (alerts.length === 0) return [[span("Nothing fires.")]];
  const rows = alerts.map((alert) => [
    alert.alert_id,
    alert.level,
    alert.state === "firing" && alert.acknowledged_at !== null ? "acknowledged" : alert.state,
    formatAge(nowMs - Date.parse(alert.fired_at ?? alert.pending_at)),
    alert.rule_name,
    alert.message,
  ]);
  return tableLines(ALERT_HEADINGS, rows);
}
