import { PlayheadError } from "@playhead/sdk";
import { expect, test } from "vitest";
import { createFatalStop } from "./fatal-stop.ts";

test("the first error that would meet every clip stops them, and says why; others do not", () => {
  const stop = createFatalStop();
  for (const error of [new Error("no"), new PlayheadError("filter_invalid", "a bad filter"), undefined])
    stop.look(error);
  expect(stop.signal.aborted).toBe(false);
  const full = new PlayheadError("disk_full", "the disk is full");
  stop.look(full);
  stop.look(new PlayheadError("ffmpeg_missing", "ffmpeg is gone"));
  expect(stop.error()).toBe(full);
  expect(stop.signal.reason).toMatchObject({
    code: "canceled",
    cause: full,
    detail: { reason: "no clip can be made any more: the disk is full" },
  });
});
