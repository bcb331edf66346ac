import fc from "fast-check";
import { expect, test } from "vitest";
import { decodePageToken, encodePageToken } from "./page-token.ts";

const value = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constant(null),
);

test("a token brings back where a page ended, whatever stood there", () => {
  fc.assert(
    fc.property(value, fc.string({ unit: "binary" }), (sortValue, id) => {
      const token = encodePageToken({ value: sortValue, id }) as string;
      expect(token).toMatch(/^[\w-]*$/);
      const decoded = JSON.parse(JSON.stringify(decodePageToken(token)));
      expect(decoded).toEqual(JSON.parse(JSON.stringify({ value: sortValue, id })));
    }),
  );
});

test("the last page has no token", () => {
  expect(encodePageToken(null)).toBeNull();
});

const tokenOf = (content: unknown) => Buffer.from(JSON.stringify(content)).toString("base64url");

test.each([
  "",
  "x",
  "%%%",
  tokenOf(null),
  tokenOf(7),
  tokenOf({}),
  tokenOf([]),
  tokenOf(["a"]),
  tokenOf([{}, "a"]),
  tokenOf(["a", 7]),
])("%j was not given by us", (token) => {
  expect(() => decodePageToken(token)).toThrow(expect.objectContaining({ code: "invalid_request" }));
});

test("whatever a client makes up is a cursor or refused", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json().map((text) => Buffer.from(text).toString("base64url")),
      ),
      (token) => {
        try {
          expect(typeof decodePageToken(token).id).toBe("string");
        } catch (error) {
          expect(error).toMatchObject({ code: "invalid_request" });
        }
      },
    ),
  );
});
