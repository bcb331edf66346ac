/** The value, so that whoever writes to it, or into a Map in it, throws. */
export function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  if (value instanceof Map) {
    for (const each of value.values()) deepFreeze(each);
    const refuse = () => {
      throw new Error("expected a frozen Map to be left alone");
    };
    Object.assign(value, { set: refuse, delete: refuse, clear: refuse });
  }
  for (const each of Object.values(value)) deepFreeze(each);
  return Object.freeze(value);
}
