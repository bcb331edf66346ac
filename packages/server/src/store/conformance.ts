import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { COMMIT_CASES } from "./conformance/commit-cases.ts";
import { DOCUMENT_CASES } from "./conformance/document-cases.ts";
import { FACT_CASES } from "./conformance/fact-cases.ts";
import { JOB_CASES } from "./conformance/job-cases.ts";
import { LIFETIME_CASES } from "./conformance/lifetime-cases.ts";
import { LIST_CASES } from "./conformance/list-cases.ts";
import { sharedSetup } from "./conformance/store-case.ts";
import { TASK_CASES } from "./conformance/task-cases.ts";
import type { Store } from "./store.ts";

/** An engine's store, empty at first, and how a test ends or restarts it. */
export interface OpenedStore {
  readonly store: Store;
  /** Closes what is open, and opens the same data again. */
  reopen(): Promise<Store>;
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

    describe("lifetime", () => {
      test.each(LIFETIME_CASES)("$name", async ({ run }) => {
        const { store, reopen, cleanup } = await open();
        caseNo += 1;
        try {
          await run({ ...sharedSetup(store, expect, caseNo), reopen });
        } finally {
          await cleanup();
        }
      });

      test("names the history of each new database differently", async () => {
        const both = await Promise.all([open(), open()]);
        expect(both[0].store.epoch).not.toBe(both[1].store.epoch);
        for (const { cleanup } of both) await cleanup();
      });
    });
  });
}
