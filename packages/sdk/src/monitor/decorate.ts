import { types } from "node:util";
import { PlayheadError } from "@playhead/core";
import { type FindOwner, type Recording, wrap } from "./wrap.ts";
import type { AnyFunction } from "./wrapped.ts";

/** What a decorator is given beside the value, of whatever kind: a part of TC39's context. */
export interface MemberContext {
  readonly kind: string;
  readonly name: string | symbol;
  readonly static?: boolean;
  readonly private?: boolean;
}

interface Accessor {
  readonly get: AnyFunction;
  readonly set: AnyFunction;
}

/** Whether a decorator is called by the language, and not a wrapper by the user. */
export function isMemberContext(value: unknown): value is MemberContext {
  return (
    typeof value === "object" && value !== null && "kind" in value && typeof value.kind === "string" && "name" in value
  );
}

/**
 * What takes the place of a decorated member. Of an `accessor` both ways are recorded; of a field, the function that it
 * is given at first.
 *
 * @throws PlayheadError `validation_error` for a class
 */
export function decorateMember(value: unknown, context: MemberContext, wanted: Recording): unknown {
  const wrapMember = (fn: AnyFunction) => wrap(fn, wanted, findOwnerOf(context));
  switch (context.kind) {
    case "method":
    case "getter":
    case "setter":
      return wrapMember(value as AnyFunction);
    case "accessor": {
      const { get, set } = value as Accessor;
      return { get: wrapMember(get), set: wrapMember(set) };
    }
    case "field":
      return (initial: unknown) => (typeof initial === "function" ? wrapMember(initial as AnyFunction) : initial);
    default:
      throw new PlayheadError("validation_error", `expected a method, an accessor or a field, got a ${context.kind}`, {
        hint: "decorate the class's methods, or give what it makes to monitorObject()",
      });
  }
}

/** The class that has the member: the one in the chain of `this` that has this very function; else that of `this`. */
function findOwnerOf(context: MemberContext): FindOwner {
  return (self, wrapper) => {
    if ((typeof self !== "object" && typeof self !== "function") || self === null || types.isProxy(self)) return null;
    if (context.static === true) return ownName(self);
    for (
      let owner: object | null = self;
      owner !== null && !types.isProxy(owner);
      owner = Reflect.getPrototypeOf(owner)
    ) {
      const member = Reflect.getOwnPropertyDescriptor(owner, context.name);
      if (member?.value === wrapper || member?.get === wrapper || member?.set === wrapper) return className(owner);
    }
    const prototype = Reflect.getPrototypeOf(self);
    return prototype === null ? null : className(prototype);
  };
}

function className(prototype: object): string | null {
  const made: unknown = Reflect.getOwnPropertyDescriptor(prototype, "constructor")?.value;
  return typeof made === "function" ? ownName(made) : null;
}

function ownName(made: object): string | null {
  const name: unknown = Reflect.getOwnPropertyDescriptor(made, "name")?.value;
  return typeof name === "string" && name !== "" ? name : null;
}
