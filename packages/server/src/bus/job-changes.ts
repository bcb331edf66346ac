import { EVENT_TYPES } from "@playhead/core";
import type { JobChanges, Publication } from "./bus.ts";

/** Gathers which jobs something happened to. */
export function createChangeNotes() {
  let changed = new Set<string>();
  let moved = new Set<string>();
  return {
    note({ jobId, tick, content }: Publication): void {
      const isOwn = tick === undefined && "type" in content && EVENT_TYPES[content.type].subject === "job";
      if (isOwn) changed.add(jobId);
      else moved.add(jobId);
    },
    size: () => changed.size + moved.size,
    /** All that was gathered since the last call. */
    take(): JobChanges {
      for (const jobId of changed) moved.delete(jobId);
      const changes = { changed, moved };
      changed = new Set();
      moved = new Set();
      return changes;
    },
    /** Takes back what could not be told. */
    putBack(changes: JobChanges): void {
      for (const jobId of changes.changed) changed.add(jobId);
      for (const jobId of changes.moved) moved.add(jobId);
    },
  };
}
