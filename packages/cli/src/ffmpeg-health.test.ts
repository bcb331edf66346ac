import type { DoctorCheck, FfmpegReport } from "@playhead/ffmpeg";
import { expect, test } from "vitest";
import { healthOf } from "./ffmpeg-health.ts";

const check = (name: string, ok: boolean, isOptional = false): DoctorCheck => ({
  name,
  ok,
  isOptional,
  found: ok ? "there" : "missing",
  advice: ok ? null : "install it",
});
const report = (ok: boolean, ...checks: DoctorCheck[]): FfmpegReport => ({
  ok,
  ffmpegPath: "/f",
  ffprobePath: "/p",
  version: "7.1",
  checks,
});

test.each([
  {
    name: "all is well",
    given: report(true, check("ffmpeg", true)),
    expected: { status: "healthy", message: "ffmpeg 7.1" },
  },
  {
    name: "something optional is missing",
    given: report(true, check("ffmpeg", true), check("setpriv", false, true)),
    expected: { status: "healthy", message: "ffmpeg 7.1; setpriv: missing; install it" },
  },
  {
    name: "something needed is missing",
    given: report(false, check("setpriv", false, true), check("filter scdet", false)),
    expected: { status: "critical", message: "filter scdet: missing; install it" },
  },
])("$name", ({ given, expected }) => {
  expect(healthOf(given)).toMatchObject(expected);
});
