import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { declareScenes, finishClips, type JobStory, jobStory, startClips } from "../../test/job-story.ts";
import { textWidth } from "../terminal/text-width.ts";
import { renderJob } from "./render-job.ts";

const STYLES = ["original", "center_focus", "split"];

function draw(story: JobStory, columns: number, rows: number): string {
  return renderJob(story.job(), { columns, rows, nowMs: story.nowMs, colour: false }).join("\n");
}

/** One scene done, one with a failure and a clip that runs, one just begun, three to come. */
function halfway(): JobStory {
  const story = declareScenes(jobStory(), 6, STYLES).at(1).fact("job.state_changed", { new_state: "running" });
  finishClips(startClips(story.at(2), 1, STYLES).at(9), 1, STYLES);
  startClips(startClips(story, 2, STYLES), 3, ["original"]).at(12);
  story.fact("clip.progress", {
    task_id: "scene_2_split",
    state: "failed",
    step: "failed",
    failed_step: "rendering",
    error_code: "disk_full",
    error_message: "there is no room left on the disk",
    error_class: "environment",
    hint: "free some space",
  });
  finishClips(story.at(13), 2, ["original"]);
  story.tick("scene_2_center_focus", 62.5, { speed_ratio: 4.22 }).tick("scene_3_original", 12);
  return story.progress({ percent_complete: 31, eta_ms: 25_000, eta_low_ms: 10_000, eta_high_ms: 55_000 });
}

describe("a job that runs", () => {
  test("with room for all of it", () => {
    expect(draw(halfway(), 80, 30)).toBe(
      [
        "▸ talk.mp4  clips                                                  running  12 s",
        "━━━━━━━━━━━━━━━━─────────────────────────────────────  31 %  ≈ 10–55 s",
        "4 of 18 clips done, 1 failed, 20 a minute",
        "",
        "✓ Scene 1  3 clips  7.0 s",
        "▸ Scene 2  2 of 3 clips",
        "  ✓ original      done in 4.0 s",
        "  ▸ center_focus  rendering  ━━━━━━━━━━━━━━━─────────   62 %  4.2×",
        "  ✗ split         there is no room left on the disk",
        "▸ Scene 3  0 of 3 clips",
        "  ▸ original      rendering  ━━╸─────────────────────   12 %",
        "  ○ center_focus  waiting",
        "  ○ split         waiting",
        "○ Scene 4  3 clips",
        "○ Scene 5  3 clips",
        "○ Scene 6  3 clips",
      ].join("\n"),
    );
  });

  test("with less room, what is over and what is far off is folded", () => {
    expect(draw(halfway(), 80, 13)).toBe(
      [
        "▸ talk.mp4  clips                                                  running  12 s",
        "━━━━━━━━━━━━━━━━─────────────────────────────────────  31 %  ≈ 10–55 s",
        "4 of 18 clips done, 1 failed, 20 a minute",
        "",
        "✓ Scene 1  3 clips  7.0 s",
        "▸ Scene 2  2 of 3 clips",
        "  ✓ original      done in 4.0 s",
        "  ▸ center_focus  rendering  ━━━━━━━━━━━━━━━─────────   62 %  4.2×",
        "  ✗ split         there is no room left on the disk",
        "▸ Scene 3  0 of 3 clips",
        "  ▸ original      rendering  ━━╸─────────────────────   12 %",
        "… 2 clips waiting, 3 scenes waiting",
      ].join("\n"),
    );
  });

  test("in a narrow terminal the bars go, then the steps", () => {
    const lines = draw(halfway(), 34, 30).split("\n");
    expect(lines[7]).toBe("  ▸ center_focus  rendering   62 %");
    expect(draw(halfway(), 30, 30).split("\n")[7]).toBe("  ▸ center_focus   62 %  4.2×");
  });

  test("with a note below it", () => {
    const story = halfway();
    const lines = renderJob(story.job(), {
      columns: 80,
      rows: 9,
      nowMs: story.nowMs,
      colour: false,
      note: "No connection; trying again",
    });
    expect(lines.length).toBeLessThanOrEqual(8);
    expect(lines.at(-1)).toBe("No connection; trying again");
  });
});

describe("other jobs", () => {
  test("one of which nothing is known", () => {
    expect(draw(jobStory(), 60, 24)).toBe(
      [
        "○ talk.mp4  clips                                    pending",
        "─────────────────────────────────  0 %",
        "looking at what there is to do",
      ].join("\n"),
    );
  });

  test("one that is paused says so instead of a forecast", () => {
    const story = halfway()
      .fact("job.state_changed", { new_state: "pausing" })
      .fact("job.state_changed", { new_state: "paused" });
    expect(draw(story, 60, 24).split("\n").slice(0, 2)).toEqual([
      "‖ talk.mp4  clips                               paused  12 s",
      "━━━━━━━━━━───────────────────────  31 %",
    ]);
  });

  test("tasks without groups, a failure and a skip among them", () => {
    const story = jobStory("nightly", "bulk").fact("job.state_changed", { new_state: "running" });
    for (const id of ["a", "b", "c"])
      story.fact("video.created", { task_id: id, parent_id: null, kind: "video", title: `Video ${id}` });
    story.fact("video.skipped", { task_id: "b", reason: "done_before" });
    story.fact("video.updated", { task_id: "a", state: "processing", step: "rendering" });
    expect(draw(story, 60, 24).split("\n").slice(2)).toEqual([
      "0 of 3 videos done, 1 skipped",
      "",
      "▸ Video a  rendering  ────────────────────────    0 %",
      "⊘ Video b  skipped: done before",
      "○ Video c  waiting",
    ]);
  });
});

test("titles cannot steer the terminal", () => {
  const story = jobStory("evil\u001b[2J\u0007.mp4");
  const drawn = draw(story, 60, 24);
  expect(drawn).toContain("evil [2J .mp4");
  expect(drawn).not.toContain("\u001b");
});

test("in colour it is the same text", () => {
  const story = halfway();
  const canvas = { columns: 90, rows: 24, nowMs: story.nowMs };
  const coloured = renderJob(story.job(), { ...canvas, colour: true }).map(stripVTControlCharacters);
  expect(coloured.map((line) => line.trimEnd())).toEqual(renderJob(story.job(), { ...canvas, colour: false }));
});

test("never wider or higher than the terminal", () => {
  const story = halfway();
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 40 }), (columns, rows) => {
      const lines = renderJob(story.job(), { columns, rows, nowMs: story.nowMs, colour: false });
      expect(lines.length).toBeLessThanOrEqual(Math.max(1, rows - 1));
      for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(columns);
    }),
  );
});
