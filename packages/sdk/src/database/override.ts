/** A method, whatever it takes. */
// biome-ignore lint/suspicious/noExplicitAny: any method at all
export type Method = (this: any, ...args: any[]) => any;

/**
 * Gives an object its own version of a method, made from the one it has: named as that one, and as little seen. Does
 * nothing where there is no such method.
 */
export function override(target: object, name: string, make: (original: Method) => Method): void {
  const original: unknown = Reflect.get(target, name);
  if (typeof original !== "function") return;
  const own = make(original as Method);
  for (const key of ["name", "length"] as const)
    Object.defineProperty(own, key, { value: original[key], configurable: true });
  Reflect.defineProperty(target, name, { value: own, writable: true, configurable: true, enumerable: false });
}
