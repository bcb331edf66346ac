/** What each function has of its own kind, and cannot be given. */
const OF_ITS_OWN: ReadonlySet<PropertyKey> = new Set(["arguments", "caller"]);

/**
 * Makes one function look like another: name, length, prototype, and whatever else was hung on it by then. What is left
 * is its source: `toString()` shows the one that is called. @returns the function that was changed
 */
export function copyLooks<Fn extends object>(from: object, to: Fn): Fn {
  const prototype = Reflect.getPrototypeOf(from);
  if (prototype !== Reflect.getPrototypeOf(to)) Reflect.setPrototypeOf(to, prototype);
  for (const key of Reflect.ownKeys(from)) {
    if (OF_ITS_OWN.has(key)) continue;
    const descriptor = Reflect.getOwnPropertyDescriptor(from, key);
    if (descriptor !== undefined) Reflect.defineProperty(to, key, descriptor);
  }
  return to;
}
