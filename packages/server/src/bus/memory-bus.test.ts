import { expect, test } from "vitest";
import { factEvent, publicationOf } from "../../test/publications.ts";
import { createMemoryBus } from "./memory-bus.ts";

function setup() {
  const errors: unknown[] = [];
  const bus = createMemoryBus((error) => errors.push(error));
  const heard: string[] = [];
  return {
    bus,
    errors,
    heard,
    hear: (name: string, jobId = "a") =>
      bus.subscribe(jobId, (run) => heard.push(`${name} ${run.map(({ seq }) => seq).join("+")}`)),
    say: (jobId: string, ...seqs: readonly number[]) =>
      bus.publish(seqs.map((seq) => publicationOf(factEvent(jobId, seq)))),
  };
}

test("those who follow a job hear what happens to it, a flush at a time, in order", () => {
  const { hear, heard, say } = setup();
  hear("x");
  hear("y");
  hear("z", "b");
  say("a", 1, 2);
  say("a", 3);
  expect(heard).toEqual(["x 1+2", "y 1+2", "x 3", "y 3"]);
});

test("who follows all hears of a flush at once", () => {
  const { bus, say } = setup();
  const flushes: number[] = [];
  bus.subscribeAll((publications) => flushes.push(publications.length));
  say("a", 1, 2, 3);
  say("b", 1);
  expect(flushes).toEqual([3, 1]);
});

test("who has left hears nothing, whenever it left, and others are not touched", () => {
  const { bus, hear, heard, say } = setup();
  const end = hear("x");
  hear("y");
  const endAll = bus.subscribeAll(() => heard.push("all"));
  const endSelf = bus.subscribe("a", () => {
    heard.push("once");
    endSelf();
  });
  say("a", 1, 2);
  end();
  end();
  endAll();
  say("a", 3);
  expect(heard).toEqual(["x 1+2", "y 1+2", "once", "all", "y 3"]);
});

test("a function that is subscribed twice hears twice, and leaves one at a time", () => {
  const { bus, say } = setup();
  let count = 0;
  const listener = () => {
    count += 1;
  };
  const end = bus.subscribe("a", listener);
  bus.subscribe("a", listener);
  say("a", 1);
  end();
  say("a", 2);
  expect(count).toBe(3);
});

test("a listener that throws harms nobody else, and is told of", () => {
  const { bus, errors, hear, heard, say } = setup();
  bus.subscribe("a", () => {
    throw new Error("one");
  });
  bus.subscribeAll(() => {
    throw new Error("all");
  });
  hear("x");
  say("a", 1);
  expect([heard, errors.map(String)]).toEqual([["x 1"], ["Error: one", "Error: all"]]);
});
