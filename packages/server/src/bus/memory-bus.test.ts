import { expect, test } from "vitest";
import { factEvent, publicationOf } from "../../test/publications.ts";
import { describeBus } from "./conformance.ts";
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

describeBus("memory", async () => {
  const { bus, errors } = setup();
  return { bus, errors, publish: bus.publish, close: async () => undefined };
});

test("those who follow a job hear a flush at a time, before those who follow all", () => {
  const { bus, hear, heard, say } = setup();
  bus.subscribeAll((publications) => heard.push(`all ${publications.length}`));
  hear("x");
  hear("y");
  hear("z", "b");
  say("a", 1, 2);
  say("a", 3);
  expect(heard).toEqual(["x 1+2", "y 1+2", "all 2", "x 3", "y 3", "all 1"]);
});

test("a job is followed while somebody hears of it, of the list, or of all for viewers elsewhere", () => {
  const { bus, hear } = setup();
  bus.subscribeAll(() => undefined);
  const followed = () => ["a", "b"].filter(bus.isFollowed).join();
  const seen = [followed()];
  for (const [subscribe, expected] of [
    [() => hear("x"), "a"],
    [() => bus.subscribeChanges(() => undefined), "a,b"],
    [() => bus.subscribeForViewers(() => undefined), "a,b"],
  ] as const) {
    const end = subscribe();
    seen.push(followed());
    end();
    end();
    expect(seen.splice(0)).toEqual(["", expected]);
    seen.push(followed());
  }
});

test("who followed all and has left hears nothing", () => {
  const { bus, heard, say } = setup();
  const end = bus.subscribeAll(() => heard.push("all"));
  say("a", 1);
  end();
  say("a", 2);
  expect(heard).toEqual(["all"]);
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

test("one that follows all and throws harms nobody else, and is told of", () => {
  const { bus, errors, hear, heard, say } = setup();
  bus.subscribeAll(() => {
    throw new Error("all");
  });
  hear("x");
  say("a", 1);
  expect([heard, errors.map(String)]).toEqual([["x 1"], ["Error: all"]]);
});
