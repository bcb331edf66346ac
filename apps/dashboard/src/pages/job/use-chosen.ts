import { useEffect, useState } from "react";
import { useSearchParams } from "wouter";
import type { ChosenSegment } from "./chosen-segment.ts";

/** What the reader points at; the address remembers the track, so that a link restores it. */
export function useChosen(): [ChosenSegment | null, (chosen: ChosenSegment | null) => void] {
  const [search, setSearch] = useSearchParams();
  const asked = search.get("task");
  const [chosen, setChosen] = useState<ChosenSegment | null>(asked === null ? null : { taskId: asked, segment: null });
  const taskId = chosen?.taskId ?? null;
  useEffect(() => {
    if (taskId === asked) return;
    setSearch(
      (before) => {
        if (taskId === null) before.delete("task");
        else before.set("task", taskId);
        return before;
      },
      { replace: true },
    );
  }, [taskId, asked, setSearch]);
  return [chosen, setChosen];
}
