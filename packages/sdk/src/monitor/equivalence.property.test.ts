import fc from "fast-check";
import { expect, test } from "vitest";
import { observed } from "../../test/observed.ts";
import { monitor, monitorExecution, progressStep, trackPerformance } from "./monitor.ts";
import type { AnyFunction } from "./wrapped.ts";

/** What a function does when it is called, as the same words for the bare one and for the monitored one. */
interface Plan {
  readonly ends: "returns" | "throws";
  /** What it returns or throws. */
  readonly value: unknown;
  readonly yields: readonly unknown[];
}

const shared = Promise.resolve("shared");
// biome-ignore lint/suspicious/noThenProperty: that is what it is about
const thenable = { then: (done: (value: string) => void) => done("then") };
const lazy = {
  calls: 0,
  // biome-ignore lint/suspicious/noThenProperty: that is what it is about
  then(done: (value: string) => void) {
    this.calls += 1;
    done("lazy");
  },
};
class Fancy extends Promise<unknown> {
  readonly extra = 1;
}

function end({ ends, value }: Plan): unknown {
  if (ends === "throws") throw value;
  return value;
}

/** Functions of every form; each tells what it got, so that `this`, arguments and `new.target` are compared as well. */
const FORMS: Readonly<Record<string, (plan: Plan) => AnyFunction>> = {
  plain: (plan) =>
    function plain(this: unknown, a: unknown, b = 2, ...rest: unknown[]) {
      end(plan);
      return [this, a, b, rest, new.target === undefined, plan.value];
    },
  arrow: (plan) => (a: unknown) => [a, end(plan)],
  method: (plan) =>
    ({
      method(this: unknown, a: unknown) {
        return [this, a, end(plan)];
      },
    }).method,
  identity: (plan) => () => end(plan),
  async: (plan) =>
    async function later(this: unknown, a: unknown) {
      await null;
      return [this, a, end(plan)];
    },
  "async, at once": (plan) => async () => end(plan),
  "returns a promise": (plan) => () => new Promise((resolve) => setImmediate(() => resolve(1))).then(() => end(plan)),
  "the same promise": () => () => shared,
  "a thenable": () => () => thenable,
  "a lazy thenable": () => () => lazy,
  "a promise that is more": () => () => Fancy.resolve(3),
  generator: (plan) =>
    function* items(this: unknown, a: unknown) {
      const sent: unknown[] = [this, a];
      for (const each of plan.yields) {
        try {
          sent.push(yield each);
        } catch (error) {
          sent.push("caught", error);
        }
      }
      return [sent, end(plan)];
    },
  "async generator": (plan) =>
    async function* items(a: unknown) {
      const sent: unknown[] = [a];
      for (const each of plan.yields) sent.push(yield each);
      return [sent, end(plan)];
    },
  "an async iterable": (plan) => () => ({
    async *[Symbol.asyncIterator]() {
      yield* plan.yields;
    },
  }),
  "a constructor": (plan) =>
    function Clip(this: { id?: unknown }, id: unknown) {
      if (new.target === undefined) return ["called", id];
      this.id = id;
      end(plan);
      return undefined;
    },
  getter: (plan) =>
    Object.getOwnPropertyDescriptor(
      {
        get value() {
          return end(plan);
        },
      },
      "value",
    )?.get as AnyFunction,
  bound: (plan) =>
    function (this: unknown, a: unknown) {
      return [this, a, end(plan)];
    }.bind("bound"),
  "with properties": (plan) =>
    Object.assign((a: unknown) => [a, end(plan)], { extra: { deep: 1 }, [Symbol.for("s")]: 2 }),
};

const WAYS: Readonly<Record<string, (fn: AnyFunction) => AnyFunction>> = {
  monitor: (fn) => monitor(fn),
  monitorExecution: (fn) => monitorExecution({ name: "named" })(fn),
  trackPerformance: (fn) => trackPerformance(fn),
  progressStep: (fn) => progressStep({ weight: 2 })(fn),
  "two at once": (fn) => monitorExecution(trackPerformance(fn)),
};

/** How it is used, and what comes of it. */
const USES: Readonly<Record<string, (fn: AnyFunction, self: unknown, args: readonly unknown[]) => unknown>> = {
  call: (fn, self, args) => shownOf(fn.apply(self, [...args])),
  new: (fn, _self, args) => {
    const made: unknown = Reflect.construct(fn, args);
    return { ...(made as object), isOfIt: made instanceof fn };
  },
  iterate: (fn, self, args) => {
    const made = quiet(fn.apply(self, [...args]));
    const isOfIt = typeof fn.prototype === "object" && made instanceof fn;
    const first = quiet(made.next("first"));
    return [isOfIt, Object.prototype.toString.call(made), made[Symbol.iterator]?.() === made, first, [...made]];
  },
  throwInto: (fn, self, args) => {
    const made = quiet(fn.apply(self, [...args]));
    return [made.next(), made.throw("thrown in"), made.return("early"), made.next()].map(quiet);
  },
  forAwait: async (fn, self, args) => {
    const seen: unknown[] = [];
    for await (const each of quiet(fn.apply(self, [...args]))) seen.push(each);
    return seen;
  },
};

/** What is iterated when it is compared is told by its kind: iterating is a use of its own. */
function shownOf(value: unknown): unknown {
  const isIterated = typeof value === "object" && value !== null && ("next" in value || Symbol.asyncIterator in value);
  return isIterated ? [Object.prototype.toString.call(value), Reflect.ownKeys(Object.getPrototypeOf(value))] : value;
}

/** A promise that is used as if it were something else is nobody's to await. */
// biome-ignore lint/suspicious/noExplicitAny: whatever was returned
function quiet(value: any): any {
  if (value instanceof Promise) value.catch(() => undefined);
  return value;
}

async function outcomeOf(use: () => unknown): Promise<unknown> {
  try {
    const returned = use();
    return { returned: await Promise.all([returned].flat()) };
  } catch (thrown) {
    // This message quotes the source.
    const isNoConstructor = thrown instanceof TypeError && thrown.message.endsWith("is not a constructor");
    return { thrown: isNoConstructor ? "is not a constructor" : thrown };
  }
}

const value = fc.oneof(
  fc.anything(),
  fc.constantFrom<unknown>(undefined, null, Number.NaN, new Error("e"), Symbol.for("x")),
);
const plan: fc.Arbitrary<Plan> = fc.record({
  ends: fc.constantFrom("returns" as const, "throws" as const),
  value,
  yields: fc.array(fc.integer(), { maxLength: 4 }),
});

test.for(["observed", "off", "in a job"])(
  "property: a monitored function does what the bare one does, %s",
  async (where) => {
    const { playhead } = observed({ monitoring: { enabled: where !== "off", budget: false } });
    const job = playhead.job({ kind: "test" });
    const within = (use: () => Promise<void>) => (where === "in a job" ? job.create({}).run(use) : use());
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.keys(FORMS)),
        fc.constantFrom(...Object.keys(WAYS)),
        fc.constantFrom(...Object.keys(USES)),
        plan,
        value,
        fc.array(value, { maxLength: 4 }),
        async (form, way, use, given, self, args) => {
          const bare = (FORMS[form] as (plan: Plan) => AnyFunction)(given);
          const monitored = (WAYS[way] as (fn: AnyFunction) => AnyFunction)(bare);
          await within(async () => {
            const [wanted, got] = [bare, monitored].map((fn) => outcomeOf(() => USES[use]?.(fn, self, args)));
            expect(await got).toEqual(await wanted);
          });
        },
      ),
      { numRuns: 400 },
    );
  },
);

test("property: a monitored function looks like the bare one", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.keys(FORMS)),
      fc.constantFrom(...Object.keys(WAYS)),
      plan,
      (form, way, given) => {
        const bare = (FORMS[form] as (plan: Plan) => AnyFunction)(given);
        const monitored = (WAYS[way] as (fn: AnyFunction) => AnyFunction)(bare);
        expect(looksOf(monitored)).toEqual(looksOf(bare));
        expect(monitored.toString()).toContain(form === "bound" ? "[native code]" : "this, args)");
      },
    ),
  );

  function looksOf(fn: AnyFunction): unknown {
    const own = Object.getOwnPropertyDescriptors(fn);
    return { ...own, name: fn.name, length: fn.length, prototype: Object.getPrototypeOf(fn) === Function.prototype };
  }
});

test("what is thrown is the very thing, and what is returned is too", async () => {
  observed();
  const error = new Error("the very one");
  const result = { the: "very one" };
  lazy.calls = 0;
  expect(monitor(() => result)()).toBe(result);
  expect(monitor(() => lazy)()).toBe(lazy);
  expect(lazy.calls).toBe(0);
  const fancy = Fancy.resolve(1);
  expect(monitor(() => fancy)()).toBe(fancy);
  const same = monitor(() => shared);
  expect(same()).toBe(same());
  for (const fail of [
    () => {
      throw error;
    },
    async () => {
      throw error;
    },
  ])
    await expect((async () => monitor(fail as () => unknown)())()).rejects.toBe(error);
});

test("a rejection that nobody handles is still heard of", async () => {
  observed();
  const heard: unknown[] = [];
  const before = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", (reason) => heard.push(reason));
  try {
    void monitor(async () => {
      // biome-ignore lint/style/useThrowOnlyError: anything can be thrown
      throw "one";
    })();
    void monitor(() => Promise.reject("two"))();
    await monitor(() => Promise.reject("three"))().catch(() => undefined);
    await new Promise((resolve) => setImmediate(resolve));
    expect(heard).toEqual(["one", "two"]);
  } finally {
    process.removeAllListeners("unhandledRejection");
    for (const listener of before) process.on("unhandledRejection", listener);
  }
});

test.for([undefined, null, 7, {}, class Made {}])("%s cannot be wrapped", (given) => {
  expect(() => monitor({ name: "x" })(given as never)).toThrow(expect.objectContaining({ code: "validation_error" }));
});
