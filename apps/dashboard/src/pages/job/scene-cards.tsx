import { formatTimecode } from "@playhead/client/format";
import type { Job, Task } from "@playhead/core";
import { memo, useRef } from "react";
import { lookOfTask, StateMark } from "../../ui/state-mark.tsx";
import { StepStrip } from "./step-strip.tsx";
import { nameOfTask, standingOf, trackFigure } from "./track-words.ts";
import type { Card } from "./tracks.ts";
import { useNear } from "./use-near.ts";

export interface SceneCardsProps {
  readonly job: Pick<Job, "state">;
  readonly cards: readonly Card[];
  readonly nowMs: number;
}

/** From so many rows on, cards that are out of sight keep their place and no more. */
const MANY_ROWS = 120;
/** What a card takes: its edges and its heading, and each of its rows. */
const HEAD_PX = 48;
const ROW_PX = 49;

/** A card for each scene, with a row for each style: its step, and how far it is. */
export function SceneCards({ job, cards, nowMs }: SceneCardsProps) {
  const isLarge = cards.reduce((rows, { leaves }) => rows + leaves.length, 0) > MANY_ROWS;
  return (
    <ul className="grid grid-cols-[repeat(auto-fill,minmax(min(19rem,100%),1fr))] items-start gap-4 pt-4">
      {cards.map((card) => (
        <SceneCard
          key={card.group?.task_id ?? ""}
          card={card}
          jobState={job.state}
          nowMs={nowMs}
          isOneOfMany={isLarge}
        />
      ))}
    </ul>
  );
}

interface SceneCardProps {
  readonly card: Card;
  readonly jobState: Job["state"];
  readonly nowMs: number;
  readonly isOneOfMany: boolean;
}

/** Drawn again only when something on it changed: there may be hundreds, while one drags through the job. */
const SceneCard = memo(
  SceneCardView,
  (a, b) =>
    a.jobState === b.jobState &&
    a.isOneOfMany === b.isOneOfMany &&
    a.card.group === b.card.group &&
    a.card.leaves.length === b.card.leaves.length &&
    a.card.leaves.every((leaf, at) => leaf === b.card.leaves[at]) &&
    // What is not at work stands still.
    (a.nowMs === b.nowMs || !a.card.leaves.some(({ state }) => state === "processing")),
);

function SceneCardView({ card, jobState, nowMs, isOneOfMany }: SceneCardProps) {
  const { group, leaves } = card;
  const place = useRef<HTMLLIElement>(null);
  const isNear = useNear(place);
  const isDrawn = isNear || !isOneOfMany;
  return (
    <li
      ref={place}
      className={`min-w-0 rounded-md border border-line bg-surface ${group === null ? "col-span-full" : ""}`}
      style={isDrawn ? undefined : { height: HEAD_PX + ROW_PX * Math.max(1, leaves.length) }}
    >
      {group !== null && <CardHead group={group} leaves={leaves} />}
      {isDrawn && <CardRows leaves={leaves} jobState={jobState} nowMs={nowMs} />}
    </li>
  );
}

interface CardRowsProps {
  readonly leaves: readonly Task[];
  readonly jobState: Job["state"];
  readonly nowMs: number;
}

function CardRows({ leaves, jobState, nowMs }: CardRowsProps) {
  return (
    <ul className="py-1">
      {leaves.map((leaf) => (
        <StyleRow key={leaf.task_id} task={leaf} jobState={jobState} nowMs={leaf.state === "processing" ? nowMs : 0} />
      ))}
      {leaves.length === 0 && <li className="px-3 py-1.5 text-13 text-faint">Nothing in it yet.</li>}
    </ul>
  );
}

function CardHead({ group, leaves }: { readonly group: Task; readonly leaves: readonly Task[] }) {
  const { start_sec: start, duration_sec: duration } = group.fields;
  const hasRange = typeof start === "number" && typeof duration === "number";
  const done = leaves.filter(({ state }) => state === "completed" || state === "skipped").length;
  return (
    <div className="flex items-baseline gap-3 border-b border-line px-3 py-2">
      <h3 className="min-w-0 grow truncate text-13 font-medium">{nameOfTask(group)}</h3>
      {hasRange && (
        <span className="shrink-0 font-mono text-12 text-faint">
          {formatTimecode(start * 1_000)} – {formatTimecode((start + duration) * 1_000)}
        </span>
      )}
      <span className="shrink-0 font-mono text-12 text-soft">
        {done}/{leaves.length}
      </span>
    </div>
  );
}

interface StyleRowProps {
  readonly task: Task;
  readonly jobState: Job["state"];
  /** 0 for one that is not at work: it stands still. */
  readonly nowMs: number;
}

const StyleRow = memo(function StyleRow({ task, jobState, nowMs }: StyleRowProps) {
  const { shape } = lookOfTask(task, { state: jobState });
  return (
    <li className="px-3 py-1.5">
      <div className="flex items-center gap-2 text-13">
        <StateMark shape={shape} />
        <span className={`min-w-0 truncate ${task.state === "pending" ? "text-faint" : ""}`}>{nameOfTask(task)}</span>
        <span className={`ml-auto shrink-0 ${task.state === "failed" ? "text-failed" : "text-faint"}`}>
          {standingOf(task, { state: jobState })}
        </span>
        <span className="w-17 shrink-0 text-right font-mono text-12 whitespace-nowrap text-soft">
          {trackFigure(task, nowMs)}
        </span>
      </div>
      <div className="mt-1.5 pl-6">
        <StepStrip task={task} nowMs={nowMs} />
      </div>
    </li>
  );
});
