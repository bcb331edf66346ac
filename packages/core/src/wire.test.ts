import { describe, expect, test } from "vitest";
import { CLOSE_CODES, mayReconnect } from "./wire.ts";

describe("close codes", () => {
  test.each(Object.entries(CLOSE_CODES))("%s (%i) is one that a WebSocket may carry", (_name, code) => {
    expect(code).toBeGreaterThanOrEqual(4000);
    expect(code).toBeLessThan(5000);
  });

  test.each([
    { code: 1000, back: true },
    { code: 1006, back: true },
    { code: CLOSE_CODES.too_slow, back: true },
    { code: 4499, back: true },
    { code: CLOSE_CODES.bad_token, back: false },
    { code: CLOSE_CODES.no_such_job, back: false },
    { code: 4999, back: false },
  ])("after $code a client comes back: $back", ({ code, back }) => {
    expect(mayReconnect(code)).toBe(back);
  });

  test("no two reasons share a code", () => {
    const codes = Object.values(CLOSE_CODES);
    expect(new Set(codes).size).toBe(codes.length);
  });
});
