import { expect, test } from "vitest";
import { detailWords, formatTaken, messageWords, nameOf } from "./health-words.ts";

test("what was measured is named, with units; what says nothing is left out", () => {
  const details = {
    cpu_percent: 41.26,
    memory_free_bytes: 4_200_000_000,
    bytes: 812,
    event_loop_delay_ms: 4,
    error_rate: 0.125,
    old_files: 3,
    is_partial: true,
    alerts_lag_ms: null,
    errors: [],
    faults: ["one", "two"],
    data_folder: "/srv/playhead",
    alerts_last_run_at: "2026-11-20T14:20:00.000Z",
    nested: { a: 1 },
  };
  const words = detailWords(details, Date.parse("2027-01-01T00:00:00Z"));
  expect(words).toEqual([
    ["Processor", "41.3 %"],
    ["Memory free", "4.2 GB"],
    ["Size", "812 B"],
    ["Event loop delay", "4 ms"],
    ["Error rate", "12.5 %"],
    ["Old files", "3"],
    ["Looked at in part", "yes"],
    ["Faults", "one\ntwo"],
    ["Data folder", "/srv/playhead"],
    ["Alerts last run at", "20 Nov 2026"],
    ["Nested", '{"a":1}'],
  ]);
});

test("names, messages and times", () => {
  expect([nameOf("temp_directory"), nameOf("gpu_pool")]).toEqual(["Temp folder", "Gpu pool"]);
  expect([messageWords("ffmpeg 7.1"), messageWords("no room; make some")]).toEqual([
    "FFmpeg 7.1.",
    "No room; make some.",
  ]);
  expect([formatTaken(0), formatTaken(812), formatTaken(1_200)]).toEqual(["0 ms", "812 ms", "1.2 s"]);
});
