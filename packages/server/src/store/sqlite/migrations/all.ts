import type { Migration } from "../migrate.ts";
import { firstTables } from "./0001-first-tables.ts";
import { documents } from "./0002-documents.ts";
import { noLogs } from "./0003-no-logs.ts";
import { retention } from "./0004-retention.ts";

/** Every migration there is, in order. Once released, one is never edited: what is to change is a new one. */
export const MIGRATIONS: readonly Migration[] = [firstTables, documents, noLogs, retention];
