import { describe, expect, test } from "vitest";
import { errorDetails } from "../observe/error-details.ts";
import { SECRET_CASES } from "../testing/secrets.ts";
import { capture } from "./capture.ts";
import { createSummaries } from "./summary.ts";

const summaries = createSummaries();

test("there are more than 200 cases, each with a secret of its own that its value holds", () => {
  expect(SECRET_CASES.length).toBeGreaterThanOrEqual(200);
  expect(new Set(SECRET_CASES.map(({ secret }) => secret)).size).toBe(SECRET_CASES.length);
});

describe("no secret comes out of", () => {
  test.for(SECRET_CASES)("$place", ({ value, secret }) => {
    const captured = capture(value);
    const shown = [
      summaries.parameters([captured], ["value"]),
      summaries.result(captured),
      errorDetails(Object.assign(new Error(`failed: ${typeof value === "string" ? value : ""}`), { cause: value })),
    ];
    expect(JSON.stringify(captured).length).toBeGreaterThan(0);
    for (const text of shown.map((each) => JSON.stringify(each))) expect(text).not.toContain(secret);
  });
});

test.for([
  { name: "tokenizer", value: "bpe" },
  { name: "max_tokens", value: 512 },
  { name: "token_count", value: 3 },
  { name: "secretary", value: "Ann" },
  { name: "pass", value: 2 },
  { name: "author", value: "Bob" },
  { name: "primaryKey", value: "id" },
  { name: "hasPassword", value: true },
  { name: "url", value: "http://localhost:3000/img@2x.png" },
  { name: "text", value: "Unexpected token } in JSON at position 4" },
])("what only sounds like a secret is kept: $name $value", ({ name, value }) => {
  expect(summaries.parameters([capture({ [name]: value })], ["options"])).toEqual({ options: { [name]: value } });
});

test("what stands behind the name of a secret is one, among arguments and in a list that was spread", () => {
  expect(summaries.parameters(["curl", "--password", "hunter2", "-v"], [])).toEqual({
    0: "curl",
    1: "--password",
    2: "[redacted]",
    3: "-v",
  });
  expect(summaries.fields(Object.fromEntries(["Cookie", "hunter2", "Host", "h"].entries()))).toEqual({
    0: "Cookie",
    1: "[redacted]",
    2: "Host",
    3: "h",
  });
  expect(summaries.fields({ kind: "password", user: "bob" })).toEqual({ kind: "password", user: "bob" });
});

test("a parameter that is named like a secret is one; and so is what the user names", () => {
  const own = createSummaries(["pin-code", "Reisepass"]);
  expect(own.parameters(["bob", "hunter2", "4711"], ["user", "password", "pinCode"])).toEqual({
    user: "bob",
    password: "[redacted]",
    pinCode: "[redacted]",
  });
  expect(own.text("reisepass=C01X00T47")).toBe("reisepass=[redacted]");
  expect(own.fields({ deep: [{ my_reisepass_nr: "C01X00T47" }] })).toEqual({
    deep: [{ my_reisepass_nr: "[redacted]" }],
  });
});
