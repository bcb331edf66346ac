import fs from "node:fs";
import { describe, expect, expectTypeOf, test } from "vitest";
import { readTable } from "../test-support/markdown.ts";
import { EVENT_TYPES } from "./event.ts";
import type { EventOf } from "./event-data.ts";
import type { Artifact } from "./job.ts";
import type { JobState } from "./job-state.ts";
import { NO_PROGRESS } from "./progress-fields.ts";

const PAGE = fs.readFileSync(new URL("../../../docs/events.md", import.meta.url), "utf8");
const SOURCE = fs.readFileSync(new URL("event-data.ts", import.meta.url), "utf8");

/** `name` or `name?` of each field that a type is declared with. */
function declaredFields(head: string): readonly string[] {
  const start = SOURCE.indexOf(`${head} {`);
  const block = SOURCE.slice(start, SOURCE.indexOf("}", start));
  return [...block.matchAll(/readonly (\w+\??):/g)].map(([, field]) => field ?? "");
}

const documentedFields = (heading: string) =>
  readTable(PAGE, heading).map(({ key, cells }) => (cells[0]?.value.endsWith(", optional") ? `${key}?` : key));

describe("the types of events' data are those of docs/events.md", () => {
  test.each(Object.keys(EVENT_TYPES).filter((type) => type !== "job.progress"))("%s", (type) => {
    const head = type === "log" ? "  log:" : `  "${type}":`;
    expect(declaredFields(head)).toEqual(documentedFields(type));
  });

  test("what any event about a task may carry", () => {
    expect(declaredFields("export interface TaskEventData")).toEqual(documentedFields("Fields of a task's events"));
  });

  test("job.progress", () => {
    expect(Object.keys(NO_PROGRESS).toSorted()).toEqual(documentedFields("job.progress").toSorted());
  });
});

test("the type of an event tells what its data holds", () => {
  const look = (event: EventOf) => {
    if (event.type === "clip.uploaded") expectTypeOf(event.data.artifact).toEqualTypeOf<Artifact>();
    if (event.type === "job.state_changed") expectTypeOf(event.data.new_state).toEqualTypeOf<JobState>();
    if (event.type === "task.started") expectTypeOf(event.data.percent_complete).toEqualTypeOf<number | undefined>();
    return event.type;
  };
  expectTypeOf(look).parameter(0).not.toBeAny();
});
