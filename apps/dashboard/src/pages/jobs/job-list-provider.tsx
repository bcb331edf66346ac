import { createContext, type ReactNode, useContext, useState } from "react";
import { client } from "../../client.ts";
import { createJobList, type JobList } from "./job-list.ts";

/** The list of jobs outlives its page, so that whoever comes back from a job finds it where they left it. */
export interface KeptList {
  readonly list: JobList;
  /** The view that `list` was last asked for; empty before. */
  viewKey: string;
  /** How far down it was when its page was left. */
  scrollPx: number;
}

const KeptListContext = createContext<KeptList | null>(null);

/** Keeps the list for as long as the same person is signed in. */
export function JobListProvider({ children }: { readonly children: ReactNode }) {
  const [kept] = useState(
    (): KeptList => ({ list: createJobList({ readJobs: client.api.jobs }), viewKey: "", scrollPx: 0 }),
  );
  return <KeptListContext value={kept}>{children}</KeptListContext>;
}

/** @throws Error outside of a {@link JobListProvider} */
export function useKeptList(): KeptList {
  const kept = useContext(KeptListContext);
  if (kept === null) throw new Error("expected a JobListProvider around the page of jobs");
  return kept;
}
