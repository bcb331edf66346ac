import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ENTRY_CASES } from "./telemetry-conformance/entry-cases.ts";
import { FILTER_CASES } from "./telemetry-conformance/filter-cases.ts";
import { KEEPING_CASES } from "./telemetry-conformance/keeping-cases.ts";
import { RANGE_CASES } from "./telemetry-conformance/range-cases.ts";
import { rollupCases } from "./telemetry-conformance/rollup-cases.ts";
import { RUNNING_CASES } from "./telemetry-conformance/running-cases.ts";
import type { TelemetryStore } from "./telemetry-store.ts";

/** An engine's telemetry store, empty at first, and how a test ends or restarts it. */
export interface OpenedTelemetry {
  readonly store: TelemetryStore;
  /** Closes what is open, and opens the same data again, in the same zone or another. */
  reopen(options?: { readonly timeZone: string }): Promise<TelemetryStore>;
  /** Closes what is open, and removes the data. */
  cleanup(): Promise<void>;
}

/** Opening a store takes a while where many tests run at once. */
const LIMIT_MS = 120_000;

/** Of another zone, another store; all but rollups is tried in the first alone. */
const TIME_ZONES = ["Europe/Rome", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"];

/** Everything that {@link TelemetryStore} promises, as tests that each engine runs. */
export function describeTelemetry(
  name: string,
  open: (options: { readonly timeZone: string }) => Promise<OpenedTelemetry>,
): void {
  describe(`${name} telemetry store`, { timeout: LIMIT_MS }, () => {
    let caseNo = 0;

    for (const [place, timeZone] of TIME_ZONES.entries()) {
      describe(`in ${timeZone}`, () => {
        let opened: OpenedTelemetry;
        beforeAll(async () => {
          opened = await open({ timeZone });
        }, LIMIT_MS);
        afterAll(() => opened.cleanup(), LIMIT_MS);

        const others = place === 0 ? [...ENTRY_CASES, ...FILTER_CASES, ...RANGE_CASES, ...RUNNING_CASES] : [];
        test.each([...others, ...rollupCases(timeZone)])("$name", async ({ run }) => {
          caseNo += 1;
          await run({ store: opened.store, expect, tenantId: `tenant_${caseNo}` });
        });
      });
    }

    describe("over time", () => {
      test.each(KEEPING_CASES)("$name", async ({ run }) => {
        const { store, reopen, cleanup } = await open({ timeZone: "Europe/Rome" });
        caseNo += 1;
        try {
          await run({ store, reopen, expect, tenantId: `tenant_${caseNo}` });
        } finally {
          await cleanup();
        }
      });
    });
  });
}
