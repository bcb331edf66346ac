import type { JobsPage } from "@playhead/client";
import { emptyJob, type JobSummary, summaryOf } from "@playhead/core";
import { expect, test } from "vitest";
import { createJobList } from "./job-list.ts";
import { ALL_JOBS, type JobsView, type ListQuery, queryOf } from "./jobs-query.ts";

const PAGE = 3;

/** A job that was created at this hour, which is also its name. */
const job = (hour: number, changes: Partial<JobSummary> = {}): JobSummary => ({
  ...summaryOf(emptyJob(`h${hour}`)),
  created_at: `2026-11-21T${String(hour).padStart(2, "0")}:00:00.000Z`,
  state: "running",
  seq: 1,
  ...changes,
});

/** A list over jobs that a server holds, newest first. */
async function setup(stored: JobSummary[], view: Partial<JobsView> = {}) {
  const asked: (ListQuery & { readonly page_token?: string })[] = [];
  const readJobs = async (query: ListQuery & { readonly page_token?: string }): Promise<JobsPage> => {
    asked.push(query);
    const after = query.page_token ?? "9";
    const rest = stored
      .filter((each) => each.created_at < after && (query.state === undefined || query.state.includes(each.state)))
      .sort((a, b) => (a.created_at < b.created_at ? 1 : -1));
    const jobs = rest.slice(0, PAGE);
    return { jobs, next_page_token: rest.length > PAGE ? (jobs.at(-1)?.created_at ?? null) : null };
  };
  const list = createJobList({ readJobs });
  const query = queryOf({ ...ALL_JOBS, ...view }, 0);
  await list.show(query);
  const follow = (...newest: JobSummary[]) => list.follow({ newest, open: [], limit: 200 });
  follow(...stored.slice(0, 1));
  return { list, asked, stored, query, follow, ids: () => list.getSnapshot().ids?.join(" ") };
}

const five = () => [5, 4, 3, 2, 1].map((hour) => job(hour));

test("reads page by page to the end, each job once", async () => {
  const { list, asked, ids } = await setup(five());
  expect(ids()).toBe("h5 h4 h3");
  expect(list.getSnapshot().hasMore).toBe(true);
  await Promise.all([list.more(), list.more()]);
  expect(ids()).toBe("h5 h4 h3 h2 h1");
  expect(list.getSnapshot().hasMore).toBe(false);
  await list.more();
  expect(asked.map(({ page_token }) => page_token)).toEqual([undefined, "2026-11-21T03:00:00.000Z"]);
});

test("a job that changed changes where it stands; an older word of it does not count", async () => {
  const { list, ids, follow } = await setup(five());
  const { version } = list.getSnapshot();
  follow(job(4, { title: "new", seq: 3 }));
  follow(job(4, { title: "old", seq: 2 }));
  expect(list.job("h4")?.title).toBe("new");
  expect(ids()).toBe("h5 h4 h3");
  expect(list.getSnapshot().version).toBe(version + 1);
});

test("new ones come in on top while one looks there; else they wait, are counted, and come when one is back", async () => {
  const { list, ids, follow } = await setup(five());
  follow(job(6));
  expect(ids()).toBe("h6 h5 h4 h3");
  list.lookAtTop(false);
  follow(job(8), job(7), job(6));
  expect(ids()).toBe("h6 h5 h4 h3");
  expect(list.getSnapshot().newCount).toBe(2);
  list.lookAtTop(true);
  expect(ids()).toBe("h8 h7 h6 h5 h4 h3");
  expect(list.getSnapshot().newCount).toBe(0);
});

test("in another order new ones never move what is shown", async () => {
  const { list, ids, follow } = await setup(five(), { sort: { by: "title", order: "asc" } });
  follow(job(6), job(5));
  expect(ids()).toBe("h5 h4 h3");
  expect(list.getSnapshot().newCount).toBe(1);
});

test("what lies beyond the pages that were read is not new", async () => {
  const { list, follow } = await setup(five());
  follow(job(5), job(2), job(1));
  expect(list.getSnapshot().newCount).toBe(0);
});

test("one that left the wanted states leaves the list, and is still known; one that is not wanted does not come", async () => {
  const { list, ids, follow } = await setup(five(), { states: ["running"] });
  follow(job(6, { state: "failed" }), job(4, { state: "completed", seq: 2 }));
  expect(ids()).toBe("h5 h3");
  expect(list.getSnapshot().newCount).toBe(0);
  expect(list.job("h4")?.state).toBe("completed");
});

test("a page that is read again brings what nobody told: changes, and what left", async () => {
  const { list, ids, stored } = await setup(five(), { states: ["running"] });
  await list.more();
  stored.splice(0, 5, job(5), job(4, { state: "failed", seq: 2 }), job(3, { title: "new", seq: 2 }), job(2), job(1));
  await list.refresh(3, 4);
  expect(ids()).toBe("h5 h4 h3 h2 h1");
  await list.refresh(0, 1);
  expect(ids()).toBe("h5 h3 h2 h1");
  expect(list.job("h3")?.title).toBe("new");
});

test("more new ones than are followed: all is read anew", async () => {
  const { list, asked, stored, ids } = await setup(five());
  stored.push(job(7), job(6));
  list.follow({ newest: [job(7), job(6)], open: [], limit: 2 });
  await expect.poll(ids).toBe("h7 h6 h5");
  expect(asked).toHaveLength(2);
});

test("the answer to a question that nobody asks any more is dropped", async () => {
  const { list, query, stored, ids } = await setup(five());
  const late = list.more();
  stored.length = 1;
  await list.show(query);
  await late;
  expect(ids()).toBe("h5");
});

test("a question that got no answer is asked again", async () => {
  const answers = [Promise.reject(new Error("away")), Promise.resolve({ jobs: five(), next_page_token: null })];
  const list = createJobList({ readJobs: () => answers.shift() as Promise<JobsPage> });
  await list.show(queryOf(ALL_JOBS, 0));
  expect(list.getSnapshot()).toMatchObject({ ids: null, error: new Error("away") });
  await Promise.all([list.retry(), list.retry()]);
  expect(list.getSnapshot().ids).toHaveLength(5);
});

test("a failure is told and what was read stays; another try goes on from there", async () => {
  const answers = [
    Promise.resolve({ jobs: five().slice(0, 3), next_page_token: "x" }),
    Promise.reject(new Error("away")),
    Promise.resolve({ jobs: five().slice(3), next_page_token: null }),
  ];
  const list = createJobList({ readJobs: () => answers.shift() as Promise<JobsPage> });
  await list.show(queryOf(ALL_JOBS, 0));
  await list.more();
  expect(list.getSnapshot()).toMatchObject({ loading: false, error: new Error("away"), ids: ["h5", "h4", "h3"] });
  await list.retry();
  expect(list.getSnapshot()).toMatchObject({ error: null, ids: ["h5", "h4", "h3", "h2", "h1"] });
});
