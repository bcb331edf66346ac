import { describe, expect, test } from "vitest";
import { createRedaction, redactFact } from "./redaction.ts";

const redaction = createRedaction(["pin"]);

describe("fields without secrets", () => {
  test.each([
    { name: "named like a secret", given: { a: { apiKey: "x1" } }, expected: { a: { apiKey: "[redacted]" } } },
    { name: "named by the user", given: { card_pin: "1" }, expected: { card_pin: "[redacted]" } },
    { name: "a number of tokens", given: { max_tokens: 5, pass: 2 }, expected: { max_tokens: 5, pass: 2 } },
    {
      name: "in a list",
      given: { argv: ["--password", "x1", "y"] },
      expected: { argv: ["--password", "[redacted]", "y"] },
    },
    {
      name: "beside its name",
      given: { headers: [{ name: "Cookie", value: "x1" }] },
      expected: { headers: [{ name: "Cookie", value: "[redacted]" }] },
    },
    { name: "a list that was spread", given: { 0: "--token", 1: "x1" }, expected: { 0: "--token", 1: "[redacted]" } },
    {
      name: "within a text",
      given: { url: "https://bob:x1@example.com" },
      expected: { url: "https://[redacted]@example.com" },
    },
    { name: "nothing secret", given: { voice: "a", n: [1, null, true] }, expected: { voice: "a", n: [1, null, true] } },
  ])("$name", ({ given, expected }) => {
    expect(redaction.fields(given)).toEqual(expected);
  });
});

test("of a fact ids and an artifact's address stay", () => {
  const artifact = { type: "video", url: "https://cdn/a.mp4?token=x1", name: "token=x1" };
  expect(
    redactFact({ task_id: "token=x1", title: "token=x1", artifact, metadata: { secret: "x1" } }, redaction),
  ).toEqual({
    task_id: "token=x1",
    title: "token=[redacted]",
    artifact: { ...artifact, name: "token=[redacted]" },
    metadata: { secret: "[redacted]" },
  });
});
