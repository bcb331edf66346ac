import * as path from "node:path";
import fc from "fast-check";
import { describe, expect, expectTypeOf, onTestFinished, test } from "vitest";
import { setCurrentObserver } from "../observe/observer.ts";
import { setup } from "../testing/setup.ts";
import { monitorObject } from "./monitor-object.ts";

/** Records all calls until the test has finished. @returns their names and what they failed with, in the order of their ends */
function recorded() {
  const { playhead, engine, clock } = setup();
  onTestFinished(setCurrentObserver(playhead.observer));
  onTestFinished(async () => {
    const closing = playhead.close();
    await clock.advance(1_000);
    await closing;
  });
  return async () => {
    await clock.advance(1_000);
    return engine.observations.flatMap(({ type, data }) =>
      type === "function.completed" || type === "function.failed"
        ? [[data.name, data.category, data.error?.class]]
        : [],
    );
  };
}

class Base {
  protected calls = 0;
  inherited(by: number): number {
    this.calls += by;
    return this.calls;
  }
}

/** All that makes wrapping hard. */
class Client extends Base {
  static made = 0;
  #secret = 1;
  limit = 3;
  readonly tags = new Map<string, number>();
  callback = (by: number): number => by + this.#secret;

  get secret(): number {
    return this.#secret;
  }
  set secret(value: number) {
    if (value > 100) throw new RangeError(`${value} is too much`);
    this.#secret = value;
  }
  bump(by = 1): this {
    this.#secret += by;
    return this;
  }
  both(by: number): number {
    return this.bump(by).inherited(by) + this.limit;
  }
  fail(): never {
    throw new TypeError("no");
  }
  async later(by: number): Promise<number> {
    await null;
    return this.bump(by).secret;
  }
  async reject(): Promise<never> {
    throw new TypeError("not now");
  }
  *count(to: number): Generator<number> {
    for (let n = 0; n < to; n += 1) yield n + this.#secret;
  }
  [Symbol.toPrimitive](): number {
    return this.#secret;
  }
  get [Symbol.toStringTag](): string {
    return `Client ${this.#secret}`;
  }
}

type Use = (client: Client) => unknown;

const uses: Readonly<Record<string, (n: number) => Use>> = {
  read: () => (client) => client.secret,
  write: (n) => (client) => {
    client.secret = n;
  },
  limit: (n) => (client) => {
    client.limit = n;
  },
  bump: (n) => (client) => client.bump(n).bump().secret,
  chain: (n) => (client) => client.bump(n) === client,
  both: (n) => (client) => client.both(n),
  inherited: (n) => (client) => client.inherited(n),
  callback: (n) => (client) => client.callback(n),
  swap: (n) => (client) => {
    client.callback = (by) => by * n;
  },
  fail: () => (client) => client.fail(),
  later: (n) => (client) => client.later(n),
  reject: () => (client) => client.reject(),
  count: (n) => (client) => [...client.count(n % 5)],
  map: (n) => (client) => client.tags.set(String(n), n).size,
  number: () => (client) => Number(client),
  tag: () => (client) => String(Object.prototype.toString.call(client)),
  keys: () => (client) => [Object.keys(client), "secret" in client, client instanceof Client, client.constructor.name],
  looks: () => (client) => [client.both.name, client.both.length, client.bump.length, client.callback.name],
  foreign: (n) => (client) => client.inherited.call({ calls: n } as unknown as Client, 1),
};

async function outcomeOf(use: Use, client: Client): Promise<unknown> {
  try {
    return { value: await use(client) };
  } catch (error) {
    return { thrown: String(error) };
  }
}

test("property: whatever is done with it, it is as the bare one", async () => {
  recorded();
  const step = fc.tuple(fc.constantFrom(...Object.keys(uses)), fc.nat(120));
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const bare = new Client();
      const inner = new Client();
      const monitored = monitorObject(inner);
      for (const [name, n] of steps) {
        const use = uses[name]?.(n) as Use;
        expect([name, await outcomeOf(use, monitored)]).toEqual([name, await outcomeOf(use, bare)]);
        expect([name, inner.secret, inner.limit]).toEqual([name, bare.secret, bare.limit]);
      }
    }),
  );
});

test("each call by its owner is recorded once, under the class's name; what a method calls on `this` is not", async () => {
  const calls = recorded();
  const client = monitorObject(new Client());
  client.both(1);
  client.callback(1);
  await client.later(1);
  expect(() => client.fail()).toThrow(TypeError);
  await expect(client.reject()).rejects.toThrow("not now");
  client.bump().bump();
  expect(client.secret + client.limit + client.tags.size).toBeGreaterThan(0);
  expect(await calls()).toEqual([
    ["Client.both", "function", undefined],
    ["Client.callback", "function", undefined],
    ["Client.later", "function", undefined],
    ["Client.fail", "function", "TypeError"],
    ["Client.reject", "function", "TypeError"],
    ["Client.bump", "function", undefined],
    ["Client.bump", "function", undefined],
  ]);
});

test("a module: functions recorded under their own names, values and classes as they are", async () => {
  const calls = recorded();
  const monitored = monitorObject(path, { name: "path", except: ["sep", "basename"] });
  expectTypeOf(monitored).toEqualTypeOf<typeof path>();
  expect(monitored.join("a", "b")).toBe(path.join("a", "b"));
  expect(monitored.basename("a/b")).toBe("b");
  expect(monitored.sep).toBe(path.sep);
  expect(await calls()).toEqual([["path.join", "function", undefined]]);
  expect(Object.keys(monitored)).toEqual(Object.keys(path));
});

test("a namespace with classes, old and new, and a function that carries more", () => {
  recorded();
  function Old(this: { x: number }): void {
    this.x = 1;
  }
  Old.prototype.get = () => 1;
  const run = Object.assign(() => 1, { defaults: { retries: 2 } });
  const module = Object.freeze({ Client, Old, Map, run, nothing: undefined });
  const monitored = monitorObject(module);
  expect([monitored.Client, monitored.Old, monitored.Map]).toEqual([Client, Old, Map]);
  expect(monitored.run).not.toBe(run);
  expect(monitored.run).toBe(monitored.run);
  expect(monitored.run.defaults).toBe(run.defaults);
  expect(monitored.run()).toBe(1);
  expect(() => {
    (monitored as { run: unknown }).run = 1;
  }).toThrow(TypeError);
});

test("no getter is called by wrapping; what is only written stays that", () => {
  const target = {
    get odd(): number {
      throw new Error("not asked for");
    },
    set only(_value: number) {},
  };
  const monitored = monitorObject(target);
  expect(() => monitored.odd).toThrow("not asked for");
  expect(monitored.only).toBeUndefined();
  monitored.only = 2;
});

describe("twice, and not at all", () => {
  test("the same object gives the same, and so does the recorded one", () => {
    const client = new Client();
    const monitored = monitorObject(client);
    expect(monitorObject(client)).toBe(monitored);
    expect(monitorObject(monitored)).toBe(monitored);
  });

  test.for([null, undefined, 1, "x", () => 1, Client])("%s is no object", (value) => {
    expect(() => monitorObject(value as object)).toThrow(expect.objectContaining({ code: "validation_error" }));
  });
});
