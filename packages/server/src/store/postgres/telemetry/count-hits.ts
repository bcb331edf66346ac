import { LOG_EVENT_TYPES, LOG_LEVELS, type LogFilter } from "@playhead/core";
import { columnText } from "../column-text.ts";
import type { Session } from "../postgres-database.ts";
import { IS_WANTED, IS_WITHIN, type Look, lookValues } from "./look.ts";

const COUNT = `SELECT count(*) FROM playhead.entries WHERE ${IS_WANTED} AND ${IS_WITHIN}`;
/** Told by the index of times alone, which is gone through: quicker than to visit the rows, where many match. */
const COUNT_PLAIN = `SELECT count(*) FROM playhead.entries
  WHERE level = ANY($1::smallint[]) AND tenant_id = $2 AND event_type = ANY($3::smallint[]) AND ${IS_WITHIN}`;

const PLAIN_KEYS: readonly string[] = ["tenant_id", "range", "levels", "event_types"] satisfies (keyof LogFilter)[];
/** Of these there are few. */
const RARE_LEVELS: readonly string[] = ["error", "critical"];

/** How many there are; only of what the indexes alone can tell. */
export async function countHits(session: Session, look: Omit<Look, "order">): Promise<number> {
  const { filter, days, fromMs, toMs } = look;
  const isRare = filter.levels?.every((level) => RARE_LEVELS.includes(level)) ?? false;
  const isPlain = Object.keys(filter).every((key) => PLAIN_KEYS.includes(key));
  const { rows } =
    isPlain && !isRare
      ? await session.query<{ count: number }>(COUNT_PLAIN, [...plainValues(filter), days, fromMs, toMs])
      : await session.query<{ count: number }>(COUNT, lookValues(look));
  return (rows[0] as { count: number }).count;
}

/** Places in core's lists: of all where the filter names none. */
function plainValues({ tenant_id, levels = LOG_LEVELS, event_types: types = LOG_EVENT_TYPES }: LogFilter): unknown[] {
  return [
    levels.map((level) => LOG_LEVELS.indexOf(level)),
    columnText(tenant_id),
    types.map((type) => LOG_EVENT_TYPES.indexOf(type)),
  ];
}
