import { setImmediate as othersTurn } from "node:timers/promises";
import { PlayheadError } from "@playhead/core";
import { expect, test, vi } from "vitest";
import { logRecord, logsOf, span, TRACE, tracesOf } from "../../../test/otlp-spans.ts";
import { openReading } from "../reading/reading-service.ts";
import { createTakeRequest } from "./take-request.ts";

/** Requests are read for real; what the store makes of each part is up to the test. */
function setup() {
  const reading = openReading();
  const handed: { readonly items: number; readonly stored: PromiseWithResolvers<void> }[] = [];
  const forgotten: string[] = [];
  const take = createTakeRequest({
    reader: { read: async (request) => reading.read(request), next: async () => reading.next() },
    takeSpans: async () => async (part) => ({ plans: [], observed: part.items.map(({ observed }) => observed) }),
    takeLogs: async (_, part) => ({ plans: [], observed: part.items.map(({ observed }) => observed) }),
    async hand(_tenantId, _service, { observed }) {
      const stored = Promise.withResolvers<void>();
      handed.push({ items: observed.length, stored });
      return { refused: [], stored: stored.promise };
    },
    forget: (_, traceId) => forgotten.push(traceId),
    inTurn: (work) => work(),
  });
  const send = (signal: "traces" | "logs", request: object) =>
    take("default", { signal, encoding: "json", body: Buffer.from(JSON.stringify(request)) });
  return { send, handed, forgotten };
}

const thousand = tracesOf(Array.from({ length: 1_000 }, (_, at) => span(at + 1)));

test("no more than two slices of a request wait for the store", async () => {
  const { send, handed } = setup();
  const taken = send("traces", thousand);
  for (let stored = 0; stored < 4; stored += 1) {
    await vi.waitFor(() => expect(handed).toHaveLength(Math.min(4, stored + 2)));
    for (let turn = 0; turn < 5; turn += 1) await othersTurn();
    expect(handed).toHaveLength(Math.min(4, stored + 2));
    handed[stored]?.stored.resolve();
  }
  expect(await taken).toBeNull();
  expect(handed.reduce((sum, { items }) => sum + items, 0)).toBe(1_000);
});

test("what could not be stored is forgotten, and taken when it comes again", async () => {
  const { send, handed, forgotten } = setup();
  const failed = send("traces", thousand);
  await vi.waitFor(() => expect(handed).toHaveLength(2));
  handed[0]?.stored.reject(new PlayheadError("service_unavailable", "no"));
  await expect(failed).rejects.toMatchObject({ code: "service_unavailable" });
  expect(forgotten).toEqual([TRACE]);
});

test("log records that come again are known, once they are stored", async () => {
  const { send, handed } = setup();
  const records = logsOf([logRecord("one"), logRecord("two")]);
  const failed = send("logs", records);
  await vi.waitFor(() => expect(handed).toHaveLength(1));
  handed[0]?.stored.reject(new PlayheadError("service_unavailable", "no"));
  await expect(failed).rejects.toThrow("no");
  const taken = send("logs", records);
  await vi.waitFor(() => expect(handed).toHaveLength(2));
  handed[1]?.stored.resolve();
  expect(await taken).toBeNull();
  expect(await send("logs", records)).toBeNull();
  expect(handed.map(({ items }) => items)).toEqual([2, 2]);
});
