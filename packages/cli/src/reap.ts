import { join } from "node:path";
import type { ReapReport } from "@playhead/ffmpeg";
import type { Console } from "./terminal/console.ts";
import { counted } from "./view/task-words.ts";

/** Where runs of ffmpeg are written down, so that the next start finds what a crash left behind. */
export function runsFolder(dataFolder: string): string {
  return join(dataFolder, "runs");
}

/** Ends what processes that were killed left running, removes what they left half written, and says so. */
export async function reapAndSay(dataFolder: string, console: Console): Promise<void> {
  const { reapOrphans } = await import("@playhead/ffmpeg");
  const report = await reapOrphans(runsFolder(dataFolder));
  for (const line of reapLines(report)) console.say(line);
  const { killed, removed } = totals(report);
  if (report.reaped.length > 0) {
    console.emit({ type: "reaped", runs: report.reaped.length, processes_ended: killed, files_removed: removed });
  }
}

/** What was reaped, in words; nothing when there was nothing. */
export function reapLines(report: ReapReport): readonly string[] {
  const { killed, removed } = totals(report);
  const done = [
    ...(killed === 0 ? [] : [`ended ${killed === 1 ? "1 ffmpeg process" : `${killed} ffmpeg processes`}`]),
    ...(removed === 0 ? [] : [`removed ${counted(removed, "partial file")}`]),
  ];
  const failed = report.failed.map(
    ({ runId, reason }) => `Could not clean up the run ${runId}: ${reason}; the next start tries again`,
  );
  return [...(done.length === 0 ? [] : [`Cleaned up after a Playhead that was killed: ${done.join(", ")}`]), ...failed];
}

function totals({ reaped }: ReapReport) {
  return {
    killed: reaped.reduce((sum, { killedPids }) => sum + killedPids.length, 0),
    removed: reaped.reduce((sum, { removedFiles }) => sum + removedFiles.length, 0),
  };
}
