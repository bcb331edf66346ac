import type { Task } from "@playhead/core";
import { lookOfStep } from "../../ui/step-words.ts";
import { segmentsOf } from "./tracks.ts";

/** A piece of work as a strip: as long as it is done, cut into its steps by the time that each took. */
export function StepStrip({ task, nowMs }: { readonly task: Task; readonly nowMs: number }) {
  const work = segmentsOf(task).filter(({ kind }) => kind === "work");
  const length = (startMs: number, endMs: number | null) => Math.max(1, (endMs ?? nowMs) - startMs);
  const totalMs = work.reduce((sum, { startMs, endMs }) => sum + length(startMs, endMs), 0);
  return (
    <div className="strip" data-state={task.state} aria-hidden="true">
      {work.map(({ step, startMs, endMs }) => (
        <span
          key={startMs}
          data-tone={step === null ? "render" : lookOfStep(step).tone}
          data-open={endMs === null ? "" : undefined}
          style={{ width: `${(length(startMs, endMs) / totalMs) * task.percent_complete}%` }}
        />
      ))}
    </div>
  );
}
