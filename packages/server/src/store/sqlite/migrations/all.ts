import type { Migration } from "../migrate.ts";
import { firstTables } from "./0001-first-tables.ts";
import { documents } from "./0002-documents.ts";
import { livenessReason } from "./0003-liveness-reason.ts";
import { noLogs } from "./0004-no-logs.ts";
import { retention } from "./0005-retention.ts";
import { alerts } from "./0006-alerts.ts";

/** Every migration there is, in order. Once released, one is never edited: what is to change is a new one. */
export const MIGRATIONS: readonly Migration[] = [firstTables, documents, livenessReason, noLogs, retention, alerts];
