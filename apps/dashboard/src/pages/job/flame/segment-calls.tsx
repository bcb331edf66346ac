import { isFinalTaskState, type Job, type LogEntry, type Task } from "@playhead/core";
import { useCallback, useMemo, useState } from "react";
import { Button } from "../../../ui/button.tsx";
import { describeError } from "../../../ui/error-text.ts";
import { Icon } from "../../../ui/icons.tsx";
import { useSliced } from "../../../ui/slices.ts";
import type { ChosenSegment } from "../chosen-segment.ts";
import { CallDetails } from "../trace/call-details.tsx";
import { segmentsOf } from "../tracks.ts";
import type { TimelineView } from "../use-timeline-view.ts";
import { Flame } from "./flame.tsx";
import { findCalls, layoutFlame } from "./flame-layout.ts";
import { useTaskCalls } from "./use-task-calls.ts";

export interface SegmentCallsProps {
  readonly job: Job;
  readonly chosen: ChosenSegment | null;
  readonly view: TimelineView;
  readonly originMs: number;
  /** The moment that is shown. */
  readonly nowMs: number;
}

/** Under the timeline, on its axis: the calls of the chosen track. */
export function SegmentCalls(props: SegmentCallsProps) {
  const { job, chosen } = props;
  const task = chosen === null ? undefined : job.tasks.get(chosen.taskId);
  return task === undefined || chosen === null ? null : <Calls {...props} key={task.task_id} task={task} />;
}

function Calls({ job, task, chosen, view, originMs, nowMs }: SegmentCallsProps & { readonly task: Task }) {
  const { calls, loaded, reading, error } = useTaskCalls(job.job_id, task.task_id, !isFinalTaskState(task.state));
  const layout = useSliced(useCallback(() => layoutFlame(calls), [calls]));
  const [text, setText] = useState("");
  const [chosenEntry, setChosenEntry] = useState<LogEntry | null>(null);
  const laidOut = layout?.calls ?? NO_CALLS;
  const search = useSliced(useCallback(() => searchCalls(laidOut, text), [laidOut, text]));
  // What was found among other calls has other places.
  const found = search?.calls === laidOut ? search.found : NONE_FOUND;
  // Calls that come later may begin before it.
  const chosenCall = useMemo(() => (chosenEntry === null ? -1 : laidOut.indexOf(chosenEntry)), [laidOut, chosenEntry]);
  if (!loaded || (laidOut.length === 0 && calls.length > 0)) {
    return (
      <p className="py-2 text-12 text-faint" role="status">
        Reading its calls
      </p>
    );
  }
  if (layout === null || (error === null && calls.length === 0)) return null;

  const call = layout.calls[chosenCall];
  const segment = chosen?.segment === null || chosen === null ? undefined : segmentsOf(task)[chosen.segment];
  const choose = (index: number) => {
    setChosenEntry(layout.calls[index] ?? null);
    const startMs = layout.startMs[index];
    const isOut =
      startMs === undefined || startMs > view.scale.endMs || (layout.endMs[index] ?? 0) < view.scale.startMs;
    if (startMs !== undefined && isOut) view.show(startMs);
  };
  const next = () => {
    const all = [...found];
    choose(all.find((index) => index > chosenCall) ?? all[0] ?? -1);
  };
  return (
    <section aria-label="Calls of the track">
      <div className="segment-calls">
        <div className="flex flex-col gap-2 pr-4 text-13">
          <p className="flex items-center justify-between text-soft">
            <span>
              {layout.calls.length.toLocaleString("en")} {layout.calls.length === 1 ? "call" : "calls"}
              {reading && <span className="text-faint"> so far</span>}
            </span>
            {segment !== undefined && (
              <Button
                look="plain"
                onClick={() => view.look({ startMs: segment.startMs, endMs: segment.endMs ?? nowMs })}
              >
                Zoom to it
              </Button>
            )}
          </p>
          <label className="flex h-7.5 items-center gap-2 rounded-md border border-line px-2 text-faint focus-within:border-edge">
            <Icon name="search" />
            <span className="sr-only">Search the calls</span>
            <input
              type="search"
              value={text}
              onChange={(event) => setText(event.target.value)}
              onKeyDown={({ key }) => key === "Enter" && next()}
              placeholder="Search"
              className="min-w-0 grow bg-transparent text-12 text-ink outline-none placeholder:text-faint"
            />
          </label>
          {text !== "" && (
            <p className="text-12 text-faint">{found.size.toLocaleString("en")} found; Enter goes to the next</p>
          )}
          {error !== null && <p className="text-12 text-faint">{describeError(error).message}</p>}
        </div>
        <Flame layout={layout} scale={view.scale} nowMs={nowMs} found={found} chosen={chosenCall} onChoose={choose} />
      </div>
      <CallDetails
        node={call === undefined ? null : { ...NO_TREE, call, startMs: Date.parse(call.timestamp) }}
        startMs={originMs}
      />
    </section>
  );
}

const NO_CALLS: readonly LogEntry[] = [];
const NONE_FOUND: ReadonlySet<number> = new Set();

/** What is found, and among which calls. */
function* searchCalls(calls: readonly LogEntry[], text: string) {
  return { calls, found: yield* findCalls({ calls }, text) };
}

/** Details are told of the call alone. */
const NO_TREE = { id: "", task: null, endMs: null, children: [], calls: 1 };
