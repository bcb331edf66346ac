import { expect, test } from "vitest";
import { createGuesses } from "./guesses.ts";

const AT_ONCE = 10;
const REFILL_MS = 6_000;

function setup() {
  const clock = { nowMs: 1_000_000 };
  const guesses = createGuesses({ nowMs: () => clock.nowMs });
  const lookedUp: string[] = [];
  /** What comes of a key: whose it is, null, or that one has to wait. */
  const show = (address: string, key: string) => {
    try {
      return guesses.check(address, key, (each) => {
        lookedUp.push(each);
        return each.startsWith("right") ? each : null;
      });
    } catch (error) {
      expect(error).toMatchObject({ code: "rate_limited", detail: { retry_after_ms: expect.any(Number) } });
      return "wait";
    }
  };
  const guess = (address: string, count: number) =>
    Array.from({ length: count }, (_, at) => show(address, `guess ${at} at ${clock.nowMs}`));
  return { clock, guesses, lookedUp, show, guess };
}

test("an address has some guesses at once, then one each six seconds; what is one too many is not looked up", () => {
  const { clock, lookedUp, show, guess } = setup();
  expect(guess("a", AT_ONCE)).toEqual(Array.from({ length: AT_ONCE }, () => null));
  expect(show("a", "right, at last")).toBe("wait");
  expect(lookedUp).toHaveLength(AT_ONCE);
  clock.nowMs += REFILL_MS;
  expect([show("a", "one more"), show("a", "and one")]).toEqual([null, "wait"]);
});

test("a wrong key that is shown again and again is one guess", () => {
  const { show } = setup();
  for (let time = 0; time < 100; time++) expect(show("a", "revoked")).toBeNull();
  expect(show("a", "right")).toBe("right");
});

test("right keys cost nothing, however many", () => {
  const { show } = setup();
  for (let at = 0; at < 100; at++) expect(show("a", `right ${at}`)).toBe(`right ${at}`);
});

test("who has guessed too much locks out neither another address nor a right key that came from there before", () => {
  const { show, guess } = setup();
  expect(show("a", "right 1")).toBe("right 1");
  guess("a", 100);
  expect([show("a", "right 1"), show("a", "right 2"), show("b", "right 2")]).toEqual(["right 1", "wait", "right 2"]);
});

test("a key that was shown and is no longer right is looked up each time", () => {
  const { guesses } = setup();
  expect(guesses.check("a", "key", () => "someone")).toBe("someone");
  expect(guesses.check("a", "key", () => null)).toBeNull();
});

test("remembers a bounded number, those shown last", () => {
  const { guesses, show, guess } = setup();
  show("a", "right");
  for (let at = 0; at < 10_500; at++) {
    show(`address ${at}`, "right");
    if (at % 5_000 === 0) show("a", "right");
  }
  expect(guesses.size()).toBe(10_000);
  guess("a", 20);
  expect(show("a", "right")).toBe("right");
});
