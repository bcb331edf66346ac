import { type SqlBool, sql } from "kysely";
import type { TasksQuery } from "../store.ts";
import type { TextPage } from "./list-jobs.ts";
import { build, type RunQuery } from "./query-builder.ts";
import { taskRowRange } from "./task-row-id.ts";

/** A page of a job's tasks, in the order in which they came to be. */
export function listTasks(run: RunQuery, jobNo: number, query: TasksQuery): TextPage {
  const { parentId, states, kinds, named, limit, after } = query;
  const [first, last] = taskRowRange(jobNo);
  let select = build
    .selectFrom("tasks")
    .select(["id", "task"])
    .where("id", ">", after === undefined ? first - 1 : Number(after.value))
    .where("id", "<=", last)
    .orderBy("id")
    .limit(limit + 1);
  if (parentId === null) select = select.where("parent_id", "is", null);
  else if (parentId !== undefined) select = select.where("parent_id", "=", parentId);
  if (states !== undefined) select = select.where("state", "in", states);
  // Looked for in the rows of one job, which are read in order anyway.
  if (kinds !== undefined) select = select.where(sql<string>`tasks.task ->> '$.kind'`, "in", kinds);
  if (named !== undefined) {
    select = select.where(sql<SqlBool>`${named} in (tasks.task ->> '$.task_id', tasks.task ->> '$.fields.id')`);
  }
  const rows = run(select);
  const page = rows.slice(0, limit);
  const lastRow = page.at(-1);
  return {
    items: page.map(({ task }) => task),
    next: rows.length > limit && lastRow !== undefined ? { value: lastRow.id, id: "" } : null,
  };
}
