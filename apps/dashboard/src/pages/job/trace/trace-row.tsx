import { memo } from "react";
import { Icon } from "../../../ui/icons.tsx";
import { positionOnScale, type Timescale } from "../timescale.ts";
import { nameOfTask } from "../track-words.ts";
import type { TraceNode, TraceRow } from "./trace-tree.ts";
import { formatCallTime, speakCall } from "./trace-words.ts";

export interface TraceRowProps {
  readonly row: TraceRow;
  readonly index: number;
  readonly count: number;
  readonly topPx: number;
  readonly scale: Timescale;
  /** Where it ended; of what goes on, now. */
  readonly endMs: number;
  readonly isInTabOrder: boolean;
  readonly isChosen: boolean;
  readonly onActive: (index: number) => void;
  readonly onFold: (id: string, toFold: boolean) => void;
  readonly onChoose: (id: string | null) => void;
}

const INDENT_PX = 12;
/** Deeper than this nothing moves to the right any more. */
const MAX_INDENTS = 10;

/** One line of the waterfall: a piece of work, or a call; drawn again when it, or the scale, changed. */
export const TraceRowView = memo(RowView);

function RowView(props: TraceRowProps) {
  const { row, index, count, topPx, scale, endMs, isInTabOrder, isChosen, onActive, onFold, onChoose } = props;
  const { node, depth, folded } = row;
  const { call, task } = node;
  const hasChildren = node.children.length > 0;
  const tookMs = endMs - node.startMs;
  const left = positionOnScale(scale, node.startMs) * 100;
  const right = positionOnScale(scale, endMs) * 100;
  return (
    <li className="trace-row" style={{ top: topPx }} aria-setsize={count} aria-posinset={index + 1}>
      <button
        type="button"
        className="trace-button"
        data-row={index}
        data-chosen={isChosen ? "" : undefined}
        tabIndex={isInTabOrder ? 0 : -1}
        aria-expanded={hasChildren ? !folded : undefined}
        onFocus={() => onActive(index)}
        onClick={() => {
          onActive(index);
          if (call === null) onFold(node.id, !folded);
          else onChoose(isChosen ? null : node.id);
        }}
        onDoubleClick={() => hasChildren && onFold(node.id, !folded)}
      >
        <span className="trace-name" style={{ paddingLeft: Math.min(depth, MAX_INDENTS) * INDENT_PX }}>
          {hasChildren ? (
            <Icon
              name="chevron"
              className={`shrink-0 text-faint transition-transform duration-150 ${folded ? "" : "rotate-90"}`}
            />
          ) : (
            <span className="w-4 shrink-0" />
          )}
          <span className={`truncate ${toneOf(node)}`}>
            {call?.function_name ?? (task === null ? "" : nameOfTask(task))}
          </span>
          {folded && <span className="shrink-0 text-12 text-faint">{node.calls} calls</span>}
          <span className="ml-auto shrink-0 pl-2 font-mono text-12 text-faint">{formatCallTime(tookMs)}</span>
          {call !== null && <span className="sr-only">{speakCall(call, tookMs)}</span>}
        </span>
        <span className="trace-lane" aria-hidden="true">
          <span
            className="trace-bar"
            data-kind={call === null ? "task" : (call.category ?? "function")}
            data-outcome={call?.event_type}
            style={{ left: `${left}%`, width: `${right - left}%` }}
          />
        </span>
      </button>
    </li>
  );
}

function toneOf({ call }: TraceNode): string {
  if (call === null) return "font-medium";
  return call.event_type === "error" ? "text-failed" : "text-soft";
}
