import { expect, test } from "vitest";
import { runningJob } from "../../test/jobs.ts";
import { createStandings } from "./standings.ts";

/** A job that takes two numbers to say where it stands. */
function setup() {
  const draft = runningJob("j") as { tick: number; seq: number } & ReturnType<typeof runningJob>;
  draft.tick = 20;
  let said = 0;
  const standings = createStandings();
  const job = {
    draft,
    asked: () => undefined,
    currentTicks() {
      said += 1;
      draft.tick += 2;
      return [`a ${draft.tick - 1}`, `b ${draft.tick}`];
    },
    storedSoon: async () => true,
  };
  return {
    draft,
    said: () => said,
    ask: (tick: number, seq = draft.seq) => standings.since(job, { epoch: "e", seq, tick }).map(({ text }) => text),
    askAfter: (afterMs: number) => standings.since(job, { afterMs }).length,
  };
}

test("who has everything is told nothing, and no number is taken", () => {
  const { ask, said } = setup();
  expect([ask(20), said()]).toEqual([[], 0]);
});

test("who missed something is told where everything stands; it is said once, however many come", () => {
  const { ask, askAfter, said } = setup();
  expect(ask(7)).toEqual(["a 21", "b 22"]);
  expect(ask(19)).toEqual(["a 21", "b 22"]);
  expect(ask(20, 3)).toEqual(["a 21", "b 22"]);
  expect(askAfter(0)).toBe(2);
  expect(said()).toBe(1);
});

test("saying it is nothing new for who had everything before or has it now; who has half of it is told again", () => {
  const { ask, said } = setup();
  ask(7);
  expect([ask(20), ask(22), said()]).toEqual([[], [], 1]);
  expect(ask(21)).toEqual(["a 21", "b 22"]);
});

test("when something moved, or a fact came, it is said anew", () => {
  const { draft, ask, said } = setup();
  ask(7);
  draft.tick += 1;
  expect(ask(22)).toEqual(["a 24", "b 25"]);
  draft.seq += 1;
  expect(ask(25, draft.seq - 1)).toEqual(["a 26", "b 27"]);
  expect(said()).toBe(3);
});
