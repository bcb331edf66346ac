import { expect, test } from "vitest";
import { renderMessage } from "./message.ts";

const CASES = [
  { message: "{{rule}}: {{ value }}", expected: "Slow: 0.1235" },
  { message: "{{missing}} {{toString}}", expected: "unknown unknown" },
  { message: "{{nothing}} of {{count}}", expected: "unknown of 12" },
  { message: "{{ {{value}} }}", expected: "{{ 0.1235 }}" },
  { message: "no places", expected: "no places" },
];

test.each(CASES)("$message", ({ message, expected }) => {
  const values = { rule: "Slow", value: 0.123456, count: 12, nothing: null };
  expect(renderMessage(message, values)).toBe(expected);
});
