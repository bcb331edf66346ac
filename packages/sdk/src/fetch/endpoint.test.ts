import fc from "fast-check";
import { expect, test } from "vitest";
import { createNameLimit, endpointOf } from "./endpoint.ts";

test.for([
  { path: "/", expected: "/" },
  { path: "", expected: "/" },
  { path: "/videos", expected: "/videos" },
  { path: "/videos/42", expected: "/videos/:id" },
  { path: "/videos/42.json?key=secret#x", expected: "/videos/:id" },
  { path: "/api/v1/jobs/job_9f86d081884c7d65/tasks", expected: "/api/v1/jobs/:id/tasks" },
  { path: "/u/6f9619ff-8b86-d011-b42d-00c04fc964ff", expected: "/u/:id" },
  { path: "/o/4bf92f3577b34da6a3ce929d0e0e4736/raw", expected: "/o/:id/raw" },
  { path: "/reset/eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.abc", expected: "/reset/:id" },
  { path: "/bucket/2026-11-21/clip.mp4", expected: "/bucket/:id/clip.mp4" },
  { path: "/users/ann@example.com", expected: "/users/:id" },
  { path: "/files/a%20b", expected: "/files/:id" },
  { path: "/chat/completions", expected: "/chat/completions" },
  { path: "/authentication-providers", expected: "/authentication-providers" },
  { path: `/${"x".repeat(61)}`, expected: "/:id" },
  { path: "/a".repeat(14), expected: `${"/a".repeat(12)}/…` },
  { path: "//a//b/", expected: "/a/b" },
])("$path: $expected", ({ path, expected }) => {
  expect(endpointOf("GET", "api.example.com", path)).toBe(`GET api.example.com${expected}`);
});

test("property: no id gets into a name, and paths that differ in ids only have the same", () => {
  const hex = (length: number) =>
    fc
      .string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: length, maxLength: length })
      .filter((digits) => /\d/.test(digits));
  const id = fc.oneof(
    fc.nat().map(String),
    fc.uuid(),
    hex(32),
    hex(16).map((digits) => `job_${digits}`),
    fc.emailAddress().filter((address) => !address.includes("/") && !/[?#]/.test(address)),
    fc.base64String({ minLength: 32, maxLength: 48 }).map((text) => `${text.replace(/[+/=]/g, "-")}1`),
  );
  const word = fc.constantFrom("videos", "api", "v1", "clips", "raw", "search");
  fc.assert(
    fc.property(fc.array(fc.tuple(word, id, id), { minLength: 1, maxLength: 5 }), (parts) => {
      const one = endpointOf("GET", "h", `/${parts.map(([name, first]) => `${name}/${first}`).join("/")}`);
      const other = endpointOf("GET", "h", `/${parts.map(([name, , second]) => `${name}/${second}`).join("/")}`);
      expect(one).toBe(other);
      expect(one).toBe(`GET h/${parts.map(([name]) => `${name}/:id`).join("/")}`);
    }),
  );
});

test("there are only so many names", () => {
  const limited = createNameLimit(2);
  expect(["a", "b", "c", "a", "d"].map((name) => limited(name, "rough"))).toEqual(["a", "b", "rough", "a", "rough"]);
});
