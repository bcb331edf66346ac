import { expect, test } from "vitest";
import { errorDetails } from "./error-details.ts";

class UploadError extends Error {
  readonly code = "E_UPLOAD";
}

test("an error has its class, message, code, stack, and the chain of its causes", () => {
  const root = new TypeError("no route");
  const details = errorDetails(new UploadError("not sent", { cause: new Error("middle", { cause: root }) }));
  expect(details).toMatchObject({ class: "UploadError", message: "not sent", code: "E_UPLOAD" });
  expect(details.stack).toContain("error-details.test.ts");
  expect(details.causes?.map(({ class: kind, message }) => [kind, message])).toEqual([
    ["Error", "middle"],
    ["TypeError", "no route"],
  ]);
});

test("an aggregate tells its first errors, whatever they are", () => {
  const errors = [new RangeError("one"), "two", null, { message: "three" }, 4, 5, 6, 7];
  const details = errorDetails(new AggregateError(errors, "many"));
  expect(details.errors?.map(({ class: kind, message }) => [kind, message])).toEqual([
    ["RangeError", "one"],
    ["string", "two"],
    ["Object", "three"],
    ["number", "4"],
  ]);
});

test("errors that refer to one another are told once", () => {
  const one = new Error("one");
  const two = new Error("two", { cause: one });
  one.cause = two;
  const many = new AggregateError([one, two], "many", { cause: one });
  expect(JSON.stringify(errorDetails(many)).match(/"message":"one"/g)).toHaveLength(1);
});

test("what is large is cut, and what is secret is taken out, also of the stack and of causes", () => {
  const error = new Error(`GET https://u:hunter2@host/?token=hunter2 ${"x".repeat(100_000)}`, {
    cause: new Error("password=hunter2"),
  });
  const text = JSON.stringify(errorDetails(error));
  expect(text).not.toContain("hunter2");
  expect(text.length).toBeLessThan(12_000);
});

test.for<{ readonly thrown: unknown; readonly kind: string; readonly message: string }>([
  { thrown: "text", kind: "string", message: "text" },
  { thrown: undefined, kind: "undefined", message: "" },
  { thrown: null, kind: "null", message: "" },
  { thrown: Symbol("s"), kind: "symbol", message: "Symbol(s)" },
  { thrown: { message: "m", password: "x" }, kind: "Object", message: "m" },
  { thrown: new Proxy(new Error("x"), {}), kind: "Proxy", message: "" },
  { thrown: Object.assign(new Error("renamed"), { name: "AbortError" }), kind: "AbortError", message: "renamed" },
  {
    thrown: Object.defineProperty(new Error("x"), "message", {
      get() {
        throw new Error("no");
      },
    }),
    kind: "Error",
    message: "",
  },
])("of $kind that is thrown $message is told", ({ thrown, kind, message }) => {
  expect(errorDetails(thrown)).toMatchObject({ class: kind, message });
});
