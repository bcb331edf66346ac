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
  { name: "nothing yet", given: null, now: "0", said: "loading" },
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
    expect(html).toContain(`aria-valuenow="${now}"`);
    expect(html).toContain(`aria-valuetext="${said}"`);
  });

  test("a title is text, whatever is in it", () => {
    expect(renderToString(<JobProgress job={{ ...job("running"), title: "<script>" }} />)).not.toContain("<script>");
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

  test("useJobs renders as a list that has not come yet", () => {
    function Page() {
      const { jobs, loaded } = useJobs({ state: ["running"] });
      return <p>{`${jobs.length} ${loaded}`}</p>;
    }
    expect(renderToString(<Page />)).toContain("0 false");
  });
});
