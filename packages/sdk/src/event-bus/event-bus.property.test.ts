import fc from "fast-check";
import { expect, test } from "vitest";
import { type BusEvent, EventBus } from "./event-bus.ts";

const types = ["a", "a.b", "a.b.c", "ab.c", "z"];
const topics = [...types, "*", "a.*", "a.b.*", "z.*"];
const behaviours = ["good", "throws", "rejects", "hangs"] as const;

/** Which types a topic means, written down rather than computed. */
const MEANT: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(types.map((type) => [type, [type]])),
  "*": types,
  "a.*": ["a.b", "a.b.c"],
  "a.b.*": ["a.b.c"],
  "z.*": [],
};

type Action =
  | { readonly do: "publish"; readonly type: string }
  | { readonly do: "subscribe" | "unsubscribe"; readonly topic: string; readonly handler: number }
  | { readonly do: "deliver" };

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("publish" as const), type: fc.constantFrom(...types) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom("subscribe" as const, "unsubscribe" as const),
      topic: fc.constantFrom(...topics),
      handler: fc.nat(behaviours.length * 2 - 1),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: "deliver" as const }) },
);

test("whatever is subscribed, unsubscribed and published: each good handler hears exactly what it should, in order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 120 }), async (actions) => {
      const due: (() => void)[] = [];
      let said = 0;
      let published = 0;
      const bus = new EventBus({ defer: (run) => due.push(run), warn: () => said++ });
      const heard = Array.from({ length: behaviours.length * 2 }, (): number[] => []);
      const handlers = heard.map((list, index) => ({ data }: BusEvent) => {
        list.push(Number(data.n));
        const behaviour = behaviours[index % behaviours.length];
        if (behaviour === "throws") throw new Error("oh");
        if (behaviour === "rejects") return Promise.reject(new Error("oh"));
        if (behaviour === "hangs") return new Promise(() => undefined);
        return undefined;
      });
      const deliver = async () => {
        while (due.length > 0) {
          for (const run of due.splice(0)) run();
          await new Promise((resolve) => setImmediate(resolve));
        }
      };
      /** By handler and topic: what is on its way to it. */
      const open = new Map<string, { handler: number; topic: string; waiting: number[] }>();
      const expected = heard.map((): number[] => []);

      for (const step of actions) {
        if (step.do === "publish") {
          published += 1;
          bus.publish(step.type, { n: published });
          for (const { topic, waiting } of open.values())
            if (MEANT[topic]?.includes(step.type)) waiting.push(published);
        } else if (step.do === "deliver") {
          await deliver();
          for (const { handler, waiting } of open.values()) expected[handler]?.push(...waiting.splice(0));
        } else {
          const key = `${step.topic} ${step.handler}`;
          const handler = handlers[step.handler] as (event: BusEvent) => unknown;
          bus[step.do](step.topic, handler);
          if (step.do === "unsubscribe") open.delete(key);
          else if (!open.has(key)) open.set(key, { handler: step.handler, topic: step.topic, waiting: [] });
        }
        for (const type of types) {
          const isWanted = [...open.values()].some(({ topic }) => MEANT[topic]?.includes(type));
          expect(bus.interestIn(type).isWanted).toBe(isWanted);
        }
      }
      await deliver();
      for (const { handler, waiting } of open.values()) expected[handler]?.push(...waiting.splice(0));

      let failures = 0;
      heard.forEach((list, index) => {
        const behaviour = behaviours[index % behaviours.length];
        const sorted = [...list].sort((a, b) => a - b);
        const due = [...(expected[index] ?? [])].sort((a, b) => a - b);
        // One that hangs at its first event gets no second by the same topic.
        if (behaviour === "hangs") expect(due).toEqual(expect.arrayContaining(sorted));
        else expect(sorted).toEqual(due);
        if (behaviour === "throws" || behaviour === "rejects") failures += list.length;
      });
      expect(said).toBe(failures);
    }),
    { numRuns: 150 },
  );
});
