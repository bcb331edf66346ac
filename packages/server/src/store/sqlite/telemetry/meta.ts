import type { DatabaseSync } from "node:sqlite";
import { prepareChange, prepareRow } from "../connection.ts";

/** Unless a database says otherwise. */
const BLOCK_SIZE = 1_024;

/** What a telemetry database goes by. */
export interface Meta {
  /** Entries to a block: for good. */
  readonly block_size: number;
  /** Zone of the rollups; none in a new database. */
  readonly time_zone: string | null;
  /** The rollups have all entries up to this id. */
  readonly rolled_up_to: number;
  /** Before it, rollups of minutes are let go. */
  readonly minutes_from: number;
}

/** Reads one of them. */
export function prepareReadMeta(db: DatabaseSync): <Key extends keyof Meta>(key: Key) => Meta[Key] {
  const select = prepareRow<[string | number]>(db, "SELECT value FROM meta WHERE key = ?");
  const initial: Meta = {
    block_size: BLOCK_SIZE,
    time_zone: null,
    rolled_up_to: 0,
    minutes_from: Number.MIN_SAFE_INTEGER,
  };
  return <Key extends keyof Meta>(key: Key) => (select(key)?.[0] ?? initial[key]) as Meta[Key];
}

/** Writes one of them, within a transaction. */
export function prepareWriteMeta(db: DatabaseSync): <Key extends keyof Meta>(key: Key, value: Meta[Key]) => void {
  const put = prepareChange(db, "REPLACE INTO meta (key, value) VALUES (?, ?)");
  return (key, value) => void put(key, value);
}
