import { PlayheadError } from "@playhead/core";
import { monitor } from "./monitor.ts";

/** What of an object is recorded, and how it is called. */
export interface MonitorObjectOptions {
  /** What its methods' names begin with. @defaultValue the name of its class; of a module, nothing */
  readonly name?: string;
  /** Members that are not recorded. */
  readonly except?: readonly string[];
}

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;

/** Each object's other self, and the other self's too. */
const others = new WeakMap<object, object>();

/**
 * A module or a client whose methods are recorded as {@link monitor} records functions: all of them, inherited ones too.
 *
 * It is an object beside the given one, which stays as it is; both share all state. No Proxy: the methods run with the
 * given object as `this`, so that private fields and internal slots are there, and so do getters and setters, which are
 * not recorded. A method that returns its `this` returns the recorded one, so that chains stay recorded. Classes and
 * values that are no functions are what they were. What methods call on `this` is not recorded again.
 *
 * @throws PlayheadError `validation_error` when it is no object
 */
export function monitorObject<Target extends object>(target: Target, options: MonitorObjectOptions = {}): Target {
  if (typeof target !== "object" || target === null) {
    throw new PlayheadError("validation_error", `expected an object, got ${target === null ? "null" : typeof target}`, {
      hint: "for a function there is monitor()",
    });
  }
  const known = others.get(target);
  if (known !== undefined) return known as Target;
  const twin: object = Object.create(Object.getPrototypeOf(target));
  others.set(target, twin);
  others.set(twin, twin);
  const name = options.name ?? className(target);
  const except = new Set<PropertyKey>(["constructor", ...(options.except ?? [])]);
  const shown = createShown({ target, twin, name, except });
  for (const [owner, key, descriptor] of membersOf(target)) {
    if (key === "constructor" && owner !== target) continue;
    Object.defineProperty(twin, key, faceOf(target, key, descriptor, owner === target, shown));
  }
  return twin as Target;
}

interface Twin {
  readonly target: object;
  readonly twin: object;
  readonly name: string;
  readonly except: ReadonlySet<PropertyKey>;
}

/** A member's value as the twin shows it: a function with the target as its `this`, once for each function. */
function createShown({ target, twin, name, except }: Twin): (key: PropertyKey, value: unknown) => unknown {
  const faces = new WeakMap<AnyFunction, unknown>();
  return (key, value) => {
    if (typeof value !== "function" || isClass(value)) return value;
    const method = value as AnyFunction;
    const known = faces.get(method);
    if (known !== undefined) return known;
    const onTarget: AnyFunction = function (...args) {
      if (new.target !== undefined) return Reflect.construct(method, args, new.target);
      const result = Reflect.apply(method, this === twin ? target : this, args);
      return result === target ? twin : result;
    };
    copyLooks(method, onTarget);
    const isRecorded = typeof key === "string" && !except.has(key);
    const face = isRecorded ? monitor(onTarget, { name: name === "" ? key : `${name}.${key}` }) : onTarget;
    if (isRecorded) copyLooks(method, face);
    faces.set(method, face);
    return face;
  };
}

/** The twin's property that stands for one of the target's. Values are looked up each time, since they may change. */
function faceOf(
  target: object,
  key: PropertyKey,
  descriptor: PropertyDescriptor,
  isOwn: boolean,
  shown: (key: PropertyKey, value: unknown) => unknown,
): PropertyDescriptor {
  const isAccessor = descriptor.get !== undefined || descriptor.set !== undefined;
  const canSet = isAccessor ? descriptor.set !== undefined : descriptor.writable === true;
  return {
    configurable: true,
    enumerable: isOwn && descriptor.enumerable === true,
    ...(!(isAccessor && descriptor.get === undefined) && {
      get: isAccessor ? () => Reflect.get(target, key) : () => shown(key, Reflect.get(target, key)),
    }),
    // An assignment, since that throws where the bare one does.
    ...(canSet && {
      set(value: unknown) {
        (target as Record<PropertyKey, unknown>)[key] = value;
      },
    }),
  };
}

/** The target's own members, then those it inherits and has not overridden; not those that every object has. */
function* membersOf(target: object): Generator<readonly [owner: object, key: PropertyKey, PropertyDescriptor]> {
  const seen = new Set<PropertyKey>();
  for (let owner: object | null = target; owner !== null && owner !== Object.prototype; ) {
    for (const key of Reflect.ownKeys(owner)) {
      const descriptor = Reflect.getOwnPropertyDescriptor(owner, key);
      if (seen.has(key) || descriptor === undefined) continue;
      seen.add(key);
      yield [owner, key, descriptor];
    }
    owner = Reflect.getPrototypeOf(owner);
  }
}

/** Classes, and functions that are used as such: to call them is not what they are for. */
function isClass(value: object): boolean {
  const prototype = Reflect.getOwnPropertyDescriptor(value, "prototype");
  if (prototype === undefined) return false;
  if (prototype.writable === false) return true;
  const made: unknown = prototype.value;
  return typeof made === "object" && made !== null && Reflect.ownKeys(made).some((key) => key !== "constructor");
}

const OF_ITS_OWN: ReadonlySet<PropertyKey> = new Set(["prototype", "arguments", "caller"]);

/** Name, length, and whatever else was hung on a function. */
function copyLooks(from: object, to: object): void {
  for (const key of Reflect.ownKeys(from)) {
    if (OF_ITS_OWN.has(key)) continue;
    const descriptor = Reflect.getOwnPropertyDescriptor(from, key);
    if (descriptor !== undefined) Reflect.defineProperty(to, key, descriptor);
  }
}

function className(target: object): string {
  const made: unknown = Reflect.getPrototypeOf(target)?.constructor;
  return typeof made === "function" && made !== Object ? made.name : "";
}
