import { Tabs } from "@base-ui/react/tabs";
import type { Job } from "@playhead/core";
import { useSearchParams } from "wouter";
import { ItemList, itemsOf } from "./item-list.tsx";
import { countResults, Results } from "./results.tsx";
import { SceneCards } from "./scene-cards.tsx";
import { TracePanel } from "./trace/trace-panel.tsx";
import { type Branch, cardsOf } from "./tracks.ts";

export interface JobPartsProps {
  readonly job: Job;
  readonly branches: readonly Branch[];
  readonly tasksTotal: number;
  readonly nowMs: number;
}

const PARTS = ["scenes", "items", "results", "trace"] as const;
type Part = (typeof PARTS)[number];

const TAB =
  "relative -mb-px h-8 px-1 pb-2 text-13 font-medium text-faint transition-colors duration-150 hover:text-ink data-active:text-ink data-active:shadow-[inset_0_-1px_0_var(--color-ink)]";

/** The job's parts, four ways: by scene, item by item, what came of it, and what was called for it. The address remembers which. */
export function JobParts({ job, branches, tasksTotal, nowMs }: JobPartsProps) {
  const [search, setSearch] = useSearchParams();
  const asked = search.get("show");
  const part: Part = PARTS.find((each) => each === asked) ?? (job.state === "completed" ? "results" : "scenes");
  const results = countResults(job);
  const cards = cardsOf(branches);
  const scenes = cards.filter(({ group }) => group?.kind === "scene").length;
  const choose = (chosen: Part) =>
    setSearch(
      (before) => {
        before.set("show", chosen);
        return before;
      },
      { replace: true },
    );
  return (
    <Tabs.Root value={part} onValueChange={choose} className="min-w-0">
      <h2 className="sr-only">Parts of the job</h2>
      <Tabs.List className="flex h-8 gap-5 border-b border-line" aria-label="Parts of the job">
        <Tabs.Tab value="scenes" className={TAB}>
          {scenes > 0 ? "Scenes" : "Parts"} <Count of={scenes > 0 ? scenes : branches.length} />
        </Tabs.Tab>
        <Tabs.Tab value="items" className={TAB}>
          Items <Count of={itemsOf(job).length} />
        </Tabs.Tab>
        <Tabs.Tab value="results" className={TAB}>
          Results <Count of={results} />
        </Tabs.Tab>
        <Tabs.Tab value="trace" className={TAB}>
          Trace
        </Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="scenes">
        {branches.length === 0 ? <NoParts /> : <SceneCards job={job} cards={cards} nowMs={nowMs} />}
      </Tabs.Panel>
      <Tabs.Panel value="items">
        {branches.length === 0 ? <NoParts /> : <ItemList job={job} tasksTotal={tasksTotal} nowMs={nowMs} />}
      </Tabs.Panel>
      <Tabs.Panel value="results">
        <Results job={job} />
      </Tabs.Panel>
      <Tabs.Panel value="trace">
        <TracePanel job={job} nowMs={nowMs} />
      </Tabs.Panel>
    </Tabs.Root>
  );
}

function Count({ of }: { readonly of: number }) {
  return <span className="ml-1 font-normal text-faint">{of}</span>;
}

function NoParts() {
  return <p className="py-6 text-soft">The job has not been divided into parts yet.</p>;
}
