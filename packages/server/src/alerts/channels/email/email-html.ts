import type { NotificationWords } from "../words.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}

/** The words as a page: one column, as wide as a phone, in the reader's own colours. Nothing of it is loaded from anywhere. */
export function htmlOf({ subject, message, facts, causes, alerts, links }: NotificationWords): string {
  const rows = facts.map(
    ({ label, text }) =>
      `<tr><td style="padding:2px 16px 2px 0;opacity:.7;vertical-align:top">${escaped(label)}</td>` +
      `<td style="padding:2px 0" dir="auto">${escaped(text)}</td></tr>`,
  );
  const buttons = links.map(
    ({ label, url }) =>
      `<p style="margin:8px 0"><a href="${escaped(url)}" style="font-weight:600">${escaped(label)}</a></p>`,
  );
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta name="color-scheme" content="light dark"><title>${escaped(subject)}</title></head>`,
    '<body style="margin:0;padding:16px;font:16px/1.5 system-ui,sans-serif"><div style="max-width:600px;margin:0 auto">',
    `<h1 style="font-size:20px;line-height:1.3;margin:0 0 12px" dir="auto">${escaped(subject)}</h1>`,
    `<p style="margin:0 0 16px;white-space:pre-line" dir="auto">${escaped(message)}</p>`,
    `<table style="border-collapse:collapse;margin:0 0 16px">${rows.join("")}</table>`,
    list("Most frequent causes", causes),
    list("Where", alerts),
    ...buttons,
    "</div></body></html>",
  ].join("\n");
}

function list(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return "";
  const items = lines.map((line) => `<li dir="auto">${escaped(line)}</li>`).join("");
  return `<h2 style="font-size:16px;margin:0 0 4px">${title}</h2><ul style="margin:0 0 16px;padding-left:20px">${items}</ul>`;
}
