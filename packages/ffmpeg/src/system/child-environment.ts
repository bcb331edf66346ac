/** Names the run that a process belongs to; the reaper reads it from `/proc/PID/environ`. */
export const RUN_ID_VARIABLE = "PLAYHEAD_RUN_ID";

/**
 * Our environment, less what would change what ffmpeg writes (`FFREPORT` makes files, colours break our parsers) and
 * with the system's messages in English, because errors are told apart by their text.
 */
export function childEnvironment(runId?: string): Record<string, string | undefined> {
  const env: Record<string, string | undefined> = { ...process.env, LC_ALL: "C", AV_LOG_FORCE_NOCOLOR: "1" };
  delete env.FFREPORT;
  delete env.AV_LOG_FORCE_COLOR;
  delete env.AV_LOG_FORCE_256COLOR;
  delete env[RUN_ID_VARIABLE];
  if (runId !== undefined) env[RUN_ID_VARIABLE] = runId;
  return env;
}
