import type { ReceivedCallback, ReceiverAnswer } from "./webhook-receiver.ts";

interface SlackText {
  readonly type: string;
  readonly text: string;
}
interface SlackBody {
  readonly text?: string;
  readonly blocks?: readonly { readonly type: string; readonly text: SlackText }[];
}

/** Takes what Slack takes from an incoming webhook, and refuses what Slack refuses, with its words. */
export const asSlack: ReceiverAnswer = (_, answer, { text }) => {
  const fault = slackFault(text);
  answer.writeHead(fault === null ? 200 : 400, { "content-type": "text/plain" }).end(fault ?? "ok");
};

function slackFault(body: string): string | null {
  if (body.length > 13_200) return "msg_too_long";
  const { text = "", blocks = [] } = JSON.parse(body) as SlackBody;
  if (text === "" && blocks.length === 0) return "no_text";
  const isSound = blocks.every((block) => {
    if (block.text.text === "") return false;
    if (block.type === "header") return block.text.type === "plain_text" && block.text.text.length <= 150;
    return block.type === "section" && block.text.type === "mrkdwn" && block.text.text.length <= 3_000;
  });
  if (blocks.length > 50 || !isSound) return "invalid_blocks";
  const [, ...sections] = blocks;
  // What is left in angle brackets must be our links: nobody is mentioned, and no channel.
  const markup = [text, ...sections.map((section) => section.text.text)].join("\n").match(/<[^>]*>/g) ?? [];
  return markup.every((each) => /^<https?:\/\/[^|>]+\|[^|>]+>$/.test(each)) ? null : "unexpected_markup";
}

const SEVERITIES = ["critical", "error", "warning", "info"];

/** An incident of PagerDuty's, by its key. */
export interface Incident {
  state: "triggered" | "acknowledged" | "resolved";
  readonly summaries: string[];
}

/** Takes what the Events API v2 takes, and keeps incidents as PagerDuty does. */
export function asPagerDuty(incidents: Map<string, Incident>): ReceiverAnswer {
  return (_, answer, received) => {
    const fault = pagerDutyFault(received, incidents);
    const body = fault === null ? { status: "success" } : { status: "invalid event", errors: [fault] };
    answer.writeHead(fault === null ? 202 : 400, { "content-type": "application/json" }).end(JSON.stringify(body));
  };
}

function pagerDutyFault({ text }: ReceivedCallback, incidents: Map<string, Incident>): string | null {
  if (Buffer.byteLength(text) > 512_000) return "the event is too large";
  const { routing_key, event_action, dedup_key, payload, links = [] } = JSON.parse(text);
  if (!/^[0-9a-f]{32}$/.test(routing_key)) return "'routing_key' is invalid";
  if (typeof dedup_key !== "string" || dedup_key.length === 0 || dedup_key.length > 255)
    return "'dedup_key' is invalid";
  const incident = incidents.get(dedup_key);
  if (event_action === "trigger") {
    const { summary, source, severity, timestamp } = payload ?? {};
    if (typeof summary !== "string" || summary === "" || summary.length > 1_024) return "'summary' is invalid";
    if (typeof source !== "string" || source === "") return "'source' is missing or blank";
    if (!SEVERITIES.includes(severity)) return "'severity' is invalid";
    if (Number.isNaN(Date.parse(timestamp))) return "'timestamp' is invalid";
    if (!links.every(({ href }: { href: string }) => URL.canParse(href))) return "'links' are invalid";
    // An open incident takes a trigger in; one that is over does not come back: another begins.
    if (incident === undefined || incident.state === "resolved")
      incidents.set(dedup_key, { state: "triggered", summaries: [...(incident?.summaries ?? []), summary] });
    return null;
  }
  if (event_action !== "acknowledge" && event_action !== "resolve") return "'event_action' is invalid";
  // Of an incident that is not open PagerDuty takes it, too, and does nothing.
  if (incident !== undefined && incident.state !== "resolved")
    incident.state = event_action === "resolve" ? "resolved" : "acknowledged";
  return null;
}
