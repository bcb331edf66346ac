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
    const { replay, telemetry, unreadablePages, unreadableRows } = salvage;
    const kept = [
      ...(replay === null ? [] : [`${counted(replay.jobs, "job")} with ${counted(replay.facts, "event")}`]),
      ...(telemetry === null ? [] : [`${telemetry.entries} entr${telemetry.entries === 1 ? "y" : "ies"}`]),
    ];
    const lost = unreadableRows + (telemetry?.unusableRows ?? 0);
    return [
      `${fileName}: kept ${kept.join(", ")}`,
      `  not readable: ${counted(countPages(unreadablePages), "page")}, ${counted(lost, "row")} elsewhere`,
      ...(telemetry === null || telemetry.lostValues === 0
        ? []
        : [`  values of entries let go: ${telemetry.lostValues}`]),
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
