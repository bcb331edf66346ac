import { expect, test } from "vitest";
import { createAdmission } from "./admission.ts";

const MB = 1_048_576;

test("what is under way is bounded; who comes too much is told when to come again", () => {
  const { admit } = createAdmission(10 * MB);
  const ends = [admit(6 * MB), admit(4 * MB)];
  const refused = () => admit(1);
  expect(refused).toThrow("more spans and log records come than can be taken at the moment");
  try {
    refused();
  } catch (error) {
    expect(error).toMatchObject({ code: "service_unavailable", retryable: true, detail: { retry_after_ms: 1_000 } });
  }
  ends.pop()?.();
  admit(4 * MB);
});

test("one is let in however large it is, and small ones count for something", () => {
  const { admit } = createAdmission(MB);
  admit(8 * MB)();
  for (let at = 0; at < 64; at += 1) admit(0);
  expect(() => admit(0)).toThrow("more spans");
});
