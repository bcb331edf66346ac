import type { ExpectStatic } from "vitest";
import type { AlertStore } from "../alert-store.ts";
import type { Store } from "../store.ts";
import { createJobScript, type JobScript, type JobScriptOptions } from "./job-script.ts";

/** A store under test that other cases use, too: each case keeps to a tenant and jobs of its own. */
export interface SharedSetup {
  readonly store: Store & AlertStore;
  readonly expect: ExpectStatic;
  readonly tenantId: string;
  /** A job of this case; the name is part of its id. */
  job(name?: string, options?: Partial<JobScriptOptions>): JobScript;
}

/** A store for one case alone, which may close it. */
export interface OwnSetup extends SharedSetup {
  /** Closes the store, if it is not, and opens it again. */
  reopen(): Promise<Store & AlertStore>;
}

/** One thing that a store must do. */
export interface StoreCase<Setup> {
  readonly name: string;
  readonly run: (setup: Setup) => Promise<void>;
}

/** What a case is given, but for the way to open its store again. */
export function sharedSetup(store: Store & AlertStore, expect: ExpectStatic, caseNo: number): SharedSetup {
  const tenantId = `tenant_${caseNo}`;
  const job: SharedSetup["job"] = (name = "job", options = {}) =>
    createJobScript({ jobId: `${name}-${caseNo}`, tenantId, ...options });
  return { store, expect, tenantId, job };
}
