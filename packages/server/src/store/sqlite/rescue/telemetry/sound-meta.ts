import type { DatabaseSync } from "node:sqlite";
import { createCalendar } from "../../../calendar.ts";
import type { Meta } from "../../telemetry/meta.ts";

/** Beyond these nothing of ours has ever been. */
const MAX_BLOCK_SIZE = 1_048_576;

const SOUND: { readonly [Key in keyof Meta]: (value: unknown) => boolean } = {
  block_size: (value) => Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= MAX_BLOCK_SIZE,
  time_zone: (value) => typeof value === "string" && isZone(value),
  rolled_up_to: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
  minutes_from: (value) => Number.isSafeInteger(value),
};

/** What a telemetry database goes by, as far as it can be; what is missing is as in a new one, or lost. */
export function readSoundMeta(db: DatabaseSync): { readonly meta: Partial<Meta>; readonly unsound: readonly string[] } {
  // Reading what is larger than a number can be would throw.
  const value = "iif(typeof(value) = 'integer' AND abs(value / 2) > ?, NULL, value)";
  const rows = db.prepare(`SELECT key, ${value} AS value FROM meta`).all(Number.MAX_SAFE_INTEGER / 2);
  const unsound = rows.filter(({ key, value }) => SOUND[key as keyof Meta]?.(value) !== true);
  const meta = Object.fromEntries(rows.filter((row) => !unsound.includes(row)).map(({ key, value }) => [key, value]));
  return { meta, unsound: unsound.map(({ key }) => String(key)) };
}

/** Whether a row is one of `meta`'s: its table looks like that of sources. */
export function isMetaKey(key: unknown): boolean {
  return typeof key === "string" && Object.hasOwn(SOUND, key);
}

function isZone(name: string): boolean {
  try {
    createCalendar(name);
    return true;
  } catch {
    // The name of none.
    return false;
  }
}
