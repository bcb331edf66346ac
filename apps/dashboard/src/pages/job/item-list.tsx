import { formatDuration, formatSize } from "@playhead/client/format";
import type { Job, Task } from "@playhead/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef } from "react";
import { lookOfTask, StateMark } from "../../ui/state-mark.tsx";
import { formatMoment } from "../../ui/times.ts";
import { nameOfTask, parentName, standingOf, trackFigure } from "./track-words.ts";
import { workedMs } from "./tracks.ts";

export interface ItemListProps {
  readonly job: Job;
  /** How many pieces of work there are in all, in hand or not. */
  readonly tasksTotal: number;
  readonly nowMs: number;
}

const ROW_PX = 32;

/** What the job makes, item by item. */
export function ItemList({ job, tasksTotal, nowMs }: ItemListProps) {
  const items = itemsOf(job);
  const scroller = useRef<HTMLElement>(null);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 10,
  });
  const before = virtual.getVirtualItems()[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (virtual.getVirtualItems().at(-1)?.end ?? 0);
  return (
    <section
      ref={scroller}
      className="max-h-[36rem] overflow-auto overscroll-contain pt-2"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
      tabIndex={0}
      aria-label="Items"
    >
      <table className="w-full border-collapse text-left text-13">
        <thead className="sticky top-0 z-10 bg-page text-12 text-faint">
          <tr className="h-8">
            <th scope="col" className="w-2/5 font-normal desk:w-1/4">
              Item
            </th>
            <th scope="col" className="w-1/4 pl-3 font-normal max-desk:hidden">
              Part of
            </th>
            <th scope="col" className="pl-3 font-normal">
              State
            </th>
            <th scope="col" className="pl-3 text-right font-normal">
              Progress
            </th>
            <th scope="col" className="pl-3 text-right font-normal max-desk:hidden">
              Started
            </th>
            <th scope="col" className="pl-3 text-right font-normal">
              Size
            </th>
          </tr>
        </thead>
        <tbody>
          {before > 0 && <tr style={{ height: before }} />}
          {virtual.getVirtualItems().map(({ index }) => {
            const task = items[index];
            return task === undefined ? null : <ItemRow key={task.task_id} task={task} job={job} nowMs={nowMs} />;
          })}
          {after > 0 && <tr style={{ height: after }} />}
        </tbody>
      </table>
      {tasksTotal > job.tasks.size && (
        <p className="py-2 text-12 text-faint">
          {job.tasks.size} of {tasksTotal} are shown: those at work, those that come next, and the newest of the rest.
        </p>
      )}
    </section>
  );
}

/** The deliverables or, where a job has none, its leaves. */
export function itemsOf(job: Pick<Job, "tasks">): readonly Task[] {
  const all = [...job.tasks.values()];
  const deliverables = all.filter(({ kind }) => kind === "clip" || kind === "video");
  return deliverables.length > 0 ? deliverables : all.filter(({ child_count }) => child_count === 0);
}

function ItemRow({ task, job, nowMs }: { readonly task: Task; readonly job: Job; readonly nowMs: number }) {
  const sizeBytes = task.artifacts.reduce((sum, { size_bytes }) => sum + (size_bytes ?? 0), 0);
  const tookMs = workedMs(task, nowMs);
  return (
    <tr className="h-8 border-t border-line">
      <th scope="row" className="max-w-0 min-w-28 truncate font-normal">
        {nameOfTask(task)}
      </th>
      <td className="max-w-0 truncate pl-3 text-soft max-desk:hidden">{parentName(job, task)}</td>
      <td className="pl-3 whitespace-nowrap text-soft">
        <span className="flex items-center gap-2">
          <StateMark shape={lookOfTask(task, job).shape} />
          {standingOf(task, job)}
        </span>
      </td>
      <td className="pl-3 text-right font-mono text-12 whitespace-nowrap text-soft">
        {task.state === "processing" || tookMs === null ? trackFigure(task, nowMs) : formatDuration(tookMs)}
      </td>
      <td className="pl-3 text-right font-mono text-12 whitespace-nowrap text-faint max-desk:hidden">
        {task.started_at === null ? "" : formatMoment(Date.parse(task.started_at), nowMs)}
      </td>
      <td className="pl-3 text-right font-mono text-12 whitespace-nowrap text-soft">
        {sizeBytes > 0 ? formatSize(sizeBytes) : ""}
      </td>
    </tr>
  );
}
