import type { CDPSession, Page } from "playwright-core";

/** What a page notes of itself, by Chromium's own observers. */
interface Seen {
  readonly longTasks: { readonly atMs: number; readonly durationMs: number }[];
  readonly events: { readonly name: string; readonly durationMs: number; readonly id: number }[];
}

declare global {
  interface Window {
    seen: Seen;
  }
}

/** Has pages note long tasks and how long each interaction took until it was painted, from their beginning. */
export async function observe(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const seen: Seen = { longTasks: [], events: [] };
    window.seen = seen;
    new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries()) {
        seen.longTasks.push({ atMs: startTime, durationMs: duration });
      }
    }).observe({ type: "longtask", buffered: true });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { interactionId: number })[]) {
        if (entry.interactionId > 0)
          seen.events.push({ name: entry.name, durationMs: entry.duration, id: entry.interactionId });
      }
    }).observe({ type: "event", durationThreshold: 16, buffered: true } as PerformanceObserverInit);
  });
}

/** Milliseconds from the navigation's start until something stood on the page, as the page's own clock has it. */
export async function firstViewMs(page: Page, url: string, selector: string): Promise<number> {
  await page.addInitScript((wanted) => {
    const note = () => {
      if (document.querySelector(wanted) === null) return requestAnimationFrame(note);
      // Painted by the frame after this one.
      return requestAnimationFrame(() => performance.mark("first-view"));
    };
    requestAnimationFrame(note);
  }, selector);
  await page.goto(url, { waitUntil: "commit" });
  await page.waitForFunction(() => performance.getEntriesByName("first-view").length > 0, null, { polling: 100 });
  return page.evaluate(() => performance.getEntriesByName("first-view")[0]?.startTime ?? Number.NaN);
}

/** @returns waits, after an input, for how many milliseconds it took from it until something stood on the page */
export async function standsAfterMs(page: Page, selector: string): Promise<() => Promise<number>> {
  const stands = await page.evaluateHandle((wanted) => {
    const { promise, resolve } = Promise.withResolvers<number>();
    const begin = ({ timeStamp }: Event) => {
      for (const type of ["click", "keydown"]) removeEventListener(type, begin, true);
      const note = () => {
        if (document.querySelector(wanted) === null) return requestAnimationFrame(note);
        // Painted by the frame after this one.
        return requestAnimationFrame(() => resolve(performance.now() - timeStamp));
      };
      requestAnimationFrame(note);
    };
    for (const type of ["click", "keydown"]) addEventListener(type, begin, true);
    return { promise };
  }, selector);
  return () => stands.evaluate(({ promise }) => promise);
}

/** What was noted since the last time. */
export function takeSeen(page: Page): Promise<Seen> {
  return page.evaluate(() => {
    const { longTasks, events } = window.seen;
    return { longTasks: longTasks.splice(0), events: events.splice(0) };
  });
}

/** What a page holds, after the garbage is collected. */
export interface Held {
  readonly heap_mb: number;
  readonly dom_nodes: number;
  readonly listeners: number;
}

/** What a page holds, by Chromium's counters. */
export async function heldBy(session: CDPSession): Promise<Held> {
  await session.send("HeapProfiler.collectGarbage");
  const { metrics } = await session.send("Performance.getMetrics");
  const of = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
  return {
    heap_mb: Math.round(of("JSHeapUsedSize") / 1e5) / 10,
    dom_nodes: of("Nodes"),
    listeners: of("JSEventListeners"),
  };
}
