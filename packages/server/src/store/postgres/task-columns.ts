import type { JsonValue, Task } from "@playhead/core";
import type { JobProjection } from "../store.ts";
import { columnText, columnTextOrNull } from "./column-text.ts";
import type { JobHeads } from "./job-heads.ts";

/** The columns of the tasks that projections tell of, each once and as it was told last; null when there are none. */
export function taskColumns(projections: readonly JobProjection[], heads: JobHeads): readonly unknown[] | null {
  const [jobNos, places, ids, parents]: [number[], number[], string[], (string | null)[]] = [[], [], [], []];
  const [states, kinds, fieldsIds, texts]: [string[], string[], (string | null)[], string[]] = [[], [], [], []];
  for (const { job, tasks } of projections) {
    if (tasks.length === 0) continue;
    const head = heads.get(job.job_id);
    for (const task of lastOfEach(tasks)) {
      jobNos.push(head.jobNo);
      places.push(head.nextPlace);
      ids.push(columnText(task.task_id));
      parents.push(columnTextOrNull(task.parent_id));
      states.push(task.state);
      kinds.push(columnText(task.kind));
      fieldsIds.push(textOrNull(task.fields.id));
      texts.push(JSON.stringify(task));
      head.nextPlace += 1;
    }
  }
  return jobNos.length === 0 ? null : [jobNos, places, ids, parents, states, kinds, fieldsIds, texts];
}

/** In the order in which they were told of first. */
function lastOfEach(tasks: readonly Task[]): Iterable<Task> {
  return new Map(tasks.map((task) => [task.task_id, task])).values();
}

function textOrNull(value: JsonValue | undefined): string | null {
  return typeof value === "string" ? columnText(value) : null;
}
