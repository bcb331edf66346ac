import type { Migration } from "../migrate.ts";
import { lease } from "./0001-lease.ts";
import { facts } from "./0002-facts.ts";
import { telemetry } from "./0010-telemetry.ts";
import { alerts } from "./0011-alerts.ts";

/** Every migration there is, in order. Once released, one is never edited: what is to change is a new one. */
export const MIGRATIONS: readonly Migration[] = [lease, facts, telemetry, alerts];
