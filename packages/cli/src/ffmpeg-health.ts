import { doctor, type FfmpegReport } from "@playhead/ffmpeg";
import type { HealthCheck, HealthResult } from "@playhead/server";

const LIMIT_MS = 10_000;

/** The health check of ffmpeg: there, new enough, complete, and it really encodes. */
export function ffmpegCheck(ffmpegPath: string | undefined): HealthCheck {
  return {
    component: "ffmpeg",
    limitMs: LIMIT_MS,
    run: async () => healthOf(await doctor({ ffmpegPath, timeoutMs: LIMIT_MS - 500 })),
  };
}

/** What the doctor found, as a health check tells it. */
export function healthOf({ ok, version, checks }: FfmpegReport): HealthResult {
  const ill = checks.filter((check) => !check.ok);
  const first = ill.find(({ isOptional }) => !isOptional) ?? ill[0];
  const details = { version, ill: ill.map(({ name, found }) => `${name}: ${found}`) };
  if (first === undefined) return { status: "healthy", message: `ffmpeg ${version}`, details };
  const message = `${first.name}: ${first.found}${first.advice === null ? "" : `; ${first.advice}`}`;
  // What is optional is said, and keeps nothing from working.
  return ok
    ? { status: "healthy", message: `ffmpeg ${version}; ${message}`, details }
    : { status: "critical", message, details };
}
