import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodePageToken, encodePageToken, markOfQuery } from "./page-token.ts";

const MARK = markOfQuery("jobs", "default", { sort: "title" });

const value = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constant(null),
);

test("a token brings back where a page ended, whatever stood there", () => {
  fc.assert(
    fc.property(value, fc.string({ unit: "binary" }), (sortValue, id) => {
      const token = encodePageToken({ value: sortValue, id }, MARK) as string;
      expect(token).toMatch(/^[\w-]*$/);
      const decoded = JSON.parse(JSON.stringify(decodePageToken(token, MARK)));
      expect(decoded).toEqual(JSON.parse(JSON.stringify({ value: sortValue, id })));
    }),
  );
});

test("the last page has no token", () => {
  expect(encodePageToken(null, MARK)).toBeNull();
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
  tokenOf(["a", "b"]),
  tokenOf(["a", "b", 7]),
  tokenOf([["a"], "b", "c"]),
])("%j was not given by us", (token) => {
  expect(() => decodePageToken(token, MARK)).toThrow(expect.objectContaining({ code: "invalid_request" }));
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
          expect(typeof decodePageToken(token, MARK).id).toBe("string");
        } catch (error) {
          expect(error).toMatchObject({ code: "invalid_request" });
        }
      },
    ),
  );
});

describe("a token is of one query", () => {
  const query = { sort: "title", order: "asc", state: ["running", "failed"] };

  test("whatever the size of the page, and the token before", () => {
    const mark = markOfQuery("jobs", "default", query);
    expect(markOfQuery("jobs", "default", { ...query, page_size: 10, page_token: "x", kind: undefined })).toBe(mark);
    expect(markOfQuery("jobs", "default", { state: query.state, order: "asc", sort: "title" })).toBe(mark);
  });

  test.each([
    ["another order", markOfQuery("jobs", "default", { ...query, order: "desc" })],
    ["another sort", markOfQuery("jobs", "default", { ...query, sort: "created_at" })],
    ["another filter", markOfQuery("jobs", "default", { ...query, state: ["running"] })],
    ["one filter more", markOfQuery("jobs", "default", { ...query, kind: ["clips"] })],
    ["another list", markOfQuery("tasks of j", "default", query)],
    ["another tenant", markOfQuery("jobs", "other", query)],
  ])("%s refuses it, and says so", (_, other) => {
    const token = encodePageToken({ value: "a", id: "b" }, markOfQuery("jobs", "default", query)) as string;
    expect(() => decodePageToken(token, other)).toThrow(
      expect.objectContaining({ code: "invalid_request", message: expect.stringContaining("another") }),
    );
  });
});
