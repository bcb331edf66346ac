import { MIGRATIONS } from "../migrations/all.ts";
import { TELEMETRY_MIGRATIONS } from "../telemetry/migrations/all.ts";
import { TELEMETRY_DATABASE as TELEMETRY_FILE } from "../telemetry/open-telemetry.ts";
import { checkFacts } from "./check-facts.ts";
import type { DatabaseKind } from "./database-kind.ts";
import { rebuildFacts } from "./rebuild-facts.ts";
import { checkTelemetry } from "./telemetry/check-telemetry.ts";
import { rebuildTelemetry } from "./telemetry/rebuild-telemetry.ts";
import { isMetaKey } from "./telemetry/sound-meta.ts";

/** Has the epoch and the facts. */
export const FACTS_DATABASE: DatabaseKind = {
  fileName: "playhead.db",
  migrations: MIGRATIONS,
  takenUnowned: new Set(["event_types", "jobs", "job_projections", "tasks", "facts"]),
  isTypical: () => true,
  beforeMigration:
    "DELETE FROM job_projections WHERE NOT json_valid(summary); DELETE FROM tasks WHERE NOT json_valid(task)",
  check: checkFacts,
  rebuild: (options) => ({ replay: rebuildFacts(options), telemetry: null }),
};

/** Has what is observed beside facts. */
const TELEMETRY_DATABASE: DatabaseKind = {
  fileName: TELEMETRY_FILE,
  migrations: TELEMETRY_MIGRATIONS,
  // What was let go because it was old is let go again; calls that have ended are told by their entries.
  takenUnowned: new Set(["meta", "entries", "running", "series", "rollups", "samples"]),
  // An index of running calls looks like sources, and a position that is too high would have reports passed over.
  isTypical: (table, [key]) => (table === "meta" ? isMetaKey(key) : table !== "sources"),
  beforeMigration: "",
  check: checkTelemetry,
  rebuild: (options) => ({ replay: null, telemetry: rebuildTelemetry(options) }),
};

/**
 * All of them, in the order in which they are copied: facts last, so that no entry tells of a job that is not there.
 */
export const DATABASES: readonly DatabaseKind[] = [TELEMETRY_DATABASE, FACTS_DATABASE];
