import { expect, test } from "vitest";
import { correlationIdOf } from "./correlation-id.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";

test.each([
  `00-${TRACE}-${SPAN}-01`,
  `00-${TRACE}-${SPAN}-00`,
  `01-${TRACE}-${SPAN}-01`,
  `cc-${TRACE}-${SPAN}-01-more`,
])("%s brings its trace id", (traceparent) => {
  expect(correlationIdOf({ traceparent })).toBe(TRACE);
});

test.each([
  undefined,
  "",
  TRACE,
  `00-${"0".repeat(32)}-${SPAN}-01`,
  `00-${TRACE}-${"0".repeat(16)}-01`,
  `ff-${TRACE}-${SPAN}-01`,
  `00-${TRACE}-${SPAN}-01-more`,
  `00-${TRACE.toUpperCase()}-${SPAN}-01`,
  `00-${TRACE}-${SPAN}-01\r\nx: y`,
])("%j brings none: a new one is made, each time another", (traceparent) => {
  const headers = traceparent === undefined ? {} : { traceparent };
  const ids = [correlationIdOf(headers), correlationIdOf(headers)];
  for (const id of ids) expect(id).toMatch(/^(?!0{32})[0-9a-f]{32}$/);
  expect(ids).not.toContain(TRACE);
  expect(ids[0]).not.toBe(ids[1]);
});
