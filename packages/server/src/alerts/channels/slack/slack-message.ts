import { cut } from "../plain-text.ts";
import type { NotificationWords } from "../words.ts";

const HEADER_LENGTH = 150;
const SECTION_LENGTH = 3_000;
/** A message that is longer in all is refused as a whole, though no part of it is too long. */
const MESSAGE_LENGTH = 13_000;

type Block =
  | { readonly type: "header"; readonly text: { readonly type: "plain_text"; readonly text: string } }
  | { readonly type: "section"; readonly text: { readonly type: "mrkdwn"; readonly text: string; verbatim: true } };

/** A message of an incoming webhook: a heading, and at most five sections. */
export function slackMessage({ subject, message, facts, causes, alerts, links }: NotificationWords) {
  const heading = cut(subject, HEADER_LENGTH);
  // What matters least comes last: it goes first when all of it is too long.
  const sections = [
    fitted(message),
    facts.map(({ label, text }) => `*${label}:* ${fitted(text)}`).join("\n"),
    links.map(({ label, url }) => `<${escaped(url).replaceAll("|", "%7C")}|${label}>`).join("\n"),
    causes.length === 0 ? "" : ["*Most frequent causes:*", ...causes.map((cause) => `• ${fitted(cause)}`)].join("\n"),
    alerts.length === 0 ? "" : ["*Where:*", ...alerts.map((alert) => `• ${fitted(alert)}`)].join("\n"),
  ].filter((text) => text !== "" && text.length <= SECTION_LENGTH);
  const messageOf = (count: number) => ({
    text: escaped(heading),
    blocks: [
      { type: "header", text: { type: "plain_text", text: heading } },
      ...sections
        .slice(0, count)
        .map((text) => ({ type: "section", text: { type: "mrkdwn", text, verbatim: true } }) as const),
    ] satisfies readonly Block[],
  });
  let count = sections.length;
  while (count > 1 && JSON.stringify(messageOf(count)).length > MESSAGE_LENGTH) count -= 1;
  return messageOf(count);
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/** So that nothing in it is a link, a mention or a command. */
function escaped(text: string): string {
  return text.replace(/[&<>]/g, (character) => ENTITIES[character] ?? "");
}

/** Escaped, and cut where that has made it too long; never within what stands for a character. */
function fitted(text: string): string {
  const whole = escaped(text);
  return whole.length <= SECTION_LENGTH ? whole : cut(whole, SECTION_LENGTH).replace(/&[a-z]{0,3}…$/, "…");
}
