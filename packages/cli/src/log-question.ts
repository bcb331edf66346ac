import { EXECUTION_CATEGORIES, LOG_EVENT_TYPES, LOG_LEVELS } from "@playhead/core";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Question } from "./readings.ts";

/** A range of time, as it was typed. */
export interface RangeFlags {
  readonly from?: string;
  readonly to?: string;
  readonly since?: number;
}

/** What is asked of the log, as it was typed. */
export interface LogFlags extends RangeFlags {
  readonly level?: string;
  readonly type?: readonly string[];
  readonly job?: string;
  readonly task?: string;
  readonly session?: string;
  readonly trace?: string;
  readonly function?: string;
  readonly category?: string;
  readonly logger?: string;
  readonly user?: string;
  readonly stage?: string;
  readonly search?: string;
  readonly field?: readonly string[];
  readonly over?: string;
}

const UNITS_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Adds the options that say from when on, and until when. */
export function addRangeOptions(command: Command): Command {
  return command
    .option("--since <duration>", "from so long ago on, such as 90s, 15m, 2h or 7d", durationMs)
    .option("--from <time>", "from this time on, ISO 8601", time)
    .option("--to <time>", "before this time", time);
}

/** The same as moments; undefined where nothing was said. */
export function rangeQuestion({ from, to, since }: RangeFlags, nowMs: number) {
  return { from: from ?? (since === undefined ? undefined : new Date(nowMs - since).toISOString()), to };
}

/** Adds the options that filter entries. */
export function addLogOptions(command: Command): Command {
  return addRangeOptions(command)
    .addOption(new Option("--level <level>", "this level and what is worse").choices(LOG_LEVELS))
    .addOption(new Option("--type <types...>", "only these").choices(LOG_EVENT_TYPES))
    .option("--job <id>", "of this job")
    .option("--task <id>", "of this task")
    .option("--session <id>", "of this job or worker")
    .option("--trace <id>", "of this trace")
    .option("--function <name>", "of this function")
    .addOption(new Option("--category <category>", "of calls of this sort").choices(EXECUTION_CATEGORIES))
    .option("--logger <name>", "of this logger")
    .option("--user <id>", "of this user")
    .option("--stage <name>", "of this stage")
    .option("--search <words>", 'with all of these words; "a phrase", begin*')
    .option("--field <pairs...>", "where metadata has NAME=VALUE")
    .option("--over <ms>", "calls that took longer than so many milliseconds");
}

/** The same as parameters of the API. */
export function logQuestion(flags: LogFlags, nowMs: number): Question {
  const asked = {
    ...rangeQuestion(flags, nowMs),
    level: flags.level,
    event_type: flags.type,
    job_id: flags.job,
    task_id: flags.task,
    session_id: flags.session,
    trace_id: flags.trace,
    function: flags.function,
    category: flags.category,
    logger: flags.logger,
    user_id: flags.user,
    stage: flags.stage,
    q: flags.search,
    field: flags.field,
    duration_over: flags.over,
  };
  return Object.fromEntries(Object.entries(asked).filter((pair): pair is [string, string] => pair[1] !== undefined));
}

/** How many milliseconds a duration such as `90s`, `15m`, `2h` or `7d` is. */
export function durationMs(text: string): number {
  const [, count, unit] = /^(\d+)([smhd])$/.exec(text) ?? [];
  if (count === undefined) throw new InvalidArgumentError("Expected a duration such as 90s, 15m, 2h or 7d.");
  return Number(count) * UNITS_MS[unit as keyof typeof UNITS_MS];
}

function time(text: string): string {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new InvalidArgumentError("Expected a time such as 2026-11-21T10:42:00Z.");
  return new Date(ms).toISOString();
}
