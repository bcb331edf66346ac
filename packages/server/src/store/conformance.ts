import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AlertStore } from "./alert-store.ts";
import { ALERT_CASES } from "./conformance/alert-cases.ts";
import { COMMIT_CASES } from "./conformance/commit-cases.ts";
import { DOCUMENT_CASES } from "./conformance/document-cases.ts";
import { FACT_CASES } from "./conformance/fact-cases.ts";
import { FACT_LOG_CASES } from "./conformance/fact-log-cases.ts";
import { JOB_CASES } from "./conformance/job-cases.ts";
import { LIFETIME_CASES } from "./conformance/lifetime-cases.ts";
import { LIST_CASES } from "./conformance/list-cases.ts";
import { PRUNE_CASES } from "./conformance/prune-cases.ts";
import { type OwnSetup, type StoreCase, sharedSetup } from "./conformance/store-case.ts";
import { TASK_CASES } from "./conformance/task-cases.ts";
import type { Store } from "./store.ts";

/** An engine's store, empty at first, and how a test ends or restarts it. */
export interface OpenedStore {
  readonly store: Store & AlertStore;
  /** Closes what is open, and opens the same data again. */
  reopen(): Promise<Store & AlertStore>;
  /** Closes what is open, and removes the data. */
  cleanup(): Promise<void>;
}

/** Opening a store takes a while where many tests run at once. */
const LIMIT_MS = 60_000;

const SHARED_CASES = {
  facts: FACT_CASES,
  commits: COMMIT_CASES,
  jobs: JOB_CASES,
  lists: LIST_CASES,
  tasks: TASK_CASES,
  documents: DOCUMENT_CASES,
};

/** Everything that {@link Store} promises, as tests that each engine runs. */
export function describeStore(name: string, open: () => Promise<OpenedStore>): void {
  describe(`${name} store`, { timeout: LIMIT_MS }, () => {
    let caseNo = 0;

    for (const [about, cases] of Object.entries(SHARED_CASES)) {
      describe(about, () => {
        let opened: OpenedStore;
        beforeAll(async () => {
          opened = await open();
        }, LIMIT_MS);
        afterAll(() => opened.cleanup(), LIMIT_MS);

        test.each(cases)("$name", async ({ run }) => {
          caseNo += 1;
          await run(sharedSetup(opened.store, expect, caseNo));
        });
      });
    }

    /** For a store of its own. */
    async function runAlone({ run }: StoreCase<OwnSetup>): Promise<void> {
      const { store, reopen, cleanup } = await open();
      caseNo += 1;
      try {
        await run({ ...sharedSetup(store, expect, caseNo), reopen });
      } finally {
        await cleanup();
      }
    }

    describe("alerts", () => {
      test.each(ALERT_CASES)("$name", runAlone);
    });

    describe("the log of facts", () => {
      test.each(FACT_LOG_CASES)("$name", runAlone);
    });

    describe("retention", () => {
      test.each(PRUNE_CASES)("$name", runAlone);
    });

    describe("lifetime", () => {
      test.each(LIFETIME_CASES)("$name", runAlone);

      test("names the history of each new database differently", async () => {
        const both = await Promise.all([open(), open()]);
        expect(both[0].store.epoch).not.toBe(both[1].store.epoch);
        for (const { cleanup } of both) await cleanup();
      });
    });
  });
}
