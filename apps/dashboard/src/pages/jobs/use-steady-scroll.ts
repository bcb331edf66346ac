import { useLayoutEffect, useRef } from "react";

interface SteadyScrollOptions {
  readonly ids: readonly string[];
  /** The place of the first row on the screen. */
  readonly first: number;
  readonly rowPx: number;
}

/** Keeps the rows on the screen where they are when others above them come or go. */
export function useSteadyScroll({ ids, first, rowPx }: SteadyScrollOptions): void {
  const before = useRef({ ids, first });
  useLayoutEffect(() => {
    const { ids: oldIds, first: oldFirst } = before.current;
    before.current = { ids, first };
    if (oldIds === ids || oldFirst === 0) return;
    const anchor = oldIds[oldFirst];
    const place = anchor === undefined ? -1 : ids.indexOf(anchor);
    if (place !== -1 && place !== oldFirst) window.scrollBy({ top: (place - oldFirst) * rowPx, behavior: "instant" });
  }, [ids, first, rowPx]);
}
