import { type ConnectionState, EMPTY_LIST, type JobsList } from "@playhead/client";
import type { JobsFilter } from "@playhead/core";
import { useMemo } from "react";
import { type ClientOptions, usePlayheadClient } from "./use-client.ts";
import { IDLE } from "./use-job.ts";
import { useStore } from "./use-store.ts";

/** A list of jobs as a component sees it. */
export interface UseJobsResult extends JobsList {
  readonly connection: ConnectionState;
}

/** The newest jobs that a filter lets through, live. Renders on a server as a list that has not come yet. */
export function useJobs(filter: JobsFilter = {}, options: ClientOptions = {}): UseJobsResult {
  const client = usePlayheadClient(options);
  const key = JSON.stringify(filter);
  const store = useMemo(() => client?.watchJobs(JSON.parse(key) as JobsFilter) ?? null, [client, key]);
  const list = useStore(store, EMPTY_LIST);
  const connection = useStore(client?.connection ?? null, IDLE);
  return { ...list, live: list.live && connection.status === "online", connection };
}
