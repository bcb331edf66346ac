import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { GATE_TRANSITIONS, type GateEvent, type GateState } from "./gate-state.ts";

const STATES: readonly GateState[] = ["open", "pausing", "paused", "canceled"];
const EVENTS: readonly GateEvent[] = ["pause", "resume", "cancel", "quiet"];

describe("GATE_TRANSITIONS", () => {
  test.for<{ given: GateState; pause: GateState; resume: GateState; cancel: GateState; quiet: GateState }>([
    { given: "open", pause: "pausing", resume: "open", cancel: "canceled", quiet: "open" },
    { given: "pausing", pause: "pausing", resume: "open", cancel: "canceled", quiet: "paused" },
    { given: "paused", pause: "paused", resume: "open", cancel: "canceled", quiet: "paused" },
    { given: "canceled", pause: "canceled", resume: "canceled", cancel: "canceled", quiet: "canceled" },
  ])("$given", ({ given, ...expected }) => {
    expect(GATE_TRANSITIONS[given]).toEqual(expected);
  });

  test("property: paused comes only by quiet while pausing, and canceled is for good", () => {
    const events = fc.array(fc.constantFrom(...EVENTS), { maxLength: 30 });
    fc.assert(
      fc.property(fc.constantFrom(...STATES), events, (start, sequence) => {
        let state = start;
        for (const event of sequence) {
          const next = GATE_TRANSITIONS[state][event];
          if (state === "canceled") expect(next).toBe("canceled");
          if (next === "paused" && state !== "paused") expect([state, event]).toEqual(["pausing", "quiet"]);
          state = next;
        }
      }),
    );
  });
});
