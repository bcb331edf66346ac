import type { JobsFilter } from "@playhead/core";
import type { JobsQuery } from "../store/store.ts";

const LIST_SIZE = 100;

/** The jobs that a list starts with, as the store is asked for them. */
export function jobsQueryOf(tenantId: string, filter: JobsFilter): JobsQuery {
  return {
    tenantId,
    sort: "created_at",
    order: "desc",
    limit: filter.limit ?? LIST_SIZE,
    ...(filter.state !== undefined && { states: filter.state }),
    ...(filter.kind !== undefined && { kinds: filter.kind }),
    ...(filter.user_id !== undefined && { userId: filter.user_id }),
  };
}
