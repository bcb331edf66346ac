import { expect, test } from "vitest";
import type { ReportedClip } from "./report.ts";
import { reportCsv } from "./report-csv.ts";

test("a line a clip; what looks like a formula is text", () => {
  const clip: ReportedClip = {
    ...{ rank: 1, item_id: "a", title: '=HYPERLINK("x")', score: 72.5, url: null, file: "/a,b.mp4" },
    ...{ published_at: null, duration_sec: 3, measured: null },
    parts: [{ part: "motion", value: 0.5, weight: 3, reason: "" }],
  };
  expect(reportCsv({ clips: [clip] }).split("\r\n")).toEqual([
    "rank,score,title,url,file,published_at,duration_sec,motion,pace,loudness,sound,picture,length,views,likes,comments,freshness",
    `1,72.5,"'=HYPERLINK(""x"")",,"/a,b.mp4",,3,0.5,,,,,,,,,`,
    "",
  ]);
});
