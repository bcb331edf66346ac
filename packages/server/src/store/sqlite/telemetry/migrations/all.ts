import type { Migration } from "../../migrate.ts";
import { firstTables } from "./0001-first-tables.ts";

/** Every migration of the telemetry database, in order. Once released, one is never edited: what is to change is a new one. */
export const TELEMETRY_MIGRATIONS: readonly Migration[] = [firstTables];
