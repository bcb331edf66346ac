import { Toggle } from "@base-ui/react/toggle";
import { ToggleGroup } from "@base-ui/react/toggle-group";
import type { LogTail } from "@playhead/client";
import { isFinalJobState, type Job, type LogLevel, type LogLine } from "@playhead/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { Icon } from "../../ui/icons.tsx";
import { LogFrame } from "../../ui/log-frame.tsx";
import { Section } from "../../ui/section.tsx";
import { formatClock } from "../../ui/times.ts";
import { filterLines, spellFields } from "./log-filter.ts";
import { nameOfTask, parentName } from "./track-words.ts";

export interface LogConsoleProps {
  readonly job: Pick<Job, "tasks" | "state">;
  readonly logs: LogTail;
  readonly onLoadOlder: () => Promise<void>;
  /** Shows the job as it stood when a line was written; where it is given, the times of the lines do. */
  readonly onMoment?: (atMs: number) => void;
}

const LEVELS: readonly (readonly [LogLevel, string])[] = [
  ["debug", "All"],
  ["info", "Info"],
  ["warning", "Warnings"],
  ["error", "Errors"],
];
const LINE_PX = 22;
/** So close to the end one means the end. */
const AT_END_PX = 24;

/** The job's log: its live tail, to be searched, sifted and read on into the past. */
export function LogConsole({ job, logs, onLoadOlder, onMoment }: LogConsoleProps) {
  const [level, setLevel] = useState<LogLevel>("info");
  const [text, setText] = useState("");
  const [follow, setFollow] = useState(true);
  const [loading, setLoading] = useState(false);
  const lines = useMemo(() => filterLines(logs.lines, { level, text }), [logs.lines, level, text]);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer<HTMLDivElement, Element>({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_PX,
    getItemKey: (index) => lines[index]?.log_id ?? index,
    overscan: 20,
  });

  const lastId = lines.at(-1)?.log_id;
  useLayoutEffect(() => {
    if (follow && lastId !== undefined) virtual.scrollToIndex(lines.length - 1, { align: "end" });
  }, [follow, lastId, lines.length, virtual]);

  // What is loaded before the first line pushes the rest down: go along with it.
  const firstId = lines[0]?.log_id;
  const anchor = useRef(firstId);
  useEffect(() => {
    const before = anchor.current;
    anchor.current = firstId;
    if (before === undefined || follow) return;
    const index = lines.findIndex(({ log_id }) => log_id === before);
    if (index > 0) virtual.scrollToIndex(index, { align: "start" });
  }, [firstId, follow, lines, virtual]);

  const onScroll = () => {
    const element = scroller.current;
    if (element === null) return;
    setFollow(element.scrollHeight - element.scrollTop - element.clientHeight < AT_END_PX);
  };
  const loadOlder = async () => {
    setFollow(false);
    setLoading(true);
    await onLoadOlder().catch(() => {});
    setLoading(false);
  };

  return (
    <Section
      title="Log"
      className="min-w-0"
      aside={
        <Toggle
          pressed={follow}
          onPressedChange={setFollow}
          className="flex h-7 items-center gap-1.5 rounded-sm px-2 text-12 text-faint hover:text-ink data-pressed:text-ink"
        >
          <Icon name="follow" />
          {follow ? "Following" : "Follow"}
        </Toggle>
      }
    >
      <div className="flex flex-wrap items-center gap-2 py-2">
        <ToggleGroup
          aria-label="Level"
          value={[level]}
          onValueChange={([chosen]) => chosen !== undefined && setLevel(chosen as LogLevel)}
          className="flex rounded-md border border-line"
        >
          {LEVELS.map(([value, word]) => (
            <Toggle
              key={value}
              value={value}
              className="h-7 px-2.5 text-12 text-faint first:rounded-l-md last:rounded-r-md hover:text-ink data-pressed:bg-raised data-pressed:text-ink"
            >
              {word}
            </Toggle>
          ))}
        </ToggleGroup>
        <label className="flex h-7.5 min-w-32 grow items-center gap-2 rounded-md border border-line px-2 text-faint focus-within:border-edge">
          <Icon name="search" />
          <span className="sr-only">Search the log</span>
          <input
            type="search"
            value={text}
            onChange={(event) => setText(event.target.value)}
            placeholder="Search"
            className="min-w-0 grow bg-transparent text-12 text-ink outline-none placeholder:text-faint"
          />
        </label>
      </div>
      <LogFrame
        scroller={scroller}
        onScroll={onScroll}
        className="h-[26rem]"
        virtual={virtual}
        line={(index) => {
          const line = lines[index];
          return line === undefined ? null : (
            <Line line={line} job={job} inFull={level === "debug"} onMoment={onMoment} />
          );
        }}
        before={
          <>
            {logs.hasOlder && logs.loaded && (
              <div className="flex justify-center p-1">
                <Button look="plain" busy={loading} onClick={loadOlder}>
                  Earlier lines
                </Button>
              </div>
            )}
            {lines.length === 0 && (
              <p className="p-3 text-13 text-faint">{emptyWord(logs, text, isFinalJobState(job.state))}</p>
            )}
          </>
        }
      />
    </Section>
  );
}

function emptyWord(logs: LogTail, text: string, isOver: boolean): string {
  if (!logs.loaded && logs.lines.length === 0) return "Reading the log";
  if (logs.lines.length === 0) return isOver ? "The job said nothing." : "The job has not said anything yet.";
  return text === "" ? "No line of this level." : `No line with “${text}”.`;
}

const LEVEL_COLORS: Readonly<Record<LogLevel, string>> = {
  debug: "text-faint",
  info: "text-soft",
  warning: "text-paused",
  error: "text-failed",
  critical: "text-failed",
};
const LEVEL_WORDS: Readonly<Record<LogLevel, string>> = {
  debug: "debug",
  info: "info",
  warning: "warn",
  error: "error",
  critical: "crit",
};

interface LineProps {
  readonly line: LogLine;
  readonly job: Pick<Job, "tasks">;
  /** With the fields of lines that are no trouble, too. */
  readonly inFull: boolean;
  readonly onMoment: ((atMs: number) => void) | undefined;
}

function Line({ line, job, inFull, onMoment }: LineProps) {
  const atMs = Date.parse(line.ts);
  const clock = formatClock(atMs, { seconds: true });
  const task = line.task_id === null ? undefined : job.tasks.get(line.task_id);
  const fields = inFull || (line.level !== "info" && line.level !== "debug") ? spellFields(line) : "";
  return (
    <p className="flex gap-x-3 px-3 py-0.5 font-mono text-12/5">
      <time dateTime={line.ts} title={line.ts} className="shrink-0 text-faint">
        {onMoment === undefined ? (
          clock
        ) : (
          <button
            type="button"
            aria-label={`The job at ${clock}`}
            onClick={() => onMoment(atMs)}
            className="-my-0.5 inline-block rounded-sm py-0.5 hover:text-ink hover:underline"
          >
            {clock}
          </button>
        )}
      </time>
      <span className={`w-10 shrink-0 ${LEVEL_COLORS[line.level]}`}>{LEVEL_WORDS[line.level]}</span>
      <span className="min-w-0 whitespace-pre-wrap wrap-anywhere">
        <span
          className={
            line.level === "debug" ? "text-faint" : line.level === "info" ? "text-ink" : LEVEL_COLORS[line.level]
          }
        >
          {line.message}
        </span>
        {fields !== "" && <span className="text-faint"> {fields}</span>}
        {task !== undefined && task.kind === "clip" && (
          <span className="text-faint"> · {parentName(job, task) ?? nameOfTask(task)}</span>
        )}
      </span>
    </p>
  );
}
