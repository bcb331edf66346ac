import { types } from "node:util";
import type { Wrapped } from "./wrapped.ts";

const thenOf = Promise.prototype.then;
const nothing = () => undefined;

/**
 * Whether it is a promise and nothing more: its end can be awaited without anyone noticing. What has a `then` of its own
 * may do its work only when that is called, and what is more than a promise must stay what it is.
 */
export function isPromise(value: unknown): value is Promise<unknown> {
  return (
    typeof value === "object" &&
    types.isPromise(value) &&
    Object.getPrototypeOf(value) === Promise.prototype &&
    !hasNames(value)
  );
}

function hasNames(value: object): boolean {
  for (const _ in value) return true;
  return Object.hasOwn(value, "then") || Object.hasOwn(value, "constructor");
}

/** For the promises of functions that may return the same one again. */
const followers = new WeakMap<Promise<unknown>, Promise<unknown>>();

/**
 * A promise that ends as the given one does, once its end is recorded. Not the given one: that would then be one that
 * someone awaits, and nobody would hear any more of a rejection that the program forgets. For the same promise it is the
 * same one again.
 *
 * @param onValue returns what it is given; `onError` throws it
 */
export function following(
  { kind }: Pick<Wrapped, "kind">,
  promise: Promise<unknown>,
  onValue: (value: unknown) => unknown,
  onError: (error: unknown) => never,
): Promise<unknown> {
  const follower: Promise<unknown> = thenOf.call(promise, onValue, onError);
  // What an async function returns is a new one each time.
  if (kind !== "plain") return follower;
  const first = followers.get(promise);
  if (first === undefined) {
    followers.set(promise, follower);
    return follower;
  }
  // Whether anyone handles a rejection is between the program and the first one.
  thenOf.call(follower, undefined, nothing);
  return first;
}
