import { expect, test } from "vitest";
import { renderMessage } from "./message.ts";

const CASES = [
  { message: "{{rule}}: {{ value }}", expected: "Slow: 0.1235" },
  { message: "{{missing}} {{toString}}", expected: "unknown unknown" },
  { message: "{{nothing}} of {{count}}", expected: "unknown of 12" },
  { message: "{{ {{value}} }}", expected: "{{ 0.1235 }}" },
  { message: "{{value %}}, {{few%}}, {{count %}} of {{rule %}}", expected: "12 %, 0.46 %, 1200 % of Slow" },
  { message: "{{value %%}}", expected: "{{value %%}}" },
  { message: "no places", expected: "no places" },
];

test.each(CASES)("$message", ({ message, expected }) => {
  const values = { rule: "Slow", value: 0.123456, few: 0.00456, count: 12, nothing: null };
  expect(renderMessage(message, values)).toBe(expected);
});
