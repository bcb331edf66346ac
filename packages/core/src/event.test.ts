import fs from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyHistory } from "../test-support/legal-history.ts";
import { readSection, readTable } from "../test-support/markdown.ts";
import { EVENT_TYPES, type EventType, isEventType, type PlayheadEvent, SERVER_EVENTS } from "./event.ts";
import type { JsonObject } from "./json.ts";
import { parseRecord } from "./parse-record.ts";
import { NO_PROGRESS } from "./progress-fields.ts";

const PAGE = fs.readFileSync(new URL("../../../docs/events.md", import.meta.url), "utf8");
const TYPES = Object.keys(EVENT_TYPES) as EventType[];
const CLASS_WORDS = { fact: "fact", tick: "tick", both: "fact or tick", log: "log" } as const;
const ENVELOPE = ["type", "ts", "job_id", "seq", "tick", "n", "correlation_id", "data"];

interface Field {
  readonly name: string;
  readonly type: string;
  readonly optional: boolean;
}

interface Entry {
  readonly eventClass: string;
  readonly senders: string;
  readonly fields: readonly Field[];
  readonly example: PlayheadEvent;
}

function fieldsUnder(heading: string): readonly Field[] {
  return readTable(PAGE, heading).map(({ key, cells }) => {
    const type = cells[0]?.value ?? "";
    return { name: key, type: type.replace(", optional", ""), optional: type.endsWith(", optional") };
  });
}

function entryOf(type: string): Entry {
  const section = readSection(PAGE, type);
  const [, eventClass = "", senders = ""] = /\*([a-z ]+); ([a-z ]+)\.\*/.exec(section) ?? [];
  const [, json = "null"] = /```json\n([\s\S]+?)```/.exec(section) ?? [];
  return { eventClass, senders, fields: fieldsUnder(type), example: JSON.parse(json) };
}

const COMMON = fieldsUnder("Fields of a task's events");

/** The fields that an event of a type may have: those of its entry, which hold, and those of all task events. */
function fieldsOf(type: EventType): readonly Field[] {
  const own = entryOf(type).fields;
  const common = EVENT_TYPES[type].subject === "task" ? COMMON : [];
  return [...own, ...common.filter(({ name }) => !own.some((field) => field.name === name))];
}

function isOfType(value: unknown, word: string): boolean {
  if (word === "null") return value === null;
  if (word === "list") return Array.isArray(value);
  if (word === "object") return typeof value === "object" && value !== null && !Array.isArray(value);
  if (word === "time") return typeof value === "string" && new Date(value).toISOString() === value;
  return ["string", "number", "boolean"].includes(word) && typeof value === word;
}

function faultsOf(data: JsonObject, fields: readonly Field[]): readonly string[] {
  const unknown = Object.keys(data).filter((name) => !fields.some((field) => field.name === name));
  const wrong = fields.filter(({ name, type, optional }) =>
    data[name] === undefined ? !optional : !type.split(" or ").some((word) => isOfType(data[name], word)),
  );
  return [
    ...unknown.map((name) => `${name} is not documented`),
    ...wrong.map(({ name }) => `${name} is wrong or missing`),
  ];
}

describe("the table of events", () => {
  test("I32: docs/events.md has every type once, and no other", () => {
    const headings = [...PAGE.matchAll(/^### `(.+)`$/gm)].map(([, type]) => type as string);
    expect(headings.toSorted()).toEqual(TYPES.toSorted());
  });

  test.each(TYPES)("I32: the entry of %s says its class and sender, and its example holds what it says", (type) => {
    const { eventClass, senders, example, fields } = entryOf(type);
    expect(eventClass).toBe(CLASS_WORDS[EVENT_TYPES[type].class]);
    expect(["worker", "server", "worker or server"]).toContain(senders);
    expect(fields.length).toBeGreaterThan(0);
    expect(example.type).toBe(type);
    expect(ENVELOPE).toEqual(expect.arrayContaining(Object.keys(example)));
    expect(isOfType(example.ts, "time")).toBe(true);
    if (eventClass === "log") expect(example).not.toHaveProperty("seq");
    else expect(example.seq).toBeGreaterThan(0);
    if (eventClass === "fact") expect(example.tick).toBeUndefined();
    if (eventClass === "tick") expect(example.tick).toBeGreaterThan(0);
    expect(faultsOf(example.data, fieldsOf(type))).toEqual([]);
    if (!SERVER_EVENTS.has(type)) expect(parseRecord(example).data).toEqual(example.data);
  });

  test("I32: the page has each field of a job's progress", () => {
    expect(entryOf("job.progress").fields.map(({ name }) => name)).toEqual(Object.keys(NO_PROGRESS));
  });

  test("I32: what the server says by itself over any history has the documented fields", () => {
    const made: ReadonlySet<EventType> = new Set([
      "job.state_changed",
      "job.progress",
      "session.started",
      "session.completed",
    ]);
    const fields = new Map([...made].map((type) => [type, fieldsOf(type)]));
    fc.assert(
      fc.property(anyHistory(60), (events) => {
        for (const { type, data } of events) {
          if (made.has(type)) expect(faultsOf(data, fields.get(type) ?? [])).toEqual([]);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("a word is a type only when it is in the table", () => {
    expect(TYPES.every(isEventType)).toBe(true);
    expect(["", "job", "job.exploded", "toString", "__proto__", 7, null, undefined].some(isEventType)).toBe(false);
  });
});
