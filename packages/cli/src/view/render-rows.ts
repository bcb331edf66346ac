import { formatDuration, formatPercent } from "@playhead/client/format";
import { isFinalTaskState, type Task } from "@playhead/core";
import { bar } from "../terminal/bar.ts";
import { type Line, padded, span } from "../terminal/line.ts";
import { textWidth } from "../terminal/text-width.ts";
import type { Fold } from "./fit-rows.ts";
import type { Row } from "./job-rows.ts";
import { TASK_SIGNS } from "./state-signs.ts";
import { counted, stepWords, tookMs } from "./task-words.ts";

/** Widths of the columns that all leaves share. */
interface Columns {
  readonly name: number;
  /** 0 when no leaf has a step, or there is no room. */
  readonly step: number;
  /** 0 when there is no room for bars. */
  readonly bar: number;
}

const INDENT = 2;
const LONGEST_NAME = 32;
const LONGEST_BAR = 24;
const SHORTEST_BAR = 6;
/** The sign, and the percentage with its gap. */
const LEAST = 2 + 7;
const SPEED = 7;
const GAP = 2;

/** The lines of a tree's rows and folds, the leaves in columns. */
export function renderRows(shown: readonly (Row | Fold)[], columns: number): readonly Line[] {
  const leaves = shown.filter((each): each is Row => !("hidden" in each) && each.children.length === 0);
  const widths = columnsFor(leaves, columns);
  return shown.map((each) => {
    if ("hidden" in each) return foldLine(each);
    return each.children.length > 0 ? groupLine(each) : leafLine(each, widths);
  });
}

function columnsFor(leaves: readonly Row[], columns: number): Columns {
  const longest = (texts: readonly string[]) => Math.max(0, ...texts.map(textWidth));
  const deepest = Math.max(0, ...leaves.map((row) => row.depth * INDENT));
  const name = Math.min(LONGEST_NAME, longest(leaves.map(({ task }) => task.title)));
  const step = longest(leaves.map(({ task }) => (task.state === "processing" ? stepWords(task.step ?? "") : "")));
  const room = columns - deepest - LEAST - name;
  const isNarrow = step > 0 && room < GAP + step;
  const left = room - GAP - step - GAP - SPEED;
  return { name, step: isNarrow ? 0 : step, bar: left < SHORTEST_BAR ? 0 : Math.min(LONGEST_BAR, left) };
}

function groupLine({ task, depth, children }: Row): Line {
  const { tone } = TASK_SIGNS[task.state];
  const open = children.filter(({ state }) => !isFinalTaskState(state)).length;
  // Of a large job only some of the settled children are known by name, but all are counted.
  const total = Math.max(task.child_count, children.length);
  const noun = children[0]?.kind ?? "task";
  const did = task.state === "processing" ? `${total - open} of ${counted(total, noun)}` : counted(total, noun);
  const took = tookMs(task);
  return [
    ...signOf(task, depth),
    span(task.title, tone === "faint" ? "faint" : "plain"),
    span(`  ${did}`, "faint"),
    ...(took === null ? [] : [span(`  ${formatDuration(took)}`, "faint")]),
  ];
}

function leafLine(row: Row, widths: Columns): Line {
  const { task, depth } = row;
  const name = span(padded(task.title, widths.name), task.state === "processing" ? "plain" : "faint");
  const start = [...signOf(task, depth), name];
  if (task.state !== "processing") return [...start, span("  "), ...outcome(task)];
  const step = widths.step === 0 ? [] : [span("  "), span(padded(stepWords(task.step ?? ""), widths.step))];
  const percent = formatPercent(task.percent_complete).padStart(5);
  const speed = speedOf(task);
  return [
    ...start,
    ...step,
    ...(widths.bar === 0 ? [] : [span("  "), ...bar(task.percent_complete / 100, widths.bar, "working")]),
    span(`  ${percent}`),
    ...(speed === null ? [] : [span(`  ${speed}`, "faint")]),
  ];
}

/** What came of a task, or why nothing did. */
function outcome(task: Task): Line {
  const { word, tone } = TASK_SIGNS[task.state];
  const took = tookMs(task);
  switch (task.state) {
    case "failed":
      return [span(task.error?.error_message ?? word, tone)];
    case "skipped":
    case "canceled":
      return [span(task.reason === null ? word : `${word}: ${stepWords(task.reason)}`, tone)];
    case "completed":
      return [span(took === null ? word : `${word} in ${formatDuration(took)}`, "faint")];
    default:
      return [span(word, tone)];
  }
}

/** How fast it runs against playing it: `4.2×`; null when its details do not say. */
function speedOf({ details }: Task): string | null {
  const speed = details?.speed_ratio ?? details?.speed;
  if (typeof speed !== "number" || !(speed > 0)) return null;
  return `${speed < 9.95 ? speed.toFixed(1) : Math.round(speed)}×`;
}

function foldLine({ hidden }: Fold): Line {
  const groups = new Map<string, { count: number; readonly kind: string; readonly word: string }>();
  for (const { task } of hidden) {
    const { word } = TASK_SIGNS[task.state];
    const key = `${task.kind}\n${word}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { count: 1, kind: task.kind, word });
    else group.count += 1;
  }
  const parts = [...groups.values()].map(({ count, kind, word }) => `${counted(count, kind)} ${word}`);
  const indent = hidden.reduce((least, { depth }) => Math.min(least, depth), Number.POSITIVE_INFINITY) * INDENT;
  return [span(`${" ".repeat(indent)}… ${parts.join(", ")}`, "faint")];
}

function signOf(task: Task, depth: number): Line {
  const { sign, tone } = TASK_SIGNS[task.state];
  return [span(" ".repeat(depth * INDENT)), span(`${sign} `, tone)];
}
