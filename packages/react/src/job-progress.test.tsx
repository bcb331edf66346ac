import fs from "node:fs";
import type { Job } from "@playhead/core";
import { NO_PROGRESS } from "@playhead/core";
import { renderToString } from "react-dom/server";
import { describe, expect, test } from "vitest";
import { JobProgress } from "./job-progress.tsx";
import { useJob } from "./use-job.ts";
import { useJobs } from "./use-jobs.ts";

type Shown = Pick<Job, "title" | "state" | "progress">;
const job = (state: Job["state"], progress: Partial<Job["progress"]> = {}): Shown => ({
  title: "Episode 12",
  state,
  progress: { ...NO_PROGRESS, ...progress },
});

const CASES = [
  { name: "nothing yet", given: null, now: null, said: "loading" },
  {
    name: "running, with a range",
    given: job("running", { percent_complete: 42.9, eta_ms: 240_000, eta_low_ms: 180_000, eta_high_ms: 360_000 }),
    now: "42",
    said: "running, 42 percent, about 4 minutes left, between 3 and 6 minutes",
  },
  {
    name: "paused, nothing known",
    given: job("paused", { percent_complete: 10 }),
    now: "10",
    said: "paused, 10 percent",
  },
  {
    name: "done",
    given: job("completed", { percent_complete: 100, eta_ms: 0 }),
    now: "100",
    said: "done, 100 percent",
  },
] as const;

describe("<JobProgress>", () => {
  test.each(CASES)("$name", ({ given, now, said }) => {
    const html = renderToString(<JobProgress job={given} />);
    expect(html).toContain('role="progressbar"');
    if (now === null) expect(html).not.toContain("aria-valuenow");
    else expect(html).toContain(`aria-valuenow="${now}"`);
    expect(html).toContain(`aria-valuetext="${said}"`);
  });

  test("a title is text, whatever is in it", () => {
    expect(renderToString(<JobProgress job={{ ...job("running"), title: "<script>" }} />)).not.toContain("<script>");
  });
});

const SOURCE = fs.readFileSync(new URL("job-progress.tsx", import.meta.url), "utf8");

describe("its looks", () => {
  /** WCAG's relative luminance. */
  const luminance = (color: string) =>
    [1, 3, 5]
      .map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
      .reduce((sum, part, index) => sum + part * ([0.2126, 0.7152, 0.0722][index] ?? 0), 0);
  const contrast = (one: string, other: string) => {
    const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  /** The track on a white and on a black page: 14 % of the text's colour. */
  const TRACKS = ["#dbdbdb", "#242424"];

  test.each([...new Set(SOURCE.match(/#[0-9a-f]{6}/g))])(
    "%s stands out from the track, on white and on black",
    (color) => {
      for (const track of TRACKS) expect(contrast(color, track)).toBeGreaterThanOrEqual(3);
    },
  );

  test("each variable that themes it is told of", () => {
    const used = new Set(SOURCE.match(/var\(--playhead-[a-z-]+/g)?.map((match) => match.slice(4)));
    const guide = fs.readFileSync(new URL("../../../docs/client.md", import.meta.url), "utf8");
    expect([...used].filter((name) => !guide.includes(`\`${name}\``))).toEqual([]);
    expect(
      [...guide.matchAll(/`(--playhead-[a-z-]+)`/g)].map(([, name]) => name).filter((name) => !used.has(name ?? "")),
    ).toEqual([]);
  });
});

describe("on a server, without a page or a provider", () => {
  test("useJob renders as a job that has not come yet", () => {
    function Page() {
      const { job: shown, live, connection, logs } = useJob("job_1", { token: async () => "t", logs: true });
      return <p>{JSON.stringify([shown, live, connection.status, logs.lines.length])}</p>;
    }
    expect(renderToString(<Page />)).toContain("[null,false,&quot;idle&quot;,0]");
  });

  test("all that useJob gives makes a bar", () => {
    function Page() {
      return <JobProgress {...useJob("job_1")} />;
    }
    expect(renderToString(<Page />)).toContain('aria-valuetext="loading"');
  });

  test("useJobs renders as a list that has not come yet", () => {
    function Page() {
      const { jobs, loaded } = useJobs({ state: ["running"] });
      return <p>{`${jobs.length} ${loaded}`}</p>;
    }
    expect(renderToString(<Page />)).toContain("0 false");
  });
});
