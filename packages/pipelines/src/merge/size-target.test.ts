import { expect, test } from "vitest";
import type { Frame } from "./choose-frame.ts";
import { lowerRates, ratesFor, type SizeRequest } from "./size-target.ts";

const HD: Frame = { size: { width: 1280, height: 720 }, rate: { text: "25", perSec: 25 }, channels: 2 };
const SILENT: Frame = { ...HD, channels: 0 };
const bytesOf = ({ videoKbps, audioKbps }: { videoKbps: number; audioKbps: number }, durationSec: number) =>
  ((videoKbps + audioKbps) * 1_000 * durationSec) / 8;

test.each([
  { name: "a minute in 10 MB", maxBytes: 10_000_000, durationSec: 60, frame: HD },
  { name: "an hour in 100 MB", maxBytes: 100_000_000, durationSec: 3_600, frame: HD },
  { name: "a silent minute in 1 MB", maxBytes: 1_000_000, durationSec: 60, frame: SILENT },
])("$name: all of it is used, and a little is left", (request) => {
  const bytes = bytesOf(ratesFor(request), request.durationSec);
  expect(bytes).toBeLessThan(request.maxBytes * 0.98);
  expect(bytes).toBeGreaterThan(request.maxBytes * 0.85);
});

test("sound has a share, within what is worth having", () => {
  const audioKbps = (maxBytes: number) => ratesFor({ maxBytes, durationSec: 60, frame: HD }).audioKbps;
  expect([audioKbps(100_000_000), audioKbps(3_000_000), audioKbps(100_000)]).toEqual([128, 57, 24]);
  expect(ratesFor({ maxBytes: 1_000_000, durationSec: 60, frame: SILENT }).audioKbps).toBe(0);
});

test("what is more than enough is not used up, what is too little is as low as it goes", () => {
  expect(ratesFor({ maxBytes: 1_000_000_000, durationSec: 10, frame: HD }).videoKbps).toBe(5_760);
  expect(ratesFor({ maxBytes: 1, durationSec: 60, frame: HD })).toEqual({ videoKbps: 8, audioKbps: 24 });
});

test("what came out too large is tried with less, until there is no less", () => {
  const request: SizeRequest = { maxBytes: 1_000_000, durationSec: 60, frame: HD };
  const rates = ratesFor(request);
  const lower = lowerRates(rates, 1_200_000, request);
  expect(bytesOf(lower ?? rates, 60)).toBeLessThan(bytesOf(rates, 60) - 200_000);
  expect(lowerRates({ videoKbps: 8, audioKbps: 24 }, 1_200_000, request)).toBeNull();
});
