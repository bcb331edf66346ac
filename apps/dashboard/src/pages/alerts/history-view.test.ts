import { expect, test } from "vitest";
import { historyQuery, readHistoryView, writeHistoryView } from "./history-view.ts";

const NOW = Date.parse("2026-11-21T14:00:00.000Z");

test.each([
  { address: "", query: {} },
  { address: "level=critical", query: { level: ["critical"] } },
  {
    address: "level=error&state=resolved&rule=r+1&since=24h",
    query: { level: ["error"], state: ["resolved"], rule_id: "r 1", from: "2026-11-20T14:00:00.000Z" },
  },
])("?$address is kept, and asked of the server", ({ address, query }) => {
  const view = readHistoryView(new URLSearchParams(address));
  expect(writeHistoryView(view).toString()).toBe(address);
  expect(historyQuery(view, NOW)).toEqual(query);
});

test("what an address says that there is not is left out", () => {
  const view = readHistoryView(new URLSearchParams("level=loud&state=gone&since=ever&rule=&colour=red"));
  expect(view).toEqual({ level: null, state: null, rule: null, since: null });
});
