import type { HealthResult } from "@playhead/core";
import type { FfmpegReport } from "@playhead/ffmpeg";
import type { HealthCheck } from "@playhead/server";

const LIMIT_MS = 10_000;

/** The health check of ffmpeg: there, new enough, complete, and it really encodes. */
export function ffmpegCheck(ffmpegPath: string | undefined): HealthCheck {
  return {
    component: "ffmpeg",
    limitMs: LIMIT_MS,
    async run() {
      const { doctor } = await import("@playhead/ffmpeg");
      return healthOf(await doctor({ ffmpegPath, timeoutMs: LIMIT_MS - 500 }));
    },
  };
}

/** What the doctor found, as a health check tells it: a message for anybody, and all of it for those who run the server. */
export function healthOf({ ok, version, checks }: FfmpegReport): HealthResult {
  const ill = checks.filter((check) => !check.ok);
  const first = ill.find(({ isOptional }) => !isOptional) ?? ill[0];
  const details = { version, faults: ill.map(({ name, found }) => `${name}: ${found}`) };
  if (first === undefined) return { status: "healthy", message: `ffmpeg ${version}`, details };
  // What names a path is in the details.
  const found = first.found.includes("/") ? "does not work" : first.found;
  const message = `${first.name}: ${found}${first.advice === null ? "" : `; ${first.advice}`}`;
  // What is optional is said, and keeps nothing from working.
  return ok
    ? { status: "healthy", message: `ffmpeg ${version}; ${message}`, details }
    : { status: "critical", message, details };
}
