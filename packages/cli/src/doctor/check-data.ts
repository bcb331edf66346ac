import { formatSize } from "@playhead/client/format";
import type { DataFindings, DataRepair } from "@playhead/server";
import { counted } from "../view/task-words.ts";
import type { MachineCheck } from "./check-machine.ts";

type DatabaseFindings = DataFindings["databases"][number];
type LogFileFindings = DataFindings["logFiles"][number];

const REPAIR = "stop the server, then run playhead doctor --repair";
const ADVICE = {
  damaged: REPAIR,
  newer: "update Playhead, or choose another data folder",
  foreign: "choose another data folder, or move the file away",
  unreadable: "check that this user may read the data folder, and that the disk is in order",
} as const;

/** What was found of the data, as checks. */
export function dataChecks({ databases, logFiles }: DataFindings): readonly MachineCheck[] {
  return [
    ...databases.filter(({ verdict }) => verdict !== "absent").map(databaseCheck),
    ...logFiles.filter(({ unreadable }) => unreadable > 0).map(logFileCheck),
  ];
}

function databaseCheck({ fileName, verdict, sizeBytes, faults }: DatabaseFindings): MachineCheck {
  const check = { part: "data", name: fileName, isOptional: false };
  if (verdict === "well" || verdict === "absent") {
    return { ...check, ok: true, found: `${formatSize(sizeBytes)}, well`, advice: null };
  }
  const more = faults.length > 1 ? `, and ${faults.length - 1} more` : "";
  const found = `${verdict === "damaged" ? "damaged: " : ""}${faults[0] ?? verdict}${more}`;
  return { ...check, ok: false, found, advice: ADVICE[verdict] };
}

/** A last line that breaks off is what a killed process leaves, and harms nothing. */
function logFileCheck({ path, lines, unreadable, isOnlyCutOff }: LogFileFindings): MachineCheck {
  const found = isOnlyCutOff ? "its last line breaks off" : `${unreadable} of ${lines} lines cannot be read`;
  return { part: "data", name: path, ok: false, isOptional: isOnlyCutOff, found, advice: REPAIR };
}

/** What a repair has done, a line each. */
export function repairLines({ databases, logFiles, asideName }: DataRepair): readonly string[] {
  const lines = databases.flatMap(({ fileName, salvage }) => {
    if (salvage === null) return [];
    const { rows, replay, unreadablePages, unreadableRows } = salvage;
    const kept = replay === null ? Object.values(rows).reduce((sum, count) => sum + count, 0) : replay.facts;
    return [
      `${fileName}: kept ${replay === null ? counted(kept, "row") : `${counted(replay.jobs, "job")} with ${counted(kept, "event")}`}`,
      `  not readable: ${counted(countPages(unreadablePages), "page")}, ${counted(unreadableRows, "row")} elsewhere`,
      ...(replay?.mended ?? []).map(({ jobId, lostEvents }) => `  ${jobId}: lost ${counted(lostEvents, "event")}`),
    ];
  });
  const logLines = logFiles
    .filter(({ unreadable }) => unreadable > 0)
    .map(({ path, lines: all, unreadable }) => `${path}: kept ${all - unreadable} of ${counted(all, "line")}`);
  const done = [...lines, ...logLines];
  return done.length === 0
    ? ["nothing to repair"]
    : [...done, `what was damaged is in ${asideName} of the data folder`];
}

/** Ranges of first and last. */
function countPages(ranges: readonly number[]): number {
  let count = 0;
  for (let at = 0; at < ranges.length; at += 2) count += (ranges[at + 1] ?? 0) - (ranges[at] ?? 0) + 1;
  return count;
}
