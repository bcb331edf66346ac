import type { Job, Task, ViewedError } from "@playhead/core";
import { useState } from "react";
import { Button } from "../../ui/button.tsx";
import { ErrorItem } from "../../ui/error-item.tsx";
import { Section } from "../../ui/section.tsx";
import { lookOfStep } from "../../ui/step-words.ts";
import { nameOfTask, parentName } from "./track-words.ts";

export interface JobErrorsProps {
  readonly job: Job;
  readonly nowMs: number;
  /** Shows the piece of work that an error is about; null where there is nothing to show it on. */
  readonly onShow: ((taskId: string) => void) | null;
}

/** How many are shown before someone asks for all. */
const FIRST = 3;

/** What went wrong, newest first, and what to do about it. */
export function JobErrors({ job, nowMs, onShow }: JobErrorsProps) {
  const [all, setAll] = useState(false);
  const { errors_encountered: count } = job.progress;
  if (job.errors.length === 0) return null;
  const newest = [...job.errors].reverse();
  const shown = all ? newest : newest.slice(0, FIRST);
  return (
    <Section title={count === 1 ? "1 error" : `${count} errors`} className="mt-8">
      <ul>
        {shown.map((error) => {
          const task = error.task_id === null ? undefined : job.tasks.get(error.task_id);
          const words = task && subjectOf(job, task, error);
          const subject =
            task === undefined || onShow === null ? (
              words
            ) : (
              <button
                type="button"
                className="text-soft underline decoration-line underline-offset-2 hover:text-ink"
                onClick={() => onShow(task.task_id)}
              >
                {words}
              </button>
            );
          return (
            <ErrorItem
              key={`${error.ts} ${error.task_id} ${error.error_code}`}
              error={error}
              subject={subject}
              nowMs={nowMs}
            />
          );
        })}
      </ul>
      {newest.length > FIRST && (
        <div className="mt-2">
          <Button look="plain" onClick={() => setAll(!all)}>
            {all ? "Show fewer" : `Show ${newest.length === count ? "all" : "the newest"} ${newest.length}`}
          </Button>
        </div>
      )}
    </Section>
  );
}

/** What an error happened to: the piece of work, what it is part of, and the step. */
function subjectOf(job: Job, task: Task, { step }: ViewedError): string {
  return [nameOfTask(task), parentName(job, task), step === undefined ? null : lookOfStep(step).word]
    .filter((part) => part !== null)
    .join(", ");
}
