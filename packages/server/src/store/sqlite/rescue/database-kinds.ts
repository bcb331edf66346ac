import { MIGRATIONS } from "../migrations/all.ts";
import { checkFacts } from "./check-facts.ts";
import type { DatabaseKind } from "./database-kind.ts";
import { rebuildFacts } from "./rebuild-facts.ts";

/** Has the epoch and the facts. */
export const FACTS_DATABASE: DatabaseKind = {
  fileName: "playhead.db",
  migrations: MIGRATIONS,
  appendOnly: new Set(["event_types", "jobs", "job_projections", "tasks", "facts"]),
  beforeMigration:
    "DELETE FROM job_projections WHERE NOT json_valid(summary); DELETE FROM tasks WHERE NOT json_valid(task)",
  check: checkFacts,
  rebuild: rebuildFacts,
};

/** Has what is observed beside facts. */
const TELEMETRY_DATABASE: DatabaseKind = {
  fileName: "telemetry.sqlite",
  migrations: null,
  appendOnly: new Set(),
  beforeMigration: null,
  check: () => [],
  rebuild: null,
};

/**
 * All of them, in the order in which they are copied: facts last, so that no entry tells of a job that is not there.
 */
export const DATABASES: readonly DatabaseKind[] = [TELEMETRY_DATABASE, FACTS_DATABASE];
