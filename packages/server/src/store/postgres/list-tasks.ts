import type { Task } from "@playhead/core";
import type { Page, TasksQuery } from "../store.ts";
import { columnText } from "./column-text.ts";
import { build } from "./list-tables.ts";
import type { PostgresDatabase } from "./postgres-database.ts";

/** A page of a job's tasks, in the order in which they came to be. */
export async function listTasks(database: PostgresDatabase, query: TasksQuery): Promise<Page<Task>> {
  const { states, kinds, limit } = query;
  // SQL has no empty list.
  if (states?.length === 0 || kinds?.length === 0) return { items: [], next: null };
  const rows = await database.run(tasksQuery(query));
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(({ task }): Task => JSON.parse(task)),
    next: rows.length > limit && last !== undefined ? { value: last.place, id: "" } : null,
  };
}

/** The tasks of a page, and one more where there is another page. */
function tasksQuery({ jobId, parentId, states, kinds, named, limit, after }: TasksQuery) {
  let select = build
    .selectFrom("tasks")
    .select(["place", "task"])
    .where("job_no", "=", (query) => query.selectFrom("jobs").select("jobs.job_no").where("jobs.job_id", "=", jobId))
    .orderBy("place")
    .limit(limit + 1);
  if (after !== undefined) select = select.where("place", ">", Number(after.value));
  if (parentId === null) select = select.where("parent_id", "is", null);
  else if (parentId !== undefined) select = select.where("parent_id", "=", columnText(parentId));
  if (states !== undefined) select = select.where("state", "in", states);
  if (kinds !== undefined) select = select.where("kind", "in", kinds.map(columnText));
  if (named !== undefined) {
    const name = columnText(named);
    select = select.where(({ eb, or }) => or([eb("task_id", "=", name), eb("fields_id", "=", name)]));
  }
  return select;
}
