import { formatDuration, formatTimecode } from "@playhead/client/format";
import type { Job, JsonObject } from "@playhead/core";
import type { ReactNode } from "react";
import { sentence } from "../../ui/error-text.ts";
import { namedValues } from "../../ui/named-values.ts";
import { lookOfTask, StateMark } from "../../ui/state-mark.tsx";
import type { StepTone } from "../../ui/step-words.ts";
import type { ChosenSegment } from "./chosen-segment.ts";
import { describeSegment, lasted, nameOfTask, parentName } from "./track-words.ts";
import { segmentsOf, workedMs } from "./tracks.ts";

export interface TrackInspectorProps {
  readonly job: Job;
  readonly chosen: ChosenSegment | null;
  readonly nowMs: number;
}

/** Under the timeline: what the chosen track is about; while none is chosen, how to read the tracks. */
export function TrackInspector({ job, chosen, nowMs }: TrackInspectorProps) {
  const task = chosen === null ? undefined : job.tasks.get(chosen.taskId);
  return (
    <div className="min-h-14 border-b border-line py-2 text-13" aria-live="polite">
      {task === undefined || chosen === null ? (
        <Legend />
      ) : (
        <Chosen job={job} task={task} segment={chosen.segment} nowMs={nowMs} />
      )}
    </div>
  );
}

const TONES: readonly (readonly [StepTone, string])[] = [
  ["prepare", "Prepare"],
  ["analyse", "Analyse"],
  ["render", "Render"],
  ["deliver", "Deliver"],
];
const SWATCHES: Readonly<Record<StepTone, string>> = {
  prepare: "bg-prepare",
  analyse: "bg-analyse",
  render: "bg-render",
  deliver: "bg-deliver",
};

function Legend() {
  return (
    <div className="flex flex-wrap items-center gap-x-5 gap-y-1 text-12 text-faint">
      {TONES.map(([tone, word]) => (
        <span key={tone} className="flex items-center gap-1.5">
          <span className={`h-3 w-4 rounded-sm ${SWATCHES[tone]}`} />
          {word}
        </span>
      ))}
      <span className="flex items-center gap-1.5">
        <span className="h-px w-4 bg-edge" />
        Waiting
      </span>
      <span className="ml-auto max-wide:hidden">
        Choose a track to see its steps. Arrow keys move between tracks and along them.
      </span>
    </div>
  );
}

interface ChosenProps {
  readonly job: Job;
  readonly task: NonNullable<ReturnType<Job["tasks"]["get"]>>;
  readonly segment: number | null;
  readonly nowMs: number;
}

function Chosen({ job, task, segment, nowMs }: ChosenProps) {
  const startMs = Date.parse(job.started_at ?? job.created_at);
  const look = lookOfTask(task, job);
  const parent = parentName(job, task);
  const tookMs = workedMs(task, nowMs);
  const segments = segmentsOf(task);
  const one = segment === null ? undefined : segments[segment];
  return (
    <div className="space-y-1">
      <p className="flex flex-wrap items-center gap-x-2">
        <StateMark shape={look.shape} />
        <span className="font-medium">{nameOfTask(task)}</span>
        {parent !== null && <span className="text-faint">{parent}</span>}
        <span className="text-soft">
          {look.word}
          {tookMs !== null && ` ${lasted(task.state)} ${formatDuration(tookMs)}`}
          {task.started_at !== null && `, from ${formatTimecode(Date.parse(task.started_at) - startMs)}`}
        </span>
        {task.reason !== null && <span className="text-faint">{task.reason}</span>}
      </p>
      {task.error !== null && (
        <p className="pl-6">
          <span className="text-failed">{sentence(task.error.error_message)}</span>{" "}
          {task.error.hint !== undefined && <span className="text-soft">{sentence(task.error.hint)}</span>}
        </p>
      )}
      {one !== undefined ? (
        <p className="pl-6 text-soft">
          <Step {...describeSegment(one, task, nowMs)} />{" "}
          <span className="font-mono text-12 text-faint">
            {span(one.startMs - startMs, (one.endMs ?? nowMs) - startMs)}
          </span>
          <Details
            details={
              one.endMs === null
                ? task.details
                : (task.steps.find(({ started_at }) => Date.parse(started_at) === one.startMs)?.details ?? null)
            }
          />
        </p>
      ) : (
        <p className="flex flex-wrap gap-x-4 pl-6 text-soft">
          {segments
            .filter(({ kind }) => kind === "work")
            .map((each) => (
              <Step key={each.startMs} {...describeSegment(each, task, nowMs)} />
            ))}
        </p>
      )}
    </div>
  );
}

function Step({ what, took }: { readonly what: string; readonly took: string }) {
  return (
    <span>
      {what} <span className="font-mono text-12 text-ink">{took}</span>
    </span>
  );
}

const span = (fromMs: number, toMs: number) => `${formatTimecode(fromMs)} – ${formatTimecode(toMs)}`;

/** How much of what a step tells fits on its line. */
const TOLD = 6;

/** What a step had to tell: its text, and a few plain values. */
function Details({ details }: { readonly details: JsonObject | null }): ReactNode {
  if (details === null) return null;
  const { text, ...values } = details;
  const told = namedValues(values).map(([name, value]) => `${name.toLowerCase()} ${value}`);
  return (
    <span className="text-faint">
      {[text, ...told].slice(0, TOLD).map((each) => (each === undefined ? "" : ` · ${each}`))}
    </span>
  );
}
