import type { Page } from "playwright-core";

/** What a job's page shows of its job. */
export interface ShownJob {
  readonly state: string;
  readonly percent: number;
  /** `2 of 5`; null before there is anything to make. */
  readonly made: string | null;
  readonly errors: string;
  /** Each track with its state, and its percentage while it is at work. */
  readonly tracks: Readonly<Record<string, string>>;
}

/** Reads what a job's page shows. */
export function readJobPage(page: Page): Promise<ShownJob> {
  return page.evaluate(() => {
    const figureOf = (...names: readonly string[]) => {
      const all = [...document.querySelectorAll("main dl > div")];
      const figure = all.find((each) => names.includes(each.querySelector("dt")?.textContent ?? ""));
      return [...(figure?.querySelectorAll("dd > span") ?? [])].map((part) => part.textContent);
    };
    const [made, total] = figureOf("Clips", "Items");
    const tracks = [...document.querySelectorAll(".tl-row[data-kind=track] .tl-label")].map((label) => {
      const spoken = label.querySelector(":scope > .sr-only")?.textContent ?? "";
      const standing = /(Waiting|Working|Done|Failed|Skipped|Canceled|Paused)(, \d+ percent)?/.exec(spoken)?.[0];
      return [label.querySelector("span.truncate")?.textContent, standing ?? spoken];
    });
    return {
      state: document.querySelector("main h1 + p .mark + span")?.textContent ?? "",
      percent: Number(document.querySelector("main [role=progressbar]")?.getAttribute("aria-valuenow")),
      made: made === undefined || made === "–" ? null : `${made} ${total}`,
      errors: figureOf("Errors")[0] ?? "",
      tracks: Object.fromEntries(tracks),
    };
  });
}

/** What a list says of one job: its words, and how far it is; null where it says nothing of that. */
export interface ShownRow {
  readonly words: string;
  readonly percent: number | null;
}

/** What the overview shows of a job, and of the server. */
export interface ShownOverview extends ShownRow {
  readonly running: string;
  readonly failed: string;
  readonly alerts: number;
}

/** Reads what the overview shows. */
export function readOverview(page: Page, jobId: string): Promise<ShownOverview> {
  return page.evaluate((jobId) => {
    const figureOf = (name: string) => {
      const all = [...document.querySelectorAll("main dl > div")];
      const figure = all.find((each) => each.querySelector("dt")?.textContent === name);
      return figure?.querySelector("dd > span")?.textContent ?? "";
    };
    const item = document.querySelector(`main a[href="/jobs/${jobId}"]`)?.closest("li, tr");
    const bar = item?.querySelector("[role=progressbar]");
    const needs = [...document.querySelectorAll("main h2")].find(({ textContent }) => textContent === "Needs you");
    return {
      words: bar?.getAttribute("aria-valuetext") ?? item?.textContent ?? "",
      percent: bar === null || bar === undefined ? null : Number(bar.getAttribute("aria-valuenow")),
      running: figureOf("Running"),
      failed: figureOf("Failed jobs, last 24 h"),
      alerts: needs?.closest("section")?.querySelectorAll("a[href^='/alerts/']").length ?? 0,
    };
  }, jobId);
}

/** What the list of all jobs shows of one. */
export interface ShownInList extends ShownRow {
  readonly items: string | null;
  readonly heading: string;
}

/** Reads what the list of all jobs shows. */
export function readJobsPage(page: Page, jobId: string): Promise<ShownInList> {
  return page.evaluate((jobId) => {
    const row = document.querySelector(`main tr[data-job="${jobId}"]`);
    const [, state, , , , items] = row?.querySelectorAll("td, th") ?? [];
    const percent = /(\d+) %/.exec(state?.textContent ?? "")?.[1];
    return {
      words: state?.querySelector(".mark + span")?.textContent ?? "",
      percent: percent === undefined ? null : Number(percent),
      items: items?.querySelector("span > span")?.textContent || null,
      heading: document.querySelector("main h1")?.textContent ?? "",
    };
  }, jobId);
}

/** How many alerts the bar at the top says that fire. */
export function readFiring(page: Page): Promise<number> {
  return page.evaluate(() =>
    Number(/\d+/.exec(document.querySelector("nav a[href='/alerts']")?.textContent ?? "")?.[0] ?? 0),
  );
}
