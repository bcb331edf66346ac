import fc from "fast-check";
import { expect, test } from "vitest";
import { readSimpleRequest, splitAddress } from "./socket-address.ts";

test.each([
  { url: undefined, path: "/", query: "" },
  { url: "/", path: "/", query: "" },
  { url: "/ws?job_id=a&token=b", path: "/ws", query: "job_id=a&token=b" },
  { url: "//", path: "//", query: "" },
  { url: "/?a=b?c=d", path: "/", query: "a=b%3Fc%3Dd" },
])("$url is split into path and query", ({ url, path, query }) => {
  const split = splitAddress(url);
  expect([split.path, split.query.toString()]).toEqual([path, query]);
});

test("no address makes it throw: it is read before anyone is asked who they are", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (url) => {
      readSimpleRequest(splitAddress(`/${url}`).query);
    }),
  );
});

test.each([
  { query: "job_id=j1", request: { jobId: "j1", since: null } },
  { query: "job_id=j1&after=0", request: { jobId: "j1", since: { after: 0 } } },
  { query: "job_id=j1&after=88&token=x", request: { jobId: "j1", since: { after: 88 } } },
  {
    query: "job_id=j1&last_event_timestamp=2026-11-21T10:42:00.000Z",
    request: { jobId: "j1", since: { afterMs: Date.parse("2026-11-21T10:42:00.000Z") } },
  },
  {
    query: "job_id=j1&last_event_timestamp=2026-11-21T12:42:00%2B02:00",
    request: { jobId: "j1", since: { afterMs: Date.parse("2026-11-21T10:42:00.000Z") } },
  },
])("$query asks for $request", ({ query, request }) => {
  expect(readSimpleRequest(new URLSearchParams(query))).toEqual(request);
});

test.each([
  "",
  "job_id=",
  "job_id=..%2F..",
  "job_id=j&after=-1",
  "job_id=j&after=1.5",
  "job_id=j&after=x",
  "job_id=j&after=",
  "job_id=j&last_event_timestamp=",
  "job_id=j&last_event_timestamp=yesterday",
  "job_id=j&last_event_timestamp=12",
])("%s is refused with what is expected", (query) => {
  expect(readSimpleRequest(new URLSearchParams(query))).toMatch(/^expected /);
});
