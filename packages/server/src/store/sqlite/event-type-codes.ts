import type { DatabaseSync } from "node:sqlite";
import { type EventType, isEventType, PlayheadError } from "@playhead/core";
import { inTransaction } from "./connection.ts";

/**
 * The code by which a database knows each event type, in the order of `names`; new types get one.
 * @param file names the database in messages
 * @throws PlayheadError `data_newer` when it holds a type that we do not know, and so could not fold
 */
export function assignTypeCodes(db: DatabaseSync, names: readonly EventType[], file: string): readonly number[] {
  const insert = db.prepare("INSERT OR IGNORE INTO event_types (name) VALUES (?)");
  inTransaction(db, "BEGIN IMMEDIATE", () => {
    for (const name of names) insert.run(name);
  });
  const codes = new Map([...readTypeNames(db, file)].map(([code, name]) => [name, code]));
  return names.map((name) => codes.get(name) as number);
}

/** The event type of each code. @throws PlayheadError `data_newer`, as above */
export function readTypeNames(db: DatabaseSync, file: string): ReadonlyMap<number, EventType> {
  const names = new Map<number, EventType>();
  for (const { code, name } of db.prepare("SELECT code, name FROM event_types").all()) {
    if (!isEventType(name)) {
      throw new PlayheadError(
        "data_newer",
        `${file} was written by a newer Playhead (it holds events of type ${String(name)})`,
        {
          hint: "update Playhead, or choose another data folder",
        },
      );
    }
    names.set(Number(code), name);
  }
  return names;
}
