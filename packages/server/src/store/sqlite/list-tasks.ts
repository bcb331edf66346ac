import type { TasksQuery } from "../store.ts";
import type { TextPage } from "./list-jobs.ts";
import { build, type RunQuery } from "./query-builder.ts";
import { taskRowRange } from "./task-row-id.ts";

/** A page of a job's tasks, in the order in which they came to be. */
export function listTasks(run: RunQuery, jobNo: number, { parentId, states, limit, after }: TasksQuery): TextPage {
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
  const rows = run(select);
  const page = rows.slice(0, limit);
  const lastRow = page.at(-1);
  return {
    items: page.map(({ task }) => task),
    next: rows.length > limit && lastRow !== undefined ? { value: lastRow.id, id: "" } : null,
  };
}
